"""A web server in front of a bot that does not hand on what it is given, in one of the ways that happen."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

Spoil = Callable[["Proxy", web.Request], Awaitable[web.StreamResponse]]


class Proxy:
    """Forwards to a bot, and spoils it as its name says."""

    def __init__(self, upstream: str, spoil: str) -> None:
        self._upstream = upstream.rstrip("/")
        self._spoil = SPOILS[spoil]
        self.asked: list[str] = []
        self.released = asyncio.Event()
        self._server: TestServer

    async def start(self, ssl: object = None) -> str:
        """The address of the bot behind it."""
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._serve)
        self._server = TestServer(app, scheme="https" if ssl else "http")
        await self._server.start_server(ssl=ssl)
        return str(self._server.make_url("/wechat"))

    async def close(self) -> None:
        self.released.set()
        await self._server.close()

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(f"{request.method} {request.path}")
        return await self._spoil(self, request)

    async def forward(
        self, request: web.Request, *, query: bool = True, body: bytes | None = None, path: str | None = None
    ) -> web.Response:
        """What the bot answers to a request, with some parts of it replaced."""
        async with (
            ClientSession(auto_decompress=False) as session,
            session.request(
                request.method,
                f"{self._upstream}{path or request.path}",
                params=request.query if query else {},
                data=(await request.read() if body is None else body) or None,
                headers={"Content-Type": request.headers.get("Content-Type", "")} if request.body_exists else {},
                allow_redirects=False,
            ) as answer,
        ):
            kind = answer.headers.get("Content-Type", "text/plain")
            return web.Response(status=answer.status, body=await answer.read(), headers={"Content-Type": kind})


async def _faithful(proxy: Proxy, request: web.Request) -> web.StreamResponse:
    return await proxy.forward(request)


async def _takes_prefix_away(proxy: Proxy, request: web.Request) -> web.StreamResponse:
    return await proxy.forward(request, path=request.path.removeprefix("/bots"))


async def _loses_query(proxy: Proxy, request: web.Request) -> web.StreamResponse:
    return await proxy.forward(request, query=False)


async def _loses_query_of_posts(proxy: Proxy, request: web.Request) -> web.StreamResponse:
    return await proxy.forward(request, query=request.method != "POST")


async def _redirects_to_slash(proxy: Proxy, request: web.Request) -> web.StreamResponse:
    if not request.path.endswith("/"):
        return web.Response(status=301, headers={"Location": f"{request.path}/?{request.query_string}"})
    return await proxy.forward(request, path=request.path.rstrip("/"))


async def _knows_only_slash(proxy: Proxy, request: web.Request) -> web.StreamResponse:
    if not request.path.endswith("/"):
        return web.Response(status=404, text="<html>404 Not Found</html>", content_type="text/html")
    return await proxy.forward(request)


async def _redirects_to_login(_: Proxy, __: web.Request) -> web.StreamResponse:
    return web.Response(status=302, headers={"Location": "/login"})


async def _compresses(proxy: Proxy, request: web.Request) -> web.StreamResponse:
    answer = await proxy.forward(request)
    assert isinstance(answer.body, bytes)
    return web.Response(status=answer.status, body=gzip.compress(answer.body), headers={"Content-Encoding": "gzip"})


def _changes_answer(change: Callable[[bytes], bytes]) -> Spoil:
    async def spoil(proxy: Proxy, request: web.Request) -> web.StreamResponse:
        answer = await proxy.forward(request)
        assert isinstance(answer.body, bytes)
        return web.Response(status=answer.status, body=change(answer.body), headers={"Content-Type": "text/plain"})

    return spoil


def _changes_body(change: Callable[[bytes], bytes]) -> Spoil:
    async def spoil(proxy: Proxy, request: web.Request) -> web.StreamResponse:
        return await proxy.forward(request, body=change(await request.read()))

    return spoil


def _answers(status: int, body: bytes = b"", *, methods: str = "GET POST") -> Spoil:
    async def spoil(proxy: Proxy, request: web.Request) -> web.StreamResponse:
        if request.method not in methods:
            return await proxy.forward(request)
        return web.Response(status=status, body=body, headers={"Content-Type": "text/html"})

    return spoil


async def _is_silent(proxy: Proxy, _: web.Request) -> web.StreamResponse:
    await proxy.released.wait()
    return web.Response()


async def _hangs_up(_: Proxy, request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def _lives_in_the_past(proxy: Proxy, request: web.Request) -> web.StreamResponse:
    answer = await proxy.forward(request)
    answer.headers["Date"] = "Thu, 01 Jan 2026 00:00:00 GMT"
    return answer


async def _answers_everybody(_: Proxy, request: web.Request) -> web.StreamResponse:
    return web.Response(text=request.query.get("echostr", ""))


SPOILS: Mapping[str, Spoil] = {
    "nothing": _faithful,
    "takes a prefix away": _takes_prefix_away,
    "loses the query": _loses_query,
    "loses the query of posts": _loses_query_of_posts,
    "redirects to a slash": _redirects_to_slash,
    "knows only a slash": _knows_only_slash,
    "redirects to a login": _redirects_to_login,
    "compresses": _compresses,
    "adds a byte-order mark": _changes_answer(lambda body: b"\xef\xbb\xbf" + body),
    "adds a line break": _changes_answer(lambda body: body + b"\n"),
    "makes JSON": _changes_answer(lambda body: b'"%s"' % body),
    "injects a script": _changes_answer(lambda body: body + b"<script></script>"),
    "cuts bodies": _changes_body(lambda body: body[: len(body) // 2]),
    "drops bodies": _changes_body(lambda _: b" "),
    "rewrites characters": _changes_body(lambda body: body.decode().encode("gbk", "replace")),
    "is a start page": _answers(200, b"<!DOCTYPE html><title>Welcome</title>"),
    "has a page for posts": _answers(200, b"<!DOCTYPE html><title>Welcome</title>", methods="POST"),
    "takes no posts": _answers(405, methods="POST"),
    "limits bodies": _answers(413, methods="POST"),
    "wants a password": _answers(401),
    "reaches no bot": _answers(502),
    "is a firewall": _answers(403, b"<html>blocked</html>"),
    "is silent": _is_silent,
    "hangs up": _hangs_up,
    "lives in the past": _lives_in_the_past,
    "answers everybody": _answers_everybody,
}
"""What can go wrong, by what the server does."""
