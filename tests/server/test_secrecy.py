from __future__ import annotations

import ast
import logging
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes.house import House
from hypothesis import given
from hypothesis import strategies as st
from support.served import message, running, signed, until

from interpreter.runtime.spoken_of import spoken_of
from interpreter.server.journal import Journal, installed
from interpreter.server.log_lines import JsonLines, TextLines
from interpreter.server.secrecy import HIDDEN, Secrets
from interpreter.stores.protocol import StoreUnavailable
from interpreter.wechat.crypto import MessageCipher
from interpreter.wechat.errors import SignatureMismatch
from interpreter.wechat.signature import check_signature, sign

OPENID = "oABCdefGHIjklMNOpqrSTUvwx_-1"


def test_what_it_knows_is_hidden_wherever_it_stands() -> None:
    secrets = Secrets()
    secrets.add("canarytoken", "a/b+c=secret", "", "canary'quoted")
    for text in ("canarytoken", "xcanarytokenx", "?a=a%2Fb%2Bc%3Dsecret", f"{'canary' + chr(39) + 'quoted'!r}"):
        assert "canary" not in secrets.scrub(text)
        assert "secret" not in secrets.scrub(text)
    assert secrets.scrub("nothing") == "nothing"


def test_a_short_secret_is_hidden_only_where_it_stands_alone() -> None:
    secrets = Secrets()
    secrets.add("hi1")
    assert secrets.scrub("token hi1, hi12 and chi1") == f"token {HIDDEN}, hi12 and chi1"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("GET /cgi-bin/x?access_token=abc123&next=1", f"GET /cgi-bin/x?access_token={HIDDEN}&next=1"),
        (
            "/wechat?signature=0a1b&timestamp=1&nonce=abc&openid=oX1",
            f"/wechat?signature={HIDDEN}&timestamp=1&nonce={HIDDEN}&openid={HIDDEN}",
        ),
        ("{'appsecret': 'abc123'}", f"{{'appsecret': '{HIDDEN}'}}"),
        ('{"access_token":"abc123","expires_in":7200}', f'{{"access_token":"{HIDDEN}","expires_in":7200}}'),
        ("redis://bot:hunter2@host:6379/0", f"redis://bot:{HIDDEN}@host:6379/0"),
        (f"user {OPENID} is gone", f"user {HIDDEN} is gone"),
        (f"x{OPENID}", f"x{OPENID}"),
        ("https://example.com/a:b@c", "https://example.com/a:b@c"),
        ("errcode: 40001", "errcode: 40001"),
        ("token: Zx81qP, openid: zhang3", f"token: {HIDDEN}, openid: {HIDDEN}"),
        ("token: aVeryLongAndSecretWord", f"token: {HIDDEN}"),
        ('{"token": "secretly"} password:secretly', f'{{"token": "{HIDDEN}"}} password:{HIDDEN}'),
        ("password: pw!CANARY1x", f"password: {HIDDEN}"),
        ("password: Pass.CANARY2", f"password: {HIDDEN}"),
        ("token: a:SECRETSECRET", f"token: {HIDDEN}"),
        ("token: my.secret.value", f"token: {HIDDEN}"),
        ("password: top,SECRET", f"password: {HIDDEN}"),
        ("token: t,SECRET, and more", f"token: {HIDDEN}, and more"),
        ("password: 密码密码", f"password: {HIDDEN}"),
        ("access_token: abcdef", f"access_token: {HIDDEN}"),
        ("openid: zhangsan", f"openid: {HIDDEN}"),
        ("token=$(SECRET", f"token={HIDDEN}"),
        ("token=$(env.SECRET", f"token={HIDDEN}"),
        ("token: $(env.A)SECRET", f"token: {HIDDEN}"),
        ("token: $(env.A-SECRET)", f"token: {HIDDEN})"),
        ("http://usr:CANARY@PW@proxy:3128", f"http://usr:{HIDDEN}@proxy:3128"),
        ("cannot reach http://u:a/b@host: refused", f"cannot reach http://u:{HIDDEN}@host: refused"),
        ("write `token: $(env.NAME)`, or token=$(env.NAME)", "write `token: $(env.NAME)`, or token=$(env.NAME)"),
        ("the signature does not fit: the Token differs", "the signature does not fit: the Token differs"),
    ],
)
def test_what_looks_like_a_secret_is_hidden_too(text: str, expected: str) -> None:
    assert Secrets().scrub(text) == expected


