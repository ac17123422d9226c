"""WeChat's platform, played: a real HTTP server with tokens, users, menus, media and windows, and with faults.

`origin` is what a client calls it by. Hosts are the first part of the path, so that what a client would have called is
seen. Requests that do not have the shape of the catalogue are answered with 47001 and kept in `misshapen`.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web
from fakes.platform_shape import faults, methods_at
from fakes.services import serving

from interpreter.catalogue.rights import Standing, may_call
from interpreter.catalogue.samples import sample_answer

APP_ID, APP_SECRET = "wx0123456789abcdef", "s3cr3t-of-the-account"
_WINDOWS = {"message": (5, 48 * 3600.0), "click": (3, 60.0), "subscribe": (3, 60.0), "scan": (3, 60.0)}
"""What a user's action allows: messages, within seconds."""


@dataclass(frozen=True)
class Call:
    """One request as it came."""

    verb: str
    host: str
    path: str
    query: Mapping[str, str]
    body: bytes
    parts: Mapping[str, bytes] | None
    names: Mapping[str, str]
    """File names and types of the parts, as `name; type`."""

    @property
    def json(self) -> object:
        return json.loads(self.body)


@dataclass
class Fault:
    """A fault and how often it shows: a code, or `slow`, `reset`, `status`, `html`, `empty`."""

    kind: str | int
    times: int = 1
    path: str = ""
    seconds: float = 0.0


@dataclass
class Allowance:
    """How many customer messages a user's action still allows, and until when."""

    left: int
    until: float


@dataclass
class User:
    """A follower."""

    follows: bool = True
    remark: str = ""
    tags: list[int] = field(default_factory=list)
    allowances: list[Allowance] = field(default_factory=list)
    wrote: float = float("-inf")
    seen: list[object] = field(default_factory=list)
    """What the user saw: passive replies and customer messages, in order."""


