from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interpreter.wechat.crypto import MessageCipher, is_aes_key
from interpreter.wechat.errors import DecryptionFailed, SignatureMismatch
from interpreter.wechat.signature import sign
from interpreter.wechat.xml import read_xml

VECTORS = json.loads((Path(__file__).parents[1] / "data/wechat/encryption.json").read_text(encoding="utf-8"))
KEY, OTHER_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
RANDOM = b"aaaabbbbccccdddd"


def of_kind(kind: str) -> list[pytest.param]:  # type: ignore[valid-type]
    return [pytest.param(each["input"], each["expected"], id=each["id"]) for each in VECTORS if each["kind"] == kind]


def cipher(*keys: str, app_id: str = "wx1") -> MessageCipher:
    return MessageCipher("token", keys or (KEY,), app_id)


def query(encrypted: str) -> dict[str, str]:
    return {"timestamp": "1", "nonce": "2", "msg_signature": sign("token", "1", "2", encrypted)}


@pytest.mark.parametrize(("given_", "expected"), of_kind("msg_decrypt"))
def test_a_published_message_is_opened(given_: dict[str, str], expected: dict[str, str]) -> None:
    opener = MessageCipher(given_["token"], (given_["encoding_aes_key"],), given_["receive_id"])
    assert opener.open(given_["encrypt"], given_).decode() == expected["message"]


@pytest.mark.parametrize(("given_", "expected"), of_kind("msg_encrypt"))
def test_a_published_message_is_sealed(given_: dict[str, str], expected: str) -> None:
    sealer = MessageCipher("t", (given_["encoding_aes_key"],), given_["receive_id"])
    assert sealer.encrypt(given_["message"].encode(), given_["random"].encode()) == expected


@pytest.mark.parametrize(("given_", "expected"), of_kind("msg_signature"))
def test_a_published_envelope_is_signed(given_: dict[str, str], expected: str) -> None:
    assert sign(given_["token"], given_["timestamp"], given_["nonce"], given_["encrypt"]) == expected


@settings(max_examples=50)
@given(st.binary(max_size=200))
def test_what_is_sealed_opens_again(message: bytes) -> None:
    encrypted = cipher().encrypt(message, RANDOM)
    assert cipher().open(encrypted, query(encrypted)) == message


def test_a_sealed_reply_is_an_envelope_that_opens() -> None:
    envelope = read_xml(cipher().seal(b"<xml><a>1</a></xml>", random=RANDOM, timestamp="1", nonce="2"))
    sent = {"timestamp": "1", "nonce": "2", "msg_signature": str(envelope["MsgSignature"])}
    assert cipher().open(str(envelope["Encrypt"]), sent) == b"<xml><a>1</a></xml>"
    assert (envelope["TimeStamp"], envelope["Nonce"]) == ("1", "2")


def test_while_a_key_is_changed_both_are_taken() -> None:
    old = cipher(OTHER_KEY).encrypt(b"hi", RANDOM)
    assert cipher(KEY, OTHER_KEY).open(old, query(old)) == b"hi"
    assert cipher(KEY, OTHER_KEY).encrypt(b"hi", RANDOM) == cipher(KEY).encrypt(b"hi", RANDOM)


def _padded(block: bytes) -> str:
    """A block of our making, encrypted as it is."""
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.algorithms import AES
    from cryptography.hazmat.primitives.ciphers.modes import CBC

    key = base64.b64decode(KEY + "=")
    encryptor = Cipher(AES(key), CBC(key[:16])).encryptor()
    return base64.b64encode(encryptor.update(block) + encryptor.finalize()).decode()


@pytest.mark.parametrize(
    "encrypted",
    [
        "",
        "not base64!",
        "中文",
        "AAAA",
        base64.b64encode(b"x" * 15).decode(),
        base64.b64encode(b"x" * 32).decode(),
        cipher(OTHER_KEY).encrypt(b"another key", RANDOM),
        cipher(app_id="wx2").encrypt(b"another account", RANDOM),
        _padded(RANDOM + b"\0\0\0\2hiwx1" + b"\0" * 7),
        _padded(RANDOM + b"\0\0\0\2hiwx1" + b"\x07" * 6 + b"\x21"),
        _padded(RANDOM + b"\0\0\0\2hiwx1" + b"\x06" * 6 + b"\x07"),
        _padded(RANDOM + b"\xff\xff\xff\xffhiwx1" + b"\x07" * 7),
        _padded(b"\x20" * 32),
        _padded(b"x" * 14 + b"\x01\x02" + b"\x10" * 16),
    ],
)
def test_whatever_is_wrong_inside_is_one_and_the_same_failure(encrypted: str) -> None:
    with pytest.raises(DecryptionFailed, match=r"^the message cannot be decrypted$"):
        cipher().open(encrypted, query(encrypted))


@pytest.mark.parametrize("change", [{"msg_signature": ""}, {"msg_signature": "0" * 40}, {"timestamp": "9"}])
def test_a_wrong_signature_is_refused_before_anything_is_decrypted(change: dict[str, str]) -> None:
    with pytest.raises(SignatureMismatch):
        cipher().open("not even base64", {**query("not even base64"), **change})


@pytest.mark.parametrize(
    ("text", "is_key"), [(KEY, True), (KEY[:-1], False), (KEY + "a", False), (KEY[:-1] + "!", False)]
)
def test_a_key_has_43_characters(text: str, is_key: bool) -> None:
    assert is_aes_key(text) == is_key
