"""Every finding, from the facts that lead to it: its code, the facts, words that it says, words of its next step."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from interpreter.catalogue.rights import Standing
from interpreter.diagnostics.wording import Wording
from interpreter.server.diagnosis.account import AccountFacts, account_findings, clashes
from interpreter.server.diagnosis.address import (
    Address,
    address_findings,
    read_address,
    resolved_findings,
    slash_finding,
    with_other_slash,
)
from interpreter.server.diagnosis.answers import Answer, Obstacle, Unanswered
from interpreter.server.diagnosis.certificate import certificate_findings
from interpreter.server.diagnosis.clock import ClockFacts, clock_findings, read_date
from interpreter.server.diagnosis.computer import ComputerFacts, computer_findings
from interpreter.server.diagnosis.delivery import delivery_findings
from interpreter.server.diagnosis.findings import Finding, Level, has_problem, problem
from interpreter.server.diagnosis.listening import PortState, port_findings
from interpreter.server.diagnosis.platform import Verdict, platform_findings
from interpreter.server.diagnosis.storage import (
    FileFacts,
    RedisFacts,
    file_findings,
    memory_findings,
    redis_findings,
    sharing_findings,
)
from interpreter.server.diagnosis.verification import refusal_findings, verification_findings
from interpreter.wechat.crypto import MessageCipher
from interpreter.wechat.deliveries import Sender

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 1, 1, tzinfo=UTC)
URL = "https://bot.example.com/wechat"
HOST = "bot.example.com"
KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
APP_ID = "wx0123456789abcdef"
OURS_403 = Answer(403, b"forbidden\n")
PLAIN = {"content-type": "text/plain; charset=utf-8"}
ABOUT = b"This address receives messages from WeChat for the bot tea. There is nothing to see here.\n"
BLOCKED = "https://dnspod.qcloud.com/static/webblock.html"
NO_APP_ID: dict[str, object] = {"app_id": None, "app_secret": "0" * 32, "encryption": "plain"}
NOT_LISTED = "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist"


def account(**more: object) -> list[Finding]:
    safe: dict[str, object] = {"tokens": ("abc123",), "app_id": APP_ID, "aes_keys": (KEY,), "encryption": "safe"}
    return account_findings(AccountFacts("tea", **{"path": "/wechat", **safe, **more}))  # type: ignore[arg-type]


def address(text: str, *paths: str) -> list[Finding]:
    read = read_address(text)
    assert read is not None
    return address_findings(read, paths)


def the_address(text: str = URL) -> Address:
    read = read_address(text)
    assert read is not None
    return read


def verified(
    status: int = 200, body: bytes = b"42", headers: Mapping[str, str] = PLAIN, seconds: float = 0.1
) -> Sequence[Finding]:
    return verification_findings(HOST, URL, "42", Answer(status, body, headers, seconds))


def unanswered(obstacle: Obstacle) -> Sequence[Finding]:
    return verification_findings(HOST, URL, "42", Unanswered(obstacle, "what it said"))


def delivered(answer: Answer | Unanswered, clock: Sequence[Finding] = ()) -> Sequence[Finding]:
    return delivery_findings(HOST, URL, Sender("abc123"), answer, clock)


def clock(seconds: float, window: int | None = 300) -> Sequence[Finding]:
    return clock_findings(ClockFacts("wechat", NOW, NOW + timedelta(seconds=seconds), window))


def api(code: int, text: str = "") -> Sequence[Finding]:
    return platform_findings("tea", Verdict(code, text))


def file(**more: object) -> Sequence[Finding]:
    return file_findings(FileFacts("dialog.db", **{"free": 10**12, **more}))  # type: ignore[arg-type]


def redis(**more: object) -> Sequence[Finding]:
    return redis_findings(RedisFacts("redis://cache", **more))  # type: ignore[arg-type]


def computer(**more: object) -> Sequence[Finding]:
    return computer_findings(ComputerFacts(**{"python": (3, 12, 1), **more}))  # type: ignore[arg-type]


def port(state: PortState, health: Answer | None = None) -> Sequence[Finding]:
    return port_findings("10.0.0.1", 8080, state, health)


CASES: list[tuple[str, Sequence[Finding], str, str]] = [
    # ------------------------------------------------------------------------------------------- account
    ("account-fine", account(), "an unverified subscription account", ""),
    ("account-fine", account(standing=Standing(kind="service", verified=True)), "may use customer-service", ""),
    ("account-cannot-push", account(pushes=True), "an unverified subscription account cannot", "`later`"),
    ("account-no-token", account(tokens=(), token_variable="WX_TOKEN"), "no token", "WX_TOKEN"),
    ("account-no-token", account(tokens=()), "no token", "$(env.NAME)"),
    ("account-token-form", account(tokens=('"abc123"',)), "quotation marks", "--env-file"),
    ("account-token-form", account(tokens=("abc 123",)), "white space", "copy it again"),
    ("account-token-form", account(tokens=("abc-123",)), "neither letters nor digits", "another one"),
    ("account-token-form", account(tokens=("ab",)), "2 characters", "another one"),
    ("account-token-form", account(tokens=("abc123", "令牌")), "neither letters nor digits", "another one"),
    ("account-app-id-form", account(app_id="gh_0123456789ab"), "`gh_0123456789ab`", "AppID"),
    ("account-app-id-form", account(app_id=APP_ID.upper()), "0-9 a-f", "AppID"),
    ("account-app-secret-form", account(app_secret="0123"), "4 characters", "reset"),
    ("account-secret-without-app-id", account(**NO_APP_ID), "no AppID", "app_id"),
    ("account-aes-key-form", account(aes_keys=(KEY + "=",)), "neither letters nor digits", "without the `=`"),
    ("account-aes-key-form", account(aes_keys=(KEY[:-1],)), "42 characters", "copy it again"),
    ("account-aes-key-form", account(aes_keys=(KEY, KEY[:-1] + "/")), "neither letters", "copy it again"),
    ("account-plain", account(encryption="plain"), "in clear", "安全模式"),
    ("account-encryption-without-key", account(aes_keys=()), "`aes_key` is not set", "EncodingAESKey"),
    ("account-encryption-without-key", account(aes_keys=(), app_id=None), "`aes_key` and `app_id` are", "plain"),
    ("account-path-form", account(path="wechat"), "`wechat`", "slash first"),
    ("account-path-form", account(path="/we chat"), "`/we chat`", "spaces"),
    ("account-path-form", account(path="/%73ame"), "`/%73ame`", "`%`"),
    ("account-path-root", account(path="/"), "`/`", "/wechat"),
    ("account-clash", clashes([AccountFacts("tea", "/a"), AccountFacts("tea", "/b")]), "called tea", "own"),
    ("account-clash", clashes([AccountFacts("tea", "/a"), AccountFacts("cup", "/a/")]), "/a", "own"),
    ("account-clash", clashes([AccountFacts("tea", "/a"), AccountFacts("cup", "/a/b")]), "/a/b", "own"),
    # ------------------------------------------------------------------------------------------- address
    ("url-port", address("https://bot.example.com:8443/wechat", "/wechat"), "8443", "port 443"),
    ("url-port", address("http://bot.example.com:443/wechat", "/wechat"), "443", "port 80"),
    ("url-http", address("http://bot.example.com/wechat", "/wechat"), "http", "certificate"),
    ("url-local", address("https://localhost/wechat", "/wechat"), "localhost", "tunnel"),
    ("url-local", address("https://192.168.1.2/wechat", "/wechat"), "192.168.1.2", "public name"),
    ("url-path", address("https://bot.example.com/wx", "/wechat", "/b"), "`/wechat`, `/b`", f"enter {URL}"),
    ("url-path", address("https://bot.example.com?a=1", "/wechat"), "`/`", f"enter {URL}?a=1"),
    ("url-extras", address(f"{URL}#top", "/wechat"), "#", "take it out"),
    ("url-extras", address("https://me@bot.example.com/wechat", "/wechat"), "user name", "take it out"),
    ("url-private", resolved_findings(the_address(), ["10.1.2.3"]), "10.1.2.3", "public address"),
    ("url-slash", [slash_finding(the_address(), f"{URL}/")], "slash", f"enter {URL}/"),
    ("url-certificate-ends", certificate_findings(HOST, NOW + timedelta(days=3), NOW), "3 days", "renewed"),
    # ------------------------------------------------------------------------------------------- no answer
    ("url-dns", unanswered(Obstacle.DNS), HOST, "A record"),
    ("url-refused", unanswered(Obstacle.REFUSED), HOST, "firewall"),
    ("url-timeout", unanswered(Obstacle.TIMEOUT), "5 s", "security group"),
    ("url-reset", unanswered(Obstacle.RESET), "closes", "备案"),
    ("url-tls-expired", unanswered(Obstacle.EXPIRED), "expired", "renew"),
    ("url-tls-not-yet", unanswered(Obstacle.NOT_YET), "not valid yet", "clock"),
    ("url-tls-name", unanswered(Obstacle.OTHER_NAME), "another name", HOST),
    ("url-tls-self-signed", unanswered(Obstacle.SELF_SIGNED), "nobody WeChat trusts", "Let's Encrypt"),
    ("url-tls-chain", unanswered(Obstacle.CHAIN), "intermediate", "fullchain.pem"),
    ("url-tls", unanswered(Obstacle.TLS), "what it said", "TLS 1.2"),
    ("url-not-http", unanswered(Obstacle.NOT_HTTP), "what it said", "port"),
    ("url-unreachable", unanswered(Obstacle.OTHER), "what it said", "network"),
    # ------------------------------------------------------------------------------------------- verification
    ("url-verifies", verified(), "as WeChat wants", ""),
    ("url-token", verified(403, b"forbidden\n"), "another token", "--env-file"),
    ("url-query-lost", verified(400, b"echostr is missing\n"), "without the query", "proxy_pass"),
    ("url-query-lost", verified(body=ABOUT), "without the query", "proxy_pass"),
    ("url-compressed", verified(headers={"content-encoding": "gzip"}), "gzip", "gzip off"),
    ("url-bom", verified(body=b"\xef\xbb\xbf42"), "byte-order mark", "BOM"),
    ("url-space", verified(body=b"42\n"), "white space", "switch off"),
    ("url-quoted", verified(body=b'"42"'), "quotation marks", "switch off"),
    ("url-wrapped", verified(body=b"<html>42</html>"), "more around it", "switch off"),
    ("url-page", verified(body=b"\n<!DOCTYPE html><title>Welcome to nginx!</title>"), "web page", "hand this path"),
    ("url-empty", verified(body=b""), "nothing", "what answers"),
    ("url-other-text", verified(body=b"43"), "another text", "cache"),
    ("url-content-type", verified(headers={"content-type": "text/html"}), "text/html", "Content-Type"),
    ("url-slow", verified(seconds=6.0), "6.0 s", "load"),
    ("url-sluggish", verified(seconds=2.5), "2.5 s", "load"),
    ("url-refuses", refusal_findings(URL, OURS_403), "refused", ""),
    ("url-unsigned", refusal_findings(URL, Answer(200, b"42")), "wrong signature", "cache"),
    ("url-refusal", refusal_findings(URL, Answer(500)), "500", "changes answers"),
    ("url-refusal", refusal_findings(URL, Unanswered(Obstacle.RESET)), "reset", "changes answers"),
    # ------------------------------------------------------------------------------------------- statuses
    ("url-redirects", verified(301, headers={"location": "/wechat/"}), "/wechat/", f"enter {URL}/"),
    ("url-redirects", verified(302, headers={"location": "https://bot.example.com/login"}), "/login", "login"),
    ("url-not-filed", verified(302, headers={"location": BLOCKED}), "备案", "file"),
    ("url-not-filed", verified(body="<html><title>备案</title></html>".encode()), "备案", "file"),
    ("url-password", verified(401), "password", "take the password off"),
    ("url-forbidden", verified(403, b"<html>"), "in front of the bot", "WAF"),
    ("url-not-found", verified(404, b"404: Not Found"), "404", "--show-settings"),
    ("url-method", verified(405), "405", "as it is"),
    ("url-body-held", delivered(Answer(408)), "408", "proxy_request_buffering"),
    ("url-body-limit", delivered(Answer(413)), "413", "client_max_body_size"),
    ("url-body-type", delivered(Answer(415)), "415", "Content-Type"),
    ("url-rate-limit", verified(429), "429", "few addresses"),
    ("url-server-error", verified(500), "500", "logs"),
    ("url-no-bot", verified(502), "502", "start the bot"),
    ("url-busy", verified(503), "503", "logs"),
    ("url-no-bot", verified(504), "504", "start the bot"),
    ("url-status", verified(418), "418", "logs"),
    # ------------------------------------------------------------------------------------------- delivery
    ("delivery-fine", delivered(Answer(200, b"success")), "dialog_doctor", ""),
    ("delivery-fine", delivered(Answer(200, b"")), "dialog-doctor", ""),
    ("delivery-clock", delivered(OURS_403, clock(400)), "refuses a message", "clock"),
    ("delivery-refused", delivered(OURS_403, clock(1)), "refuses a message", "log"),
    ("delivery-body", delivered(Answer(400)), "changed on the way", "untouched"),
    ("delivery-page", delivered(Answer(200, b"<html></html>")), "web page", "POST"),
    ("delivery-answer", delivered(Answer(200, b'{"ok": true}')), "not understand", "changes answers"),
    ("url-compressed", delivered(Answer(200, b"", {"content-encoding": "br"})), "br", "gzip off"),
    ("url-slow", delivered(Answer(200, b"", {}, 5.5)), "5.5 s", "load"),
    ("url-timeout", delivered(Unanswered(Obstacle.TIMEOUT)), "5 s", "firewall"),
    # ------------------------------------------------------------------------------------------- clock
    ("clock-fine", clock(59), "agrees", ""),
    ("clock-drifts", clock(61), "61 s ahead of", "set-ntp"),
    ("clock-drifts", clock(-5000, None), "5000 s behind", "set-ntp"),
    ("clock-off", clock(-301), "more than 300 s", "set-ntp"),
    # ------------------------------------------------------------------------------------------- WeChat's API
    ("api-fine", api(0), "AppSecret", ""),
    ("api-allow-list", api(40164, NOT_LISTED), "203.0.113.7", "add 203.0.113.7"),
    ("api-allow-list", api(40164, "not in whitelist"), "40164", "IP白名单"),
    ("api-allow-list", api(89503), "approval", "administrator"),
    ("api-allow-list", api(89507), "refused", "administrator"),
    ("api-app-id", api(40013), "40013", "AppID"),
    ("api-app-id", api(41002), "41002", "AppID"),
    ("api-secret", api(40001), "40001", "AppSecret"),
    ("api-secret", api(40125), "40125", "AppSecret"),
    ("api-secret", api(41004), "41004", "AppSecret"),
    ("api-secret-frozen", api(40243), "frozen", "unfreeze"),
    ("api-quota", api(45009), "used up", "midnight"),
    ("api-busy", api(-1), "busy", "again"),
    ("api-busy", api(45011), "too often", "again"),
    ("api-permission", api(48001), "48001", "account.slow"),
    ("api-account-closed", api(50002), "restricted", "console"),
    ("api-error", api(40029), "40029", ""),
    ("api-error", api(99999, "unheard of"), "99999: unheard of", "全局返回码"),
    ("api-unreachable", platform_findings("tea", Unanswered(Obstacle.DNS)), "dns", "firewall"),
    # ------------------------------------------------------------------------------------------- store
    ("store-memory", memory_findings(), "restart", "sqlite:FILE"),
    ("store-not-shared", sharing_findings(4), "4 workers", "redis://"),
    ("store-fine", file(exists=True), "opens", ""),
    ("store-fine", file(), "can be made", ""),
    ("store-unusable", file(trouble=(Wording("locked", "锁"), Wording("stop it", "停"))), "locked", "stop it"),
    ("store-full", file(free=1000), "0 MB", "make room"),
    ("store-room", file(free=100 * 1024**2), "100 MB", "make room"),
    ("store-network-disk", file(file_system="nfs4"), "nfs4", "local disk"),
    ("store-passing-disk", file(file_system="tmpfs"), "tmpfs", "disk"),
    ("store-in-container", file(file_system="overlay"), "container", "volume"),
    ("store-sqlite-version", file(sqlite=(3, 40, 1)), "3.40.1", "one dialog-run"),
    ("store-fine", redis(), "answers", ""),
    ("store-redis-unreachable", redis(trouble="ConnectionError"), "ConnectionError", "firewall"),
    ("store-redis-unreachable", redis(trouble="AuthenticationError: NOAUTH"), "NOAUTH", "USER:PASSWORD"),
    ("store-redis-unreachable", redis(trouble="the package `redis` is not installed"), "package", "[redis]"),
    ("store-redis-version", redis(version=(5, 0, 14)), "5.0.14", "6.0"),
    ("store-redis-replica", redis(role="slave"), "replica", "Sentinel"),
    ("store-redis-evicts", redis(policy="allkeys-lru"), "allkeys-lru", "noeviction"),
    ("store-redis-full", redis(used=95, limit=100), "95 %", "maxmemory"),
    ("store-redis-forgets", redis(appends=False, snapshots=""), "nothing on disk", "appendonly yes"),
    ("store-redis-slow", redis(seconds=0.25), "250 ms", "same network"),
    # ------------------------------------------------------------------------------------------- port, computer
    ("port-free", port(PortState.FREE), "8080", ""),
    ("port-bot", port(PortState.TAKEN, Answer(200, b"ok\n")), "running", ""),
    ("port-taken", port(PortState.TAKEN, Answer(404)), "8080", "ss -ltnp"),
    ("port-forbidden", port(PortState.FORBIDDEN), "may not", "1023"),
    ("port-host", port(PortState.NOT_HERE), "10.0.0.1", "0.0.0.0"),
    ("computer-fine", computer(), "3.12.1", ""),
    ("computer-fine", computer(is_compiled=True), "this program is compiled", ""),
    ("computer-python", computer(python=(3, 10, 9)), "3.10.9", "3.11"),
    ("computer-package", computer(wanted={"lxml": "5.3"}, installed={"lxml": "5.2.9"}), "lxml is 5.2.9", "lxml>=5.3"),
    ("computer-package", computer(wanted={"redis": "5.2"}, installed={"redis": None}), "not installed", "redis>=5.2"),
    ("computer-encoding", computer(encoding="ansi_x3.4-1968"), "ansi", "PYTHONUTF8"),
    ("computer-time-zone", computer(zones={"Asia/Shanghai": False}), "Asia/Shanghai", "tzdata"),
    ("computer-open-files", computer(open_files=1024), "1024", "LimitNOFILE"),
]  # fmt: skip

ELSEWHERE = {
    "bot-fine",
    "bot-broken",
    "settings-refused",
    "store-unknown",
    "api-skipped",
    "clock-skipped",
    "url-skipped",
}
"""Codes of the command itself; its own tests have them."""


@pytest.mark.parametrize(
    ("code", "found", "said", "next_step"), CASES, ids=[f"{case[0]}-{number}" for number, case in enumerate(CASES)]
)
def test_facts_lead_to_a_finding(code: str, found: Sequence[Finding], said: str, next_step: str) -> None:
    finding = next((item for item in found if item.code == code), None)
    assert finding is not None, found
    assert said in finding.said.en
    if finding.next_step is None:
        assert finding.level in {Level.FINE, Level.SKIPPED}
        assert not next_step
    else:
        assert finding.level in {Level.PROBLEM, Level.WARNING}
        assert next_step in finding.next_step.en


@pytest.mark.parametrize("finding", [item for case in CASES for item in case[1]], ids=lambda finding: finding.code)
def test_a_finding_is_filled_in_and_speaks_chinese(finding: Finding) -> None:
    for wording in filter(None, (finding.said, finding.next_step)):
        assert re.search(r"[\u4e00-\u9fff]|pip install|备案", wording.zh), wording
        for text in (wording.en, wording.zh):
            assert not re.search(r"\{\w*\}", text), text


def test_every_code_has_a_case() -> None:
    package = ROOT / "interpreter" / "server" / "diagnosis"
    written = "".join(path.read_text(encoding="utf-8") for path in package.glob("*.py"))
    subjects = "account|api|clock|computer|delivery|port|store|url"
    codes = set(re.findall(rf'"((?:{subjects})-[a-z0-9-]*[a-z0-9])"', written))
    assert codes - {case[0] for case in CASES} == set()


def test_what_is_not_a_problem_ends_well() -> None:
    assert not has_problem(account())
    assert has_problem([problem("x-y", Wording("", ""), Wording("", ""))])
    assert account()[0].subject == "account"


@pytest.mark.parametrize("text", ["bot.example.com/wechat", "ftp://a/b", "https://", "https://a:b/c", "https://a b/c"])
def test_what_is_no_address_is_none(text: str) -> None:
    assert read_address(text) is None


@pytest.mark.parametrize(
    ("text", "other"),
    [(URL, f"{URL}/"), (f"{URL}/", URL), ("https://a/", None), ("https://a/b?c=d", "https://a/b/?c=d")],
)
def test_an_address_has_another_slash(text: str, other: str | None) -> None:
    assert with_other_slash(the_address(text)) == other


def test_a_public_address_is_nothing_to_talk_about() -> None:
    assert not address(URL, "/wechat/")
    assert not resolved_findings(the_address(), ["8.8.8.8"])
    assert not certificate_findings(HOST, NOW + timedelta(days=60), NOW)


@pytest.mark.parametrize(("header", "year"), [("Thu, 01 Jan 2026 00:00:00 GMT", 2026), ("nonsense", None), ("", None)])
def test_a_date_header_is_read(header: str, year: int | None) -> None:
    date = read_date(header)
    assert (date.year if date else None) == year


def test_an_encrypted_delivery_proves_that_no_byte_was_changed() -> None:
    sender = Sender("abc123", MessageCipher("abc123", (KEY,), APP_ID))
    found = delivery_findings(HOST, URL, sender, Answer(200, b"success"), ())
    assert "not a byte" in found[0].said.en
    other = MessageCipher("abc123", (KEY[::-1],), APP_ID)
    sealed = other.seal(b"<xml/>", random=b"0" * 16, timestamp="1", nonce="n")
    assert delivery_findings(HOST, URL, sender, Answer(200, sealed), ())[0].code == "delivery-answer"


@pytest.mark.parametrize("version", [(3, 51, 3), (3, 44, 6), (3, 50, 7), (3, 52, 0)])
def test_a_mended_sqlite_is_not_mentioned(version: tuple[int, ...]) -> None:
    assert [item.code for item in file(sqlite=version)] == ["store-fine"]


def test_http_to_https_has_a_simple_answer() -> None:
    answer = Answer(308, b"", {"location": URL})
    (found,) = verification_findings(HOST, "http://bot.example.com/wechat", "42", answer)
    assert found.next_step is not None
    assert found.next_step.en == "enter the https address"
