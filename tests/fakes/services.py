"""A real HTTP service on the loopback that behaves well or badly, by path."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web

MEGABYTE = 1024 * 1024


class LocalService:
    """The service; `seen` are the requests it got, as `METHOD /path?query`, `bodies` and `headers` run beside it."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.bodies: list[bytes] = []
        self.headers: list[dict[str, str]] = []
        self.host = ""

    @property
    def url(self) -> str:
        """Its address, without a slash at the end."""
        return f"http://{self.host}"

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Whatever the path asks for."""
        self.seen.append(f"{request.method} {request.raw_path}")
        self.bodies.append(await request.read())
        self.headers.append(dict(request.headers))
        name = request.path.split("/")[1]
        return await getattr(self, f"_{name}")(request)  # type: ignore[no-any-return]

    async def _json(self, _: web.Request) -> web.Response:
        return web.json_response({"city": "杭州", "n": 3})

    async def _count(self, _: web.Request) -> web.Response:
        return web.json_response({"count": len(self.seen)})

    async def _text(self, _: web.Request) -> web.Response:
        return web.Response(text="你好", content_type="text/plain")

    async def _gbk(self, _: web.Request) -> web.Response:
        return web.Response(body="你好".encode("gbk"), headers={"Content-Type": "text/plain; charset=gbk"})

    async def _empty(self, _: web.Request) -> web.Response:
        return web.Response(status=204)

    async def _status(self, request: web.Request) -> web.Response:
        return web.Response(status=int(request.path.split("/")[2]), text="no")

    async def _flaky(self, request: web.Request) -> web.Response:
        """Fails until it was asked as often as the path says."""
        wanted = int(request.path.split("/")[2])
        return web.json_response("fine") if len(self.seen) > wanted else web.Response(status=503)

    async def _hangup(self, request: web.Request) -> web.Response:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    async def _garbage(self, request: web.Request) -> web.Response:
        assert request.transport is not None
        request.transport.write(b"hello, I am no web server\r\n\r\n")
        request.transport.close()
        return web.Response()

    async def _never(self, _: web.Request) -> web.Response:
        await asyncio.Event().wait()
        return web.Response()

    async def _drip(self, request: web.Request) -> web.StreamResponse:
        response = await _begin(request)
        while True:
            await response.write(b".")
            await asyncio.sleep(0.01)

    async def _huge(self, request: web.Request) -> web.StreamResponse:
        response = await _begin(request)
        for _ in range(200):
            await response.write(b"x" * MEGABYTE)
        return response

    async def _declared(self, _: web.Request) -> web.Response:
        return web.Response(body=b"x" * (256 * 1024 + 1))

    async def _largest(self, _: web.Request) -> web.Response:
        return web.Response(text="x" * (64 * 1024))

    async def _bomb(self, _: web.Request) -> web.Response:
        return _encoded("gzip", gzip.compress(b"0" * 50 * MEGABYTE))

    async def _gzip(self, _: web.Request) -> web.Response:
        return _encoded("gzip", gzip.compress(b'{"packed": true}'))

    async def _deflate(self, _: web.Request) -> web.Response:
        return _encoded("deflate", zlib.compress(b'{"packed": true}'))

    async def _raw(self, _: web.Request) -> web.Response:
        return _encoded("deflate", zlib.compress(b'{"packed": true}', wbits=-15))

    async def _cut(self, _: web.Request) -> web.Response:
        return _encoded("gzip", gzip.compress(b'{"packed": true}')[:-9])

    async def _broken(self, _: web.Request) -> web.Response:
        return _encoded("gzip", b"not gzip at all")

    async def _brotli(self, _: web.Request) -> web.Response:
        return _encoded("br", b"\x0b\x02\x80")

    async def _loop(self, _: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": "/loop"})

    async def _hops(self, request: web.Request) -> web.Response:
        left = int(request.path.split("/")[2])
        return web.Response(status=307, headers={"Location": f"/hops/{left - 1}" if left > 1 else "/json"})

    async def _to(self, request: web.Request) -> web.Response:
        return web.Response(status=int(request.query.get("status", "302")), headers={"Location": request.query["url"]})

    async def _nowhere(self, _: web.Request) -> web.Response:
        return web.Response(status=302)


def _encoded(encoding: str, body: bytes) -> web.Response:
    return web.Response(body=body, headers={"Content-Encoding": encoding, "Content-Type": "application/json"})


async def _begin(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    return response


@asynccontextmanager
async def local_service() -> AsyncIterator[LocalService]:
    """The service on a free port."""
    service = LocalService()
    async with serving(service.answer) as host:
        service.host = host
        yield service


@asynccontextmanager
async def serving(handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> AsyncIterator[str]:
    """Anything that answers requests, as `host:port` on the loopback."""
    runner = web.ServerRunner(web.Server(handler, access_log=None, handler_cancellation=True), shutdown_timeout=0.01)  # type: ignore[arg-type]
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    yield f"{host}:{port}"
    await runner.cleanup()
