"""A running server with one small bot, and a client that signs like WeChat."""

from __future__ import annotations

import itertools

from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient, TestServer
from fakes.clock import FakeClock
from fakes.machine import counting
from fakes.performer import FakePerformer

from interpreter.runtime.engine import Engine
from interpreter.runtime.timing import Timing
from interpreter.runtime.turn_log import TurnLog
from interpreter.server.app import make_app
from interpreter.server.credentials import Credentials
from interpreter.server.endpoint import ServedBot
from interpreter.server.peers import Peers
from interpreter.server.serving import PROTOCOL
from interpreter.server.tally import Tally
from interpreter.stores.memory import MemoryStore
from interpreter.stores.protocol import SessionStore
from interpreter.wechat.crypto import MessageCipher
from interpreter.wechat.signature import sign
from interpreter.wechat.xml import read_xml

TOKEN = "token123"


class House:
    """A bot with all it works with, and a client of its server."""

    def __init__(
        self,
        *,
        window: int | None = 300,
        max_turns: int = 2_000,
        cipher: MessageCipher | None = None,
        must_encrypt: bool = False,
        timing: Timing | None = None,
        store: SessionStore | None = None,
    ) -> None:
        self.clock = FakeClock()
        self.store: SessionStore = store or MemoryStore()
        self.performer = FakePerformer()
        seeds = itertools.count()
        self.engine = Engine(
            "demo",
            counting(),
            self.store,
            self.performer,
            clock=self.clock,
            seeds=lambda: next(seeds),
            alias=lambda _: "user",
            observers=(TurnLog(),),
            max_turns=max_turns,
            timing=timing,
        )
        keys, receive_id = (tuple(cipher.keys), cipher.receive_id) if cipher else ((), "")
        credentials = Credentials((TOKEN,), keys, receive_id)
        self.bot = ServedBot("demo", "/wechat", credentials, self.engine, window, must_encrypt)
        self._ids, self._nonces = itertools.count(1), itertools.count(1)
        self.client: TestClient  # type: ignore[type-arg]

    async def start(
        self,
        language: str = "en",
        body_seconds: float = 5.0,
        peers: Peers | None = None,
        tally: Tally | None = None,
    ) -> None:
        self.app = make_app(
            [self.bot],
            stores=[self.store],
            clock=self.clock,
            language=language,
            body_seconds=body_seconds,
            peers=peers,
            tally=tally,
        )
        server = TestServer(self.app)
        await server.start_server(**PROTOCOL)
        self.client = TestClient(server)

    def signed(self, token: str = TOKEN, **more: str) -> dict[str, str]:
        """A query that WeChat would send now."""
        timestamp = str(int(self.clock.now().timestamp()))
        nonce = f"n{next(self._nonces)}"
        return {"signature": sign(token, timestamp, nonce), "timestamp": timestamp, "nonce": nonce, **more}

    async def post(self, body: bytes | str, query: dict[str, str] | None = None, **headers: str) -> tuple[int, str]:
        """A request with a body; status and text of the answer."""
        response = await self.client.post(
            "/wechat",
            data=body.encode() if isinstance(body, str) else body,
            params=self.signed() if query is None else query,
            headers={"Content-Type": "text/xml", **{name.replace("_", "-"): value for name, value in headers.items()}},
        )
        return response.status, await response.text()

    async def get(self, query: dict[str, str]) -> ClientResponse:
        """A request without a body."""
        return await self.client.get("/wechat", params=query)

    async def say(self, text: str, user: str = "oUser1", id: str = "") -> tuple[int, str]:
        """A text message."""
        return await self.post(self.text(text, user, id))

    def text(self, text: str, user: str = "oUser1", id: str = "") -> str:
        """The XML of a text message."""
        return (
            f"<xml><ToUserName><![CDATA[gh_bot]]></ToUserName><FromUserName><![CDATA[{user}]]></FromUserName>"
            f"<CreateTime>1700000000</CreateTime><MsgType><![CDATA[text]]></MsgType>"
            f"<Content><![CDATA[{text}]]></Content><MsgId>{id or next(self._ids)}</MsgId></xml>"
        )

    async def say_encrypted(self, text: str, cipher: MessageCipher, id: str = "") -> tuple[int, str]:
        """A text message as WeChat sends it in safe mode; status and what is inside the answer."""
        encrypted = cipher.encrypt(self.text(text, id=id).encode(), b"0123456789abcdef")
        query = self.signed(encrypt_type="aes")
        query["msg_signature"] = sign(TOKEN, query["timestamp"], query["nonce"], encrypted)
        status, answer = await self.post(f"<xml><ToUserName>gh</ToUserName><Encrypt>{encrypted}</Encrypt></xml>", query)
        if "<Encrypt>" not in answer:
            return status, answer
        sealed = read_xml(answer.encode())
        sent = {"timestamp": sealed["TimeStamp"], "nonce": sealed["Nonce"], "msg_signature": sealed["MsgSignature"]}
        return status, cipher.open(str(sealed["Encrypt"]), {name: str(value) for name, value in sent.items()}).decode()