@pytest.mark.parametrize("piece", ["token=$(", "token=$(env.A", "$(", "token ", "a.", "http://u:a/b@", "token=,"])
def test_a_long_line_takes_time_by_its_length_only(piece: str) -> None:
    began = time.process_time()
    Secrets().scrub(f"token={piece * 10_000}://@")
    assert time.process_time() - began < 0.5


def test_the_user_that_is_spoken_to_is_not_named() -> None:
    token = spoken_of.set("zhang.san")
    assert Secrets().scrub("a turn of zhang.san failed; zhang.sanfeng did not") == (
        f"a turn of {HIDDEN} failed; {HIDDEN}feng did not"
    )
    spoken_of.reset(token)
    assert Secrets().scrub("zhang.san") == "zhang.san"


def test_old_secrets_are_forgotten_at_last() -> None:
    secrets = Secrets()
    secrets.add("the-first-secret")
    secrets.add(*(f"secret-number-{number}" for number in range(1000)))
    assert secrets.scrub("the-first-secret secret-number-999") == f"the-first-secret {HIDDEN}"


@given(st.text(max_size=200))
def test_any_text_can_be_scrubbed_and_once_is_enough(text: str) -> None:
    secrets = Secrets()
    secrets.add("canarytoken")
    once = secrets.scrub(text)
    assert secrets.scrub(once) == once


# ---------------------------------------------------------------------------------------------------- the canary

TOKEN, OLD_TOKEN = "canarytoken1", "canarytoken2"
KEY = "canary" * 7 + "K"
USER = "oCANARYuser0123456789012_xyz"
BOT = """
dialog: 1
name: counter
account:
  token: [$(env.NEW), $(env.OLD)]
  aes_key: $(env.AES)
  app_id: wx1
  app_secret: $(env.APP_SECRET)
  encryption: compatible
services:
  gone:
    url: "http://127.0.0.1:9"
    private: true
    operations: {ask: {get: /x, args: {u: text}, query: {key: $(env.GEO_KEY), u: $(u)}}}
rules:
  hi: hello
  call: {do: [{fetch: gone.ask(user.id), into: answer}, {reply: "$(answer)"}]}
  fault: {reply: "$(1 // (number(text) ?? 0))"}
  log: {do: [{log: '$(user.id) $(message.raw.FromUserName ?? "") $(env.GEO_KEY)'}, {reply: ok}]}
"""
ENVIRON = {
    "NEW": TOKEN,
    "OLD": OLD_TOKEN,
    "AES": KEY,
    "APP_SECRET": "canarysecret",
    "GEO_KEY": "canarygeokey",
    "WX_TOKEN": "unused",
}


def encrypted(text: str, id: str, cipher: MessageCipher) -> tuple[str, str]:
    """The body and the query of an encrypted message."""
    inside = cipher.encrypt(message(text, id, USER).encode(), b"0123456789abcdef")
    now = str(int(time.time()))
    more = {"encrypt_type": "aes", "msg_signature": sign(cipher.token, now, id, inside)}
    query = f"signature={sign(cipher.token, now, id)}&timestamp={now}&nonce={id}&openid={USER}"
    return f"<xml><Encrypt>{inside}</Encrypt></xml>", "&".join([query, *(f"{k}={v}" for k, v in more.items())])


