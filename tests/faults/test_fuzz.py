"""Bad inputs 4 and 7: deliveries with something changed at random, and what users may write."""

from __future__ import annotations

import logging
import random
import time
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

import aiohttp
import pytest
from fakes.house import House
from faults.figures import amount, figures, is_long
from faults.rig import AES_KEY, APP_ID, percentile, serving, wechat
from yarl import URL

from interpreter.wechat.crypto import MessageCipher
from interpreter.wechat.signature import sign

SECONDS = amount("fuzz_seconds", short=1.5, full=600)
TOKEN = "token123"
CIPHER = MessageCipher(TOKEN, (AES_KEY,), APP_ID)
SPLICES = [
    b"<",
    b">",
    b"&",
    b"]]>",
    b"<![CDATA[",
    b"</xml>",
    b"<!DOCTYPE a>",
    b"\0",
    b"\xff",
    b"<Encrypt>",
    b"%00",
    b"",
]
WORDS = ["", "0", "-1", "9" * 40, "1e9", "\0", "%", "é", "aes", "raw", "[]", "a" * 5_000]


def changed(body: bytes, chance: random.Random) -> bytes:
    """A body with a few things wrong with it."""
    raw = bytearray(body)
    for _ in range(chance.choice((0, 1, 1, 2, 5))):
        place = chance.randrange(len(raw) + 1)
        match chance.randrange(5):
            case 0:
                raw[place:place] = chance.choice(SPLICES)
            case 1:
                del raw[place : place + chance.choice((1, 5, 50))]
            case 2 if raw:
                raw[place % len(raw)] = chance.randrange(256)
            case 3:
                raw[place:place] = raw[place : place + chance.randrange(60)]
            case _:
                raw = raw[:place] if chance.random() < 0.2 else raw
    return bytes(raw)


def asked(house: House, body: str, chance: random.Random) -> tuple[bytes, str]:
    """A delivery, sealed or not, changed before or after it was signed; body and query."""
    query = house.signed()
    content = changed(body.encode(), chance) if chance.random() < 0.7 else body.encode()
    if chance.random() < 0.5:
        inside = CIPHER.encrypt(content, chance.randbytes(16))
        if chance.random() < 0.3:
            inside = changed(inside.encode(), chance).decode(errors="replace")
        query |= {"encrypt_type": "aes"}
        query["msg_signature"] = sign(TOKEN, query["timestamp"], query["nonce"], inside)
        content = f"<xml><ToUserName>a</ToUserName><Encrypt><![CDATA[{inside}]]></Encrypt></xml>".encode(
            errors="replace"
        )
    if chance.random() < 0.3:
        query[chance.choice(list(query))] = chance.choice(WORDS)
    written = urlencode(query)
    if chance.random() < 0.1:
        written = changed(written.encode(), chance).decode(errors="replace")
    return content, urlencode(parse_qsl(written, keep_blank_values=True))


@pytest.mark.patient
async def test_whatever_is_changed_in_a_delivery_it_is_answered_or_refused(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)
    chance, took, statuses = random.Random(4), [], {}
    house = House(cipher=CIPHER)
    await house.start()
    ends = time.monotonic() + SECONDS
    async with aiohttp.ClientSession(headers={"Content-Type": "text/xml"}) as client:  # that of tests keeps all answers
        while time.monotonic() < ends:
            content, query = asked(house, house.text("hi", id=str(chance.randrange(10**9))), chance)
            url = URL(f"{house.client.make_url('/wechat')}?{query}", encoded=True)
            began = time.process_time()
            async with client.post(url, data=content) as answer:
                await answer.read()
            took.append(time.process_time() - began)
            statuses[answer.status] = statuses.get(answer.status, 0) + 1
    await house.client.close()
    figures(
        "input 4",
        "deliveries changed at random",
        seconds=SECONDS,
        deliveries=len(took),
        answered=statuses.get(200, 0),
        refused=len(took) - statuses.get(200, 0),
        crashes=len(caplog.records),
        slowest_ms=max(took) * 1000,
    )
    assert set(statuses) <= {200, 400, 403, 413, 414, 415}
    assert caplog.records == []
    assert percentile(took, 0.999) <= (0.1 if is_long() else 1.0)


ECHO = """
dialog: 1
name: echo
account:
  path: /wechat
  token: $(env.WX_TOKEN)
  app_id: $(env.WX_APP_ID)
  aes_key: $(env.WX_AES_KEY)
  encryption: compatible
rules:
  any: {message: text, reply: "[$(text)]"}
"""
SAID = {
    "emoji": "😀👩‍👩‍👧‍👦🏳️‍🌈",
    "right to left": "שלום \u202etxt.exe",
    "combining": "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A",
    "templates": "$(env.WX_TOKEN) {{7*7}} {1} %s %n ${x} #{y}",
    "markup": "]]></Content></xml><xml>&amp;&#60;<b>",
    "a script": "<script>alert(1)</script>",
    "SQL": "'; DROP TABLE sessions; --",
    "a formula": '=HYPERLINK("http://evil")',
    "escapes of a terminal": "[31mred[0m",
    "full width": "ＡＢＣ　１２３",
    "a line": "a\nb\tc",
    "more than 2,048 bytes": "长" * 900,
}


async def test_what_users_write_comes_back_as_they_wrote_it_and_is_in_no_log(tmp_path: Path) -> None:
    wrong = []
    with serving(tmp_path, f"sqlite:{tmp_path / 'dialog.db'}", bot=ECHO) as (server,):
        async with wechat() as client:
            for user in ("ann", "bob"):  # one of them encrypted
                for name, text in SAID.items():
                    answers = await client.say([server.url], user, text)
                    said, whole = "".join(answers), f"[{text}]"
                    fits = len(whole.encode()) <= 2_048
                    if said != whole if fits else not (said and whole.startswith(said)):
                        wrong.append((name, answers))
            assert "alive" in (await client.say([server.url], "carl", "alive"))[0]
        assert server.stop() == 0
    figures("input 7", "texts of users", texts=2 * len(SAID), wrong=len(wrong))
    assert wrong == []
    assert not [name for name, text in SAID.items() if text in server.log]
