"""Encrypted messages at the endpoint: compatible and safe mode."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from fakes.house import TOKEN, House

from interpreter.wechat.crypto import MessageCipher

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