@pytest.mark.parametrize("format", ["text", "json"])
def test_nothing_secret_is_in_the_log_of_a_server_in_trouble(tmp_path: Path, format: str) -> None:
    options = ("--store=memory", "--debug", f"--log-format={format}", "--lang=en", "--watch")
    with running(tmp_path, *options, bot=BOT, **ENVIRON) as server:
        for number, text in enumerate(("hi", "call", "fault", "log", "nothing"), 1):
            assert server.post(message(text, str(number), USER), signed(OLD_TOKEN, openid=USER))[0] == 200
        good, bad = MessageCipher(TOKEN, (KEY,), "wx1"), MessageCipher(TOKEN, (KEY,), "wx2")
        assert server.post(*encrypted("hi", "6", good))[0] == 200
        assert server.post(*encrypted("hi", "7", bad))[0] == 403
        once = signed(TOKEN, openid=USER)
        assert server.post(message("hi", "8", USER), once)[0] == 200
        assert server.post(message("hi", "9", USER), once)[0] == 403
        assert server.post(f"<xml><FromUserName>{USER}</FromUserName>", signed(TOKEN))[0] == 400
        assert server.post(message("hi", "10", USER), signed("wrong1", openid=USER))[0] == 403
        assert server.post(message("hi", "11", USER), signed(TOKEN), path="/nowhere")[0] == 404
        assert server.get(f"/counter?{signed(TOKEN, echostr='canaryecho')}")[0] == 200
        (tmp_path / "bot.yaml").write_text(BOT + f"  x: {{wait: {USER}}}\n", encoding="utf-8")
        assert until(lambda: "has errors; the running version stays" in server.log)
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(60) == 0
        log = server.log
    assert "outcome=answered" in log
    assert log.count("interpreter.bot") == 1
    assert [line for line in log.splitlines() if "canary" in line.lower()] == []


@pytest.mark.parametrize("lines", [TextLines, JsonLines])
async def test_nothing_secret_is_in_what_is_said_of_our_own_mistakes(
    lines: type[TextLines | JsonLines], monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets, written, house = Secrets(), bytearray(), House()
    secrets.add("canarytoken1")

    async def fail(*_: object) -> None:
        raise StoreUnavailable("redis://:canarypassword@host is gone, canarytoken1")

    with installed(Journal(lines(secrets), written.extend, "en"), debug=True):
        await house.start()
        for text in ("crash", "fault", "log canary", "call canary"):
            house.performer.release.set()
            await house.say(text, "canary-user")
        monkeypatch.setattr(house.store, "load", fail)
        monkeypatch.setattr(house.store, "ping", fail)
        await house.say("hi", "canary-user")
        await house.client.get("/readyz")
        monkeypatch.setattr(house.engine, "begin", None)
        await house.say("hi", "canary-user")
        logging.getLogger("interpreter.x").error("GET https://x/?access_token=canarytoken9")
        await house.client.close()
    said = written.decode()
    assert said.count("Traceback") >= 2
    assert "the session store does not answer" in said
    assert "canary" not in said.replace("log canary", "").replace("call canary", "")


def sentences() -> Iterator[str]:
    """Everything this program can say, with an X in place of each value."""
    for path in (Path(__file__).parents[2] / "interpreter").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Wording":
                for said in node.args:
                    pieces = said.values if isinstance(said, ast.JoinedStr) else [said]
                    yield "".join(str(it.value) if isinstance(it, ast.Constant) else "X" for it in pieces)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_a_query_lacks_is_told_in_the_log(language: str) -> None:
    with pytest.raises(SignatureMismatch) as caught:
        check_signature("abc123", {})
    said = caught.value.reason.say(language)
    assert "signature, timestamp, nonce" in said
    assert Secrets().scrub(said) == said


def test_no_word_of_our_own_is_taken_for_a_secret() -> None:
    every = list(sentences())
    assert len(every) > 1_000
    hidden = [text for text in every if Secrets().scrub(text) != text]
    assert [text for text in hidden if "://" not in text] == []  # the password of an example may be hidden
