"""The catalogue in words, and words as arguments: what `dialog-api` shows, and what it is given."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from interpreter.catalogue.arguments import FROM_ACCOUNT, describe_kind, parameters
from interpreter.catalogue.codes import explain_code
from interpreter.catalogue.fates import describe_fate
from interpreter.catalogue.fields import Field, Limits, find_field
from interpreter.catalogue.methods import Method, every_method
from interpreter.catalogue.rights import NEEDS
from interpreter.catalogue.topics import TOPICS
from interpreter.cli.common import UsageError
from interpreter.diagnostics.wording import Wording
from interpreter.wechat.api.requests import Account, Payload, Request, Upload, build_request

_SECRET = ("secret", "appsecret", "corpsecret")
_HIDDEN = "********"


def read_arguments(method: Method, words: Sequence[str], given: Mapping[str, object]) -> dict[str, object]:
    """Arguments written `key=value`, by the types of the method's parameters.

    Raises:
        UsageError: one is not written so.
    """
    arguments: dict[str, object] = dict(given)
    for word in words:
        name, equals, text = word.partition("=")
        if not equals or not name:
            raise UsageError(Wording(f"{word}: expected key=value", f"{word}：应为 key=value 的形式"))
        arguments[name] = _value(_field(parameters(method), name), name, text)
    return arguments


def _field(fields: tuple[Field, ...], path: str) -> Field | None:
    found = find_field(fields, path)
    head, dot, rest = path.partition(".")
    if found is not None and not (dot and found.is_free):
        return found
    inner = find_field(fields, head)
    return _field(inner.fields, rest) if inner is not None and dot else inner


def _value(field: Field | None, name: str, text: str) -> object:
    kind = field.kind if field is not None else "str"
    if kind in ("object", "json") or (kind.startswith("list") and text.startswith("[")):
        try:
            return json.loads(text)
        except ValueError as error:
            if field is not None and field.is_free:
                return text
            raise UsageError(Wording(f"{name}: expected JSON: {error}", f"{name}：应为 JSON：{error}")) from None
        except RecursionError:
            raise UsageError(Wording(f"{name}: it is nested too deep", f"{name}：嵌套过深")) from None
    if kind.startswith("list"):
        return [item.strip() for item in text.split(",") if item.strip()]
    if kind == "float":
        try:
            return float(text)
        except ValueError:
            return text
    return text


def listing(words: Sequence[str], language: str, *, only_names: bool = False) -> str:
    """The methods whose names, paths or notes hold all the words, a line each; those of a family of that name first."""
    found = [method for method in every_method() if all(word.lower() in _searched(method) for word in words)]
    found.sort(key=lambda method: not any(word.lower() == method.family for word in words))
    if only_names:
        return "\n".join(name for method in found for name in (method.full_name, *_aliases(method)))
    width = max((len(method.full_name) for method in found), default=0)
    lines = [f"{method.full_name:<{width}}  {_summary(method, language)}".rstrip() for method in found]
    count = Wording(f"{len(found)} methods", f"共 {len(found)} 个接口").say(language)
    return "\n".join([*lines, count])


def _searched(method: Method) -> str:
    topic = TOPICS[method.family]
    told = (topic, method.note) if method.note else (topic,)
    words = " ".join(f"{it.en} {it.zh}" for it in told)
    return f"{method.full_name} {' '.join(_aliases(method))} {method.path} {words}".lower()


def _aliases(method: Method) -> tuple[str, ...]:
    return tuple(f"{method.family}.{name}" for name in method.also)


def _summary(method: Method, language: str) -> str:
    marks = {"marked": Wording("out of date", "已过时"), "closed": Wording("closed", "已关闭")}
    mark = f"[{marks[method.fate].say(language)}] " if method.fate in marks else ""
    also = f"= {method.family}.{method.also[0]}  " if method.also else ""
    return f"{mark}{also}{method.note.say(language) if method.note else method.path}"


def explain(method: Method, language: str) -> str:
    """Everything known about a method."""
    return "\n".join(line.rstrip() for line in _explained(method, language))


def _explained(method: Method, language: str) -> Iterator[str]:
    def say(en: str, zh: str) -> str:
        return Wording(en, zh).say(language)

    yield method.full_name + (f" ({', '.join(_aliases(method))})" if method.also else "")
    yield f"  {TOPICS[method.family].say(language)}"
    if method.note is not None:
        yield f"  {method.note.say(language)}"
    fate = describe_fate(method)
    if fate is not None:
        yield f"  {fate.say(language)}"
    where = say("computed here, nothing is sent", "本地计算，不发请求")
    yield f"  {where}" if method.verb == "LOCAL" else f"  {method.verb} https://{method.host}{method.path}"
    if method.needs is not None:
        yield f"  {say('needs', '需要')}: {NEEDS[method.needs].wording.say(language)}"
    if method.daily is not None:
        yield f"  {say(f'{method.daily} calls a day', f'每天 {method.daily} 次')}"
    if method.follow is not None:
        told = (
            f"work that goes on afterwards; {method.follow.ask} says how far it is (--wait)",
            f"受理后继续执行，用 {method.follow.ask} 查询进度（--wait）",
        )
        yield f"  {say(*told)}"
    fields = parameters(method)
    if fields:
        yield say("parameters", "参数")
        yield from _parameters(fields, "  ", language, is_top=True)
    if method.is_brief:
        yield say("  further parameters are sent as they are", "  其他参数原样发送")
    if method.gives:
        yield f"{say('answers', '返回')}: {', '.join(method.gives)}"
    if method.errors:
        yield say("errors", "错误")
        for code in method.errors:
            meaning = explain_code(code)
            yield f"  {code:>6}  {meaning.wording.say(language) if meaning else ''}"


def _parameters(fields: Sequence[Field], indent: str, language: str, *, is_top: bool = False) -> Iterator[str]:
    for field in fields:
        name = f"{field.name}{'[]' if field.is_list and field.fields else ''}"
        is_filled = field.limits.constant is not None or (is_top and field.name in FROM_ACCOUNT)
        needed = "" if not field.required or is_filled else Wording("required", "必填").say(language)
        about = [describe_kind(field.kind).say(language), needed, _limits(field.limits, language)]
        yield f"{indent}{name:<{max(24 - len(indent), 1)}} {', '.join(filter(None, about))}"
        yield from _parameters(field.fields, indent + "  ", language)


def _limits(limits: Limits, language: str) -> str:
    said = []
    if limits.constant is not None:
        said.append(Wording(f"always {limits.constant}", f"固定为 {limits.constant}"))
    if limits.choices:
        said.append(Wording(" | ".join(limits.choices), " | ".join(limits.choices)))
    if limits.least is not None or limits.most is not None:
        least = "" if limits.least is None else limits.least
        most = "" if limits.most is None else limits.most
        said.append(Wording(f"{least}..{most}", f"{least}..{most}"))
    if limits.bytes is not None:
        said.append(Wording(f"up to {limits.bytes} bytes", f"最多 {limits.bytes} 字节"))
    if limits.characters is not None:
        said.append(Wording(f"up to {limits.characters} characters", f"最多 {limits.characters} 个字"))
    if limits.is_date:
        said.append(Wording("a day: 2026-01-31", "日期：2026-01-31"))
    return ", ".join(item.say(language) for item in said)


def plan(method: Method, given: Mapping[str, object], account: Account, language: str) -> str:
    """What would be sent, without secrets."""
    if method.verb == "LOCAL":
        return Wording("nothing is sent: it is computed here", "本地计算，不发请求").say(language)
    request = build_request(method, given, Account(account.app_id, _HIDDEN))
    lines = [f"{request.verb} https://{request.host}{request.path}"]
    lines += [f"  {name}: {_HIDDEN if name in _SECRET else value}" for name, value in request.query]
    return "\n".join([*lines, *_body(request), *_recipients(given, language)])


def _body(request: Request) -> Iterator[str]:
    match request.body:
        case Payload(content=content, type="application/json"):
            yield json.dumps(json.loads(content or b"{}"), ensure_ascii=False, indent=2)
        case Payload(content=content):
            yield content.decode()
        case Upload(name=name):
            yield f"  <{name}>"
        case tuple() as parts:
            for part in parts:
                shown = f"<{part.content.name}>" if isinstance(part.content, Upload) else part.content
                yield f"  {part.name}: {shown}"


def _recipients(given: Mapping[str, object], language: str) -> Iterator[str]:
    users = given.get("touser") or given.get("openid_list")
    if isinstance(users, list):
        yield Wording(f"{len(users)} recipients", f"共 {len(users)} 个用户").say(language)


def completion(shell: str) -> str:
    """A script that completes the names of methods after the bot file."""
    return _SCRIPTS[shell]


_SCRIPTS = {
    "bash": """_dialog_api() {
  local word="${COMP_WORDS[COMP_CWORD]}"
  local options="--list --explain --body --account --env-file --output --dry-run --yes --wait --resume --closed"
  case "$word" in
    -*) COMPREPLY=($(compgen -W "$options" -- "$word")) ;;
    *.yaml|*.yml|*/*) COMPREPLY=($(compgen -f -- "$word")) ;;
    *)
      if [ "$COMP_CWORD" -eq 1 ]; then COMPREPLY=($(compgen -f -- "$word"))
      else COMPREPLY=($(compgen -W "$(dialog-api --names)" -- "$word")); fi ;;
  esac
}
complete -o filenames -F _dialog_api dialog-api""",
    "zsh": """#compdef dialog-api
_dialog_api() {
  if (( CURRENT == 2 )); then _files
  else compadd -- ${(f)"$(dialog-api --names)"}; fi
}
compdef _dialog_api dialog-api""",
    "fish": """complete -c dialog-api -n 'test (count (commandline -opc)) -gt 1' -f -a '(dialog-api --names)'
complete -c dialog-api -l explain -x -a '(dialog-api --names)'""",
}
