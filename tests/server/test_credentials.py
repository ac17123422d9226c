from __future__ import annotations

import pytest

from interpreter.server.credentials import Credentials
from interpreter.wechat.crypto import MessageCipher
from interpreter.wechat.errors import DecryptionFailed, SignatureMismatch
from interpreter.wechat.signature import sign

NEW, OLD = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
BOTH = Credentials(("new1", "old1"), (NEW, OLD), "wx1")


def sealed(token: str, key: str, app_id: str = "wx1") -> tuple[str, dict[str, str]]:
    encrypted = MessageCipher(token, (key,), app_id).encrypt(b"<xml/>", b"0123456789abcdef")
    return encrypted, {"timestamp": "1", "nonce": "n", "msg_signature": sign(token, "1", "n", encrypted)}


def signed(token: str) -> dict[str, str]:
    return {"timestamp": "1", "nonce": "n", "signature": sign(token, "1", "n")}


@pytest.mark.parametrize("token", ["new1", "old1"])
def test_each_token_is_good(token: str) -> None:
    BOTH.check(signed(token))


@pytest.mark.parametrize("query", [signed("other"), {}, signed("new1old1")])
def test_no_other_is(query: dict[str, str]) -> None:
    with pytest.raises(SignatureMismatch):
        BOTH.check(query)


@pytest.mark.parametrize("token", ["new1", "old1"])
@pytest.mark.parametrize("key", [NEW, OLD])
def test_what_opens_a_message_seals_its_answer(token: str, key: str) -> None:
    opened, cipher = BOTH.open(*sealed(token, key))
    assert (opened, cipher.token, list(cipher.keys)) == (b"<xml/>", token, [key])


def test_what_nobody_signed_is_told_from_what_cannot_be_opened() -> None:
    with pytest.raises(SignatureMismatch):
        BOTH.open(*sealed("other", NEW))
    for token, key, app_id in (("old1", NEW[::-1], "wx1"), ("new1", OLD, "wx2")):
        with pytest.raises(DecryptionFailed):
            BOTH.open(*sealed(token, key, app_id))


def test_without_keys_nothing_is_opened() -> None:
    assert not Credentials(("new1",)).can_decrypt
    assert BOTH.can_decrypt
