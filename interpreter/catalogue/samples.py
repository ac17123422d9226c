"""What a method answers, made up from the names in its answer: for mocks, examples and a played platform.

What was asked about comes back: the user whose `openid` was given, the name of the tag that was to be made. The same
call always gets the same answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy

from interpreter.catalogue.arguments import arrange, check_arguments
from interpreter.catalogue.fates import describe_fate
from interpreter.catalogue.methods import Method, find_method
from interpreter.values import Value

_NUMBERS = ("count", "total", "time", "expire", "num", "size", "_at", "status", "groupid", "msg_id", "msgid", "create")
_FLAGS = ("is_", "can_", "subscribe")
_KNOWN: dict[str, Value] = {
    "subscribe": 1,
    "openid": "oUser1",
    "language": "zh_CN",
    "remark": "",
    "unionid": "",
    "subscribe_scene": "ADD_SCENE_SEARCH",
    "qr_scene": 0,
    "qr_scene_str": "",
    "tagid_list": [],
    "expires_in": 7200,
    "expire_seconds": 60,
    "tag.id": 101,
    "tag.name": "tag",
    "tags": [{"id": 101, "name": "tag", "count": 1}],
    "group.id": 101,
    "groups": [{"id": 101, "name": "group", "count": 1}],
    "user_info_list": [{"subscribe": 1, "openid": "oUser1", "language": "zh_CN", "remark": "", "tagid_list": []}],
    "kf_account": "kf1@test",
    "kf_list": [{"kf_account": "kf1@test", "kf_nick": "kf1", "kf_id": "1001", "kf_headimgurl": ""}],
    "kf_online_list": [{"kf_account": "kf1@test", "status": 1, "kf_id": "1001", "accepted_case": 0}],
    "sessionlist": [{"createtime": 1, "openid": "oUser1"}],
    "waitcaselist": [{"latest_time": 1, "openid": "oUser1"}],
    "recordlist": [{"openid": "oUser1", "opercode": 2003, "text": "text", "time": 1, "worker": "kf1@test"}],
    "template_list": [{"template_id": "template_id", "title": "title", "content": "{{thing1.DATA}}", "example": ""}],
    "short_key": "short_key",
    "long_data": "long_data",
    "country": "country",
    "sex": 0,
    "url": "https://example.com/",
    "next_openid": "",
    "data.openid": ["oUser1"],
    "total": 1,
    "count": 1,
    "menuid": "1",
    "msg_status": "SEND_SUCCESS",
    "errcode": 0,
    "errmsg": "ok",
}
_MAPS = frozenset({"menu", "conditionalmenu", "quota", "request", "card", "order", "info", "result", "selfmenu_info"})


_COUNTED = frozenset(("number", "count", "total"))
"""What a call asks for at most, and an answer gives as it is."""
_FILE: dict[str, Value] = {"type": "image/jpeg", "name": "file.jpg", "size": 1}


def play(name: str, arguments: Mapping[str, Value]) -> dict[str, Value] | str:
    """What a call is answered while nobody is asked; a text says why it would not even be sent."""
    method = find_method(name)
    if method is None:
        return f"{name}: there is no such method"
    fate = describe_fate(method)
    if method.fate == "closed" and fate is not None:
        return fate.en
    given = arrange(method, arguments)
    problems = check_arguments(method, given)
    if problems:
        return f"{name}: {'; '.join(problem.wording.en for problem in problems)}"
    if method.is_binary and not method.gives:
        return dict(_FILE)
    answer = sample_answer(method)
    for path in method.gives:
        _echo(answer, path.split("."), given)
    return answer


def _echo(answer: dict[str, Value], path: list[str], given: object) -> None:
    """Put what was given under a name where the answer has the same name."""
    head, *rest = path
    asked = given.get(head) if isinstance(given, Mapping) else None
    inner = answer.get(head)
    if rest and isinstance(inner, dict):
        _echo(inner, rest, asked)
    elif not rest and isinstance(asked, (str, int)) and head not in _COUNTED:
        answer[head] = asked


def sample_answer(method: Method) -> dict[str, Value]:
    """A well-formed answer of a method: `errcode` 0 when the catalogue names nothing else."""
    answer: dict[str, Value] = {}
    for name in method.gives:
        _put(answer, name.split("."), _sample(name))
    return answer or {"errcode": 0, "errmsg": "ok"}


def _put(answer: dict[str, Value], path: list[str], value: Value) -> None:
    head, *rest = path
    if not rest:
        answer.setdefault(head, value)
        return
    inner = answer.setdefault(head, {})
    if isinstance(inner, dict):
        _put(inner, rest, value)


def _sample(name: str) -> Value:
    if name in _KNOWN:
        return deepcopy(_KNOWN[name])
    last = name.rpartition(".")[2]
    if last in _MAPS or last.endswith("_info"):
        return {}
    if last.endswith(("list", "s", "item", "data")) and not last.endswith("status"):
        return []
    if last.startswith(_FLAGS) or any(word in last for word in _NUMBERS):
        return 1
    return last
