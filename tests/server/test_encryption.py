"""Encrypted messages at the endpoint: compatible and safe mode."""

from __future__ import annotations

import base64
import struct
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from fakes.house import TOKEN, House

from interpreter.server.credentials import Credentials
from interpreter.wechat.crypto import MessageCipher
from interpreter.wechat.signature import sign

KEY, OTHER_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
CIPHER = MessageCipher(TOKEN, (KEY,), "wx1")


@pytest.fixture
async def safe() -> AsyncIterator[House]:
    house = House(cipher=CIPHER, must_encrypt=True)
    await house.start()
    yield house
    await house.client.close()


@pytest.fixture
async def compatible() -> AsyncIterator[House]:
    house = House(cipher=CIPHER)
    await house.start()
    yield house
    await house.client.close()


async def test_an_encrypted_message_gets_an_encrypted_answer(safe: House) -> None:
    status, answer = await safe.say_encrypted("hi", CIPHER)
    assert status == 200
    assert "<ToUserName><![CDATA[oUser1]]></ToUserName>" in answer


async def test_a_resend_gets_the_same_answer(safe: House) -> None:
    assert await safe.say_encrypted("hi", CIPHER, "7") == await safe.say_encrypted("hi", CIPHER, "7")


async def test_safe_mode_refuses_a_message_in_clear(safe: House, caplog: pytest.LogCaptureFixture) -> None:
    assert (await safe.say("hi"))[0] == 403
    assert "came in clear" in caplog.text


async def test_safe_mode_refuses_a_clear_body_that_claims_to_be_encrypted(safe: House) -> None:
    assert (await safe.post(safe.text("hi"), safe.signed(encrypt_type="aes")))[0] == 403


async def test_compatible_mode_takes_both(compatible: House) -> None:
    assert (await compatible.say("hi"))[0] == 200
    assert (await compatible.say_encrypted("hi", CIPHER))[0] == 200


@pytest.mark.parametrize(
    "other", [MessageCipher(TOKEN, (OTHER_KEY,), "wx1"), MessageCipher(TOKEN, (KEY,), "wx2")], ids=["key", "app id"]
)
async def test_another_key_and_another_account_are_refused_alike(safe: House, other: MessageCipher) -> None:
    assert await safe.say_encrypted("hi", other) == (403, "forbidden\n")


async def test_a_message_for_an_account_without_key_is_read_from_its_clear_fields() -> None:
    house = House()
    await house.start()
    assert (await house.post(house.text("hi"), house.signed(encrypt_type="aes")))[0] == 200
    await house.client.close()