class Platform:
    """The platform of one account."""

    def __init__(
        self, *, standing: Standing | None = None, now: Callable[[], float] = time.time, token_life: float = 7200.0
    ) -> None:
        self.standing = standing or Standing(kind="service", verified=True)
        self.now = now
        self.token_life = token_life
        self.host = ""
        self.calls: list[Call] = []
        self.misshapen: list[tuple[str, list[str]]] = []
        self.faults: list[Fault] = []
        self.users: dict[str, User] = defaultdict(User)
        self.tokens: dict[str, float] = {}
        self.stable: str | None = None
        self.fetches: Counter[str] = Counter()
        self.fetching = 0
        self.most_fetching = 0
        self.fetch_seconds = 0.0
        self.menu: dict[str, object] | None = None
        self.conditional: list[dict[str, object]] = []
        self.media: dict[str, tuple[str, bytes]] = {}
        self.tags: dict[int, str] = {2: "starred"}
        self.masses: dict[str, int] = {}
        self.states: list[str] = []
        """What is said of a mass message, one after another; at last it is sent."""
        self.typing: list[tuple[str, str]] = []
        self.sent: list[dict[str, object]] = []
        self._number = 0

    @property
    def origin(self) -> str:
        """What a client takes for the address of the API."""
        return f"http://{self.host}/{{host}}"

    def act(self, user: str, action: str = "message") -> None:
        """A user does something that allows customer messages."""
        most, seconds = _WINDOWS[action]
        self.users[user].allowances.append(Allowance(most, self.now() + seconds))
        if action == "message":
            self.users[user].wrote = self.now()

    def fail(self, kind: str | int, times: int = 1, path: str = "", seconds: float = 0.0) -> None:
        """Show a fault the next times a path is called."""
        self.faults.append(Fault(kind, times, path, seconds))

    def expire_tokens(self) -> None:
        """End all tokens early."""
        self.tokens.clear()
        self.stable = None

    def paths(self) -> list[str]:
        """What was called, tokens aside."""
        return [call.path for call in self.calls if call.path not in _TOKEN_PATHS]

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Any request."""
        _, host, *rest = request.path.split("/")
        call = await _read(request, host, "/" + "/".join(rest))
        self.calls.append(call)
        fault = next((it for it in self.faults if it.times and it.path in ("", call.path)), None)
        if fault is not None and (fault.path or call.path not in _TOKEN_PATHS):
            fault.times -= 1
            shown = await self._show(fault, request)
            if shown is not None:
                return shown
        return await self._dispatch(call)

    async def _show(self, fault: Fault, request: web.Request) -> web.StreamResponse | None:
        match fault.kind:
            case int() as code:
                return _error(code, "a fault, rid: 1234-5678")
            case "slow":
                await asyncio.sleep(fault.seconds)
                return None
            case "reset":
                assert request.transport is not None
                request.transport.abort()
                return web.Response()
            case "html":
                return web.Response(text="<html><body>gateway</body></html>", content_type="text/html")
            case "status":
                return web.Response(status=502, text="bad gateway")
            case _:
                return web.Response()

    async def _dispatch(self, call: Call) -> web.StreamResponse:
        if call.path in _TOKEN_PATHS:
            return await self._token(call)
        candidates = methods_at(call.verb, call.host, call.path)
        if not candidates:
            return web.json_response({"errcode": 40066, "errmsg": "invalid url"})
        problems = [(method, faults(method, call.query, call.body, call.parts)) for method in candidates]
        method, wrong = min(problems, key=lambda item: len(item[1]))
        if wrong:
            self.misshapen.append((method.full_name, wrong))
            return _error(47001, f"data format error: {wrong}")
        if method.takes_token and not self._is_valid(call.query["access_token"]):
            return _error(40001, "invalid credential, access_token is invalid or not latest, rid: 6-7")
        if (
            self.standing.type == "official"
            and call.host == "api.weixin.qq.com"
            and not may_call(self.standing, method)
        ):
            return _error(48001, "api unauthorized, rid: 6-7")
        handler = _HANDLERS.get(call.path)
        if handler is not None:
            return handler(self, call)
        return (
            _json(sample_answer(method))
            if not method.is_binary
            else web.Response(body=b"\xff\xd8\xff picture", content_type="image/jpeg")
        )

    async def _token(self, call: Call) -> web.StreamResponse:
        self.fetches[call.path] += 1
        self.fetching += 1
        self.most_fetching = max(self.most_fetching, self.fetching)
        try:
            await asyncio.sleep(self.fetch_seconds)
        finally:
            self.fetching -= 1
        given: Mapping[str, object] = call.query if call.verb == "GET" else json.loads(call.body)
        if given.get("appid") != APP_ID:
            return _error(40013, "invalid appid")
        if given.get("secret") != APP_SECRET:
            return _error(40125, "invalid appsecret, rid: 6-7")
        if call.path == "/cgi-bin/stable_token":
            return self._stable_token(force=given.get("force_refresh") is True)
        for token in self.tokens:
            self.tokens[token] = min(self.tokens[token], self.now() + 300)
        return _json({"access_token": self._issue(), "expires_in": int(self.token_life)})

    def _stable_token(self, *, force: bool) -> web.StreamResponse:
        left = self.tokens.get(self.stable or "", 0.0) - self.now()
        if force and self.stable is not None:
            self.tokens.pop(self.stable, None)
        if force or (left <= 300 and not (self.token_life <= 300 and left > 0)):
            self.stable = self._issue()
            left = self.token_life
        return _json({"access_token": self.stable, "expires_in": max(1, int(left))})

    def _issue(self) -> str:
        self._number += 1
        token = f"token-{self._number}-of-{APP_ID}"
        self.tokens[token] = self.now() + self.token_life
        return token

    def _is_valid(self, token: str) -> bool:
        return self.tokens.get(token, 0.0) > self.now()

    # ------------------------------------------------------------------------------- what is remembered

    def _send_customer(self, call: Call) -> web.StreamResponse:
        content = json.loads(call.body)
        user = self.users[content["touser"]]
        if not user.follows:
            return _error(43004, "require subscribe")
        kind = content["msgtype"]
        if kind == "text" and len(content["text"]["content"].encode()) > 2048:
            return _error(45002, "content size out of limit")
        if kind == "news" and len(content["news"]["articles"]) != 1:
            return _error(45008, "article count out of limit")
        open_ones = [it for it in user.allowances if it.until > self.now()]
        if not open_ones:
            return _error(45015, "response out of time limit or subscription is canceled, rid: 6-7")
        allowance = min((it for it in open_ones if it.left > 0), key=lambda it: it.until, default=None)
        if allowance is None:
            return _error(45047, "out of response count limit, rid: 6-7")
        allowance.left -= 1
        user.seen.append(content)
        self.sent.append(content)
        return _OK()

    def _type(self, call: Call) -> web.StreamResponse:
        content = json.loads(call.body)
        if self.now() - self.users[content["touser"]].wrote > 30:
            return _error(45080, "typing time limit")
        self.typing.append((content["touser"], content["command"]))
        return _OK()

    def _create_menu(self, call: Call) -> web.StreamResponse:
        self.menu = json.loads(call.body)
        return _OK()

    def _get_menu(self, _: Call) -> web.StreamResponse:
        if self.menu is None:
            return _error(46003, "menu no exist")
        return _json({"menu": self.menu} | ({"conditionalmenu": self.conditional} if self.conditional else {}))

    def _delete_menu(self, _: Call) -> web.StreamResponse:
        self.menu, self.conditional = None, []
        return _OK()

    def _add_conditional(self, call: Call) -> web.StreamResponse:
        if self.menu is None:
            return _error(65303, "there is no selfmenu, please create selfmenu first")
        self._number += 1
        self.conditional.append({**json.loads(call.body), "menuid": self._number})
        return _json({"menuid": str(self._number)})

    def _delete_conditional(self, call: Call) -> web.StreamResponse:
        wanted = json.loads(call.body)["menuid"]
        if not any(str(menu["menuid"]) == wanted for menu in self.conditional):
            return _error(65301, "no such menuid")
        self.conditional = [menu for menu in self.conditional if str(menu["menuid"]) != wanted]
        return _OK()

    def _try_match(self, call: Call) -> web.StreamResponse:
        tags = {str(tag) for tag in self.users[json.loads(call.body)["user_id"]].tags}
        for menu in reversed(self.conditional):
            rule = menu["matchrule"]
            if isinstance(rule, dict) and set(rule) == {"tag_id"} and rule["tag_id"] in tags:
                return _json({"menu": {"button": menu["button"]}})
        return _json({"menu": self.menu})

    def _upload(self, call: Call) -> web.StreamResponse:
        assert call.parts is not None
        self._number += 1
        media = f"media-{self._number}"
        kind = call.query.get("type", "image")
        self.media[media] = (call.names.get("media", ""), call.parts["media"])
        name = "thumb_media_id" if kind == "thumb" and call.path.endswith("/upload") else "media_id"
        return _json({"type": kind, name: media, "created_at": int(self.now())})

    def _get_media(self, call: Call) -> web.StreamResponse:
        found = self.media.get(call.query["media_id"])
        if found is None:
            return web.Response(
                text='{"errcode":40007,"errmsg":"invalid media_id, rid: 6-7"}', content_type="text/plain"
            )
        if b"video" in found[1][:8]:
            return _json({"video_url": "http://video.example.com/1.mp4"})
        disposition = {"Content-Disposition": 'attachment; filename="media.jpg"'}
        return web.Response(body=found[1], content_type="image/jpeg", headers=disposition)

    def _user_info(self, call: Call) -> web.StreamResponse:
        openid = call.query["openid"]
        if openid not in self.users:
            return _error(40003, "invalid openid, rid: 6-7")
        user = self.users[openid]
        if not user.follows:
            return _json({"subscribe": 0, "openid": openid})
        return _json(
            {"subscribe": 1, "openid": openid, "remark": user.remark, "tagid_list": user.tags, "language": "zh_CN"}
        )

    def _user_list(self, call: Call) -> web.StreamResponse:
        everyone = sorted(self.users)
        start = call.query.get("next_openid", "")
        page = [name for name in everyone if name > start][:10_000]
        answer: dict[str, object] = {
            "total": len(everyone),
            "count": len(page),
            "next_openid": page[-1] if page else "",
        }
        return _json(answer | ({"data": {"openid": page}} if page else {}))

    def _remark(self, call: Call) -> web.StreamResponse:
        content = json.loads(call.body)
        self.users[content["openid"]].remark = content["remark"]
        return _OK()

    def _create_tag(self, call: Call) -> web.StreamResponse:
        name = json.loads(call.body)["tag"]["name"]
        if name in self.tags.values():
            return _error(45157, "invalid tag name hint")
        number = max(99, *self.tags) + 1
        self.tags[number] = name
        return _json({"tag": {"id": number, "name": name}})

    def _list_tags(self, _: Call) -> web.StreamResponse:
        return _json({"tags": [{"id": id, "name": name, "count": 0} for id, name in self.tags.items()]})

    def _tag_users(self, call: Call) -> web.StreamResponse:
        content = json.loads(call.body)
        for openid in content["openid_list"]:
            self.users[openid].tags.append(content["tagid"])
        return _OK()

    def _qrcode(self, call: Call) -> web.StreamResponse:
        content = json.loads(call.body)
        self._number += 1
        answer = {"ticket": f"ticket+{self._number}/==", "url": f"http://weixin.qq.com/q/{self._number}"}
        return _json(
            answer
            | ({"expire_seconds": content.get("expire_seconds", 60)} if "LIMIT" not in content["action_name"] else {})
        )

    def _notify(self, call: Call) -> web.StreamResponse:
        content = json.loads(call.body)
        if not self.users[content["touser"]].follows:
            return _error(43004, "require subscribe")
        self.sent.append(content)
        self.users[content["touser"]].seen.append(content)
        self._number += 1
        return _json({"errcode": 0, "errmsg": "ok", "msgid": self._number})

    def _mass(self, call: Call) -> web.StreamResponse:
        content = json.loads(call.body)
        guard = content.get("clientmsgid")
        if guard in self.masses:
            return _json({"errcode": 45065, "errmsg": "clientmsgid exist", "msg_id": self.masses[guard]})
        self._number += 1
        if guard is not None:
            self.masses[guard] = self._number
        self.sent.append(content)
        return _json({"errcode": 0, "errmsg": "send job submission success", "msg_id": self._number, "msg_data_id": 1})

    def _mass_status(self, call: Call) -> web.StreamResponse:
        state = self.states.pop(0) if self.states else "SEND_SUCCESS"
        return _json({"msg_id": json.loads(call.body)["msg_id"], "msg_status": state})


_TOKEN_PATHS = {"/cgi-bin/stable_token", "/cgi-bin/token"}
_HANDLERS: Mapping[str, Callable[[Platform, Call], web.StreamResponse]] = {
    "/cgi-bin/message/custom/send": Platform._send_customer,
    "/cgi-bin/message/custom/typing": Platform._type,
    "/cgi-bin/menu/create": Platform._create_menu,
    "/cgi-bin/menu/get": Platform._get_menu,
    "/cgi-bin/menu/delete": Platform._delete_menu,
    "/cgi-bin/menu/addconditional": Platform._add_conditional,
    "/cgi-bin/menu/delconditional": Platform._delete_conditional,
    "/cgi-bin/menu/trymatch": Platform._try_match,
    "/cgi-bin/media/upload": Platform._upload,
    "/cgi-bin/material/add_material": Platform._upload,
    "/cgi-bin/media/get": Platform._get_media,
    "/cgi-bin/user/info": Platform._user_info,
    "/cgi-bin/user/get": Platform._user_list,
    "/cgi-bin/user/info/updateremark": Platform._remark,
    "/cgi-bin/tags/create": Platform._create_tag,
    "/cgi-bin/tags/get": Platform._list_tags,
    "/cgi-bin/tags/members/batchtagging": Platform._tag_users,
    "/cgi-bin/qrcode/create": Platform._qrcode,
    "/cgi-bin/message/template/send": Platform._notify,
    "/cgi-bin/message/subscribe/bizsend": Platform._notify,
    "/cgi-bin/message/mass/sendall": Platform._mass,
    "/cgi-bin/message/mass/send": Platform._mass,
    "/cgi-bin/message/mass/get": Platform._mass_status,
}


@asynccontextmanager
async def playing(platform: Platform) -> AsyncIterator[Platform]:
    """The platform on a free port."""
    async with serving(platform.answer) as host:
        platform.host = host
        yield platform


async def _read(request: web.Request, host: str, path: str) -> Call:
    body, parts, names = b"", None, {}
    if request.content_type == "multipart/form-data":
        parts = {}
        async for part in await request.multipart():
            parts[part.name or ""] = bytes(await part.read())
            names[part.name or ""] = f"{part.filename}; {part.headers.get('Content-Type', '')}"
    else:
        body = await request.read()
    return Call(request.method, host, path, dict(request.query), body, parts, names)


def _json(content: object) -> web.Response:
    return web.Response(text=json.dumps(content, ensure_ascii=False), content_type="text/plain")


def _OK() -> web.Response:  # noqa: N802  as WeChat says it
    return _json({"errcode": 0, "errmsg": "ok"})


def _error(code: int, message: str) -> web.Response:
    return _json({"errcode": code, "errmsg": message})