@pytest.mark.parametrize(("language", "said"), [("en", "choose 明文模式 in WeChat's console"), ("zh", "没有密钥")])
async def test_an_account_without_key_says_how_to_mend_it(
    language: str, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    house = House()
    await house.start(language)
    assert await house.say_encrypted("hi", CIPHER) == (403, "forbidden\n")
    assert said in caplog.text
    assert "aes_key" in caplog.text
    await house.client.close()


# ---------------------------------------------------------------------------------------------------- no oracle


def under_key(block: bytes, key: str = KEY) -> str:
    """Some blocks, encrypted as they are."""
    raw = base64.b64decode(key + "=")
    encryptor = Cipher(AES(raw), CBC(raw[:16])).encryptor()
    return base64.b64encode(encryptor.update(block) + encryptor.finalize()).decode()


def framed(message: bytes, *, length: int | None = None, app_id: bytes = b"wx1", padding: int | None = None) -> str:
    """A message in WeChat's framing, of which parts may be wrong."""
    block = b"r" * 16 + struct.pack(">I", len(message) if length is None else length) + message + app_id
    count = 32 - len(block) % 32
    return under_key(block + bytes([count if padding is None else padding]) * count)


GOOD = framed(b"<xml><a>1</a></xml>")
BROKEN = {
    "empty": "",
    "not base64": "%%%%",
    "base64 of another alphabet": GOOD[:20] + "-_" + GOOD[22:],
    "without its padding": GOOD.rstrip("=")[:-1],
    "not in blocks": base64.b64encode(b"x" * 33).decode(),
    "one block": base64.b64encode(b"x" * 16).decode(),
    "another key": under_key(b"r" * 16 + b"\0\0\0\x01awx1" + b"\x07" * 8, OTHER_KEY),
    "another account": framed(b"<xml/>", app_id=b"wx2"),
    "no account": framed(b"<xml/>", app_id=b""),
    "padding 0": framed(b"<xml/>", padding=0),
    "padding 33": framed(b"<xml/>", padding=33),
    "padding 255": framed(b"<xml/>", padding=255),
    "uneven padding": under_key(b"r" * 16 + b"\0\0\0\x01awx1" + b"\x07\x08" * 4),
    "longer than it is": framed(b"<xml/>", length=10_000),
    "four gigabytes": framed(b"<xml/>", length=2**32 - 1),
    "shorter than it is": framed(b"<xml/>", length=2),
    "cut": GOOD[: len(GOOD) // 2 // 4 * 4],
    "flipped": "A" + GOOD[1:] if GOOD[0] != "A" else "B" + GOOD[1:],
    "only padding": under_key(b"\x20" * 32),
}


async def refused(house: House, inside: str) -> tuple[int, str, dict[str, str]]:
    """Everything that can be seen of the answer to a signed message with something encrypted inside."""
    query = house.signed(encrypt_type="aes")
    query["msg_signature"] = sign(TOKEN, query["timestamp"], query["nonce"], inside)
    body = f"<xml><ToUserName>gh</ToUserName><Encrypt><![CDATA[{inside}]]></Encrypt></xml>"
    response = await house.client.post("/wechat", data=body, params=query, headers={"Content-Type": "text/xml"})
    seen = {name: value for name, value in response.headers.items() if name != "Date"}
    return response.status, await response.text(), seen


async def test_whatever_is_wrong_inside_looks_the_same_from_outside(
    safe: House, caplog: pytest.LogCaptureFixture
) -> None:
    answers = {name: await refused(safe, inside) for name, inside in BROKEN.items()}
    first = answers["empty"]
    assert first[:2] == (403, "forbidden\n")
    assert {name for name, answer in answers.items() if answer != first} == set()
    assert len(set(caplog.messages)) == 1
    assert "cannot be opened" in caplog.text


async def test_a_wrong_signature_looks_like_everything_else(safe: House) -> None:
    query = safe.signed(encrypt_type="aes", msg_signature="0" * 40)
    body = f"<xml><Encrypt><![CDATA[{GOOD}]]></Encrypt></xml>"
    response = await safe.client.post("/wechat", data=body, params=query, headers={"Content-Type": "text/xml"})
    seen = {name: value for name, value in response.headers.items() if name != "Date"}
    assert (response.status, await response.text(), seen) == await refused(safe, "")


# ---------------------------------------------------------------------------------------------------- changing secrets


@pytest.mark.parametrize("key", [KEY, OTHER_KEY])
async def test_while_a_key_is_changed_each_message_is_answered_with_its_own(key: str) -> None:
    house = House()
    house.bot = replace(house.bot, credentials=Credentials((TOKEN,), (KEY, OTHER_KEY), "wx1"), must_encrypt=True)
    await house.start()
    status, answer = await house.say_encrypted("hi", MessageCipher(TOKEN, (key,), "wx1"))
    assert status == 200
    assert "turn 1" in answer
    await house.client.close()


async def test_while_a_token_is_changed_both_are_good() -> None:
    house = House()
    house.bot = replace(house.bot, credentials=Credentials(("newtoken", TOKEN)))
    await house.start()
    for token, status in ((TOKEN, 200), ("newtoken", 200), ("another", 403)):
        assert (await house.get(house.signed(token, echostr="1"))).status == status
        assert (await house.post(house.text("hi"), house.signed(token)))[0] == status
    await house.client.close()
