"""What may be written where a cursor stands in a bot that is being written."""

from __future__ import annotations

import pytest
from support.checked_bots import CAFE, CURSOR, check, offset_of

from interpreter.language_server.completion import complete

CHECKED = check(CAFE)

PLACES = {
    "keys of the root": ("name: cafe\n", "name: cafe\n‸\n", {"menu", "failure"}, {"rules", "reply"}),
    "keys of a rule": ("    wait: guess\n", "    ‸\n", {"wait", "goto", "if"}, {"pattern", "prompt"}),
    "states in `wait`": ("wait: guess", "wait: ‸", {"guess"}, {"survey"}),
    "a part of a state": ("wait: guess", "wait: gu‸", {"guess"}, set()),
    "flows in `call`": ("call: survey", "call: ‸", {"survey"}, {"guess"}),
    "targets in `goto`": ("wait: guess", "goto: ‸", {"states.guess", "flows.survey", "rules.start"}, set()),
    "domains": ("domain: member", "domain: ‸", {"member"}, set()),
    "events": ("domain: member", "event: ‸", {"subscribe", "scan"}, set()),
    "message types": ("domain: member", "message: [‸]", {"image", "any"}, set()),
    "flags": ("domain: member", "anywhere: ‸", {"true", "false"}, set()),
    "only true": ("again: true", "again: ‸", {"true"}, {"false"}),
    "words": ("tries: 3", "interrupt: ‸", {"leave", "resume", "never"}, set()),
    "locals and variables in a condition": ("if: n == answer", "if: ‸", {"n", "answer", "user", "len"}, {"topic"}),
    "fields": ("if: n == answer", "if: user.‸", {"name", "id", "locale"}, {"n"}),
    "fields of a date": ("if: n == answer", "if: now.‸", {"hour", "weekday"}, {"name"}),
    "what a variable can be": ('mood == "好"', 'mood == "‸', {"好", "坏"}, {"mood"}),
    "what a variable can be, quotes too": ('mood == "好"', "mood == ‸", {'"好"', '"坏"', "topic"}, set()),
    "states of `state.name`": ('state.name == "guess"', 'state.name == "‸', {"guess"}, set()),
    "a text in an expression": ("if: n == answer", "if: answer == 'a‸'", set(), {"answer"}),
    "a hole of a text": ("reply: $(city) $(texts.hello)", "reply: $(‸", {"city", "answer", "upper"}, {"topic"}),
    "named texts": ("reply: $(city) $(texts.hello)", "reply: $(texts.‸)", {"hello"}, set()),
    "a text": ("reply: 对！", "reply: ‸", set(), {"answer"}),
    "behind a hole": ("reply: $(city) $(texts.hello)", "reply: $(city) ‸", set(), {"city"}),
    "types": ("type: 好 | 坏", "type: ‸", {"int", "yesno", "cities"}, {"answer"}),
    "types of variables": ("answer: int(1..9) = 1", "answer: ‸", {"int", "text"}, {"len"}),
    "defaults": ("answer: int(1..9) = 1", "answer: int = ‸", {"len", "env"}, {"message", "answer"}),
    "types of slots": ("去<city:cities>", "去<city:‸", {"cities", "int"}, set()),
    "assigned variables": ("set: answer = n", "set: ‸", {"answer", "user.name"}, set()),
    "assigned values": ("set: answer = n", "set: answer = ‸", {"n", "answer"}, set()),
    "assignments in a list": ("set: answer = n", "set:\n      - answer = ‸", {"n", "answer"}, set()),
    "operations": ("fetch: geo.regeo(1, lng=2)", "fetch: ‸", {"geo.regeo"}, set()),
    "families of the API": ("fetch: geo.regeo(1, lng=2)", "api: ‸", {"user", "qrcode"}, {"geo.regeo", "user.info"}),
    "a part of a family": ("fetch: geo.regeo(1, lng=2)", "api: us‸", {"user"}, set()),
    "methods of a family": ("fetch: geo.regeo(1, lng=2)", "api: user.‸", {"user.info", "user.get_user"}, {"tag.add"}),
    "methods that are not closed": ("fetch: geo.regeo(1, lng=2)", "api: url.‸", {"url.store"}, {"url.shorten"}),
    "arguments of a method": (
        "fetch: geo.regeo(1, lng=2)",
        "api: user.info\n        with: {‸}",
        {"openid", "lang"},
        {"api"},
    ),
    "arguments that are not there yet": (
        "fetch: geo.regeo(1, lng=2)",
        "api: user.info\n        with: {openid: user.id, ‸}",
        {"lang"},
        {"openid"},
    ),
    "arguments inside of others": (
        "fetch: geo.regeo(1, lng=2)",
        "api: menu.create\n        with:\n          button:\n            - ‸",
        {"name", "key", "sub_button"},
        {"button"},
    ),
    "values of arguments": (
        "fetch: geo.regeo(1, lng=2)",
        "api: user.info\n        with: {openid: user.‸}",
        {"id"},
        {"openid"},
    ),
    "arguments of an operation": ("fetch: geo.regeo(1, lng=2)", "fetch: geo.regeo(‸", {"topic", "mood"}, set()),
    "locals of an operation": ("get: /at?$(lat),$(lng)", "get: /at?$(‸", {"lat", "lng", "env"}, {"user", "answer"}),
    "what a service answered": ("mock: {body: {}}", "pick: ‸", {"body", "status"}, {"user"}),
    "receivers": ("into: mood", "into: ‸", {"answer"}, set()),
    "locales": ("prompt: 猜一个", "prompt: {‸}", {"zh", "en", "news"}, set()),
    "what a test is given": ("given: {answer: 3,", "given: {‸,", {"answer", "now", "random"}, {"geo.regeo"}),
    "checks of a test": ('? state.name == "guess" and answer == 3', "? ‸", {"answer", "state"}, {"n"}),
    "requests of a test": ('? state.name == "guess" and answer == 3', "! fetch ‸", {"geo.regeo"}, set()),
    "kinds of requests": ('? state.name == "guess" and answer == 3', "! ‸", {"fetch", "send"}, set()),
    "messages of a test": ("> play 3", "> @‸", {"@subscribe", "@click"}, set()),
    "replies of a test": ("< 猜一个", "< @‸", {"@news", "@none"}, set()),
}


@pytest.mark.parametrize(("old", "new", "some", "none"), PLACES.values(), ids=PLACES.keys())
def test_completion(old: str, new: str, some: set[str], none: set[str]) -> None:
    assert old in CAFE
    text = CAFE.replace(old, new)
    offered = {offer.label for offer in complete(CHECKED, text.replace(CURSOR, ""), text.index(CURSOR)).offers}
    assert some <= offered
    assert not none & offered


OFFICIAL = "account: {kind: service, verified: true}\n"
WECOM = "account: {type: wecom}\n"
BOTH = "accounts:\n  a: {kind: service}\n  b: {type: wecom}\n"
OF_WECOM = {
    "an event": ("rules: {a: {event: ‸}}", "modify_calendar"),
    "an event of several": ("rules: {a: {event: [scan, ‸]}}", "modify_calendar"),
    "a family": ("rules: {a: {do: [{api: ‸}]}}", "wecom_user"),
    "a method": ("rules: {a: {do: [{api: wecom_user.‸}]}}", "wecom_user.get_user"),
    "an argument": ("rules: {a: {do: [{api: wecom_user.get_user, with: {‸}}]}}", "userid"),
}


def offered_to(account: str, text: str) -> set[str]:
    written = f"dialog: 1\nname: t\n{account}{text}\n"
    checked = check(written.replace(CURSOR, ""))
    return {offer.label for offer in complete(checked, written.replace(CURSOR, ""), written.index(CURSOR)).offers}


@pytest.mark.parametrize(("text", "name"), OF_WECOM.values(), ids=OF_WECOM.keys())
def test_only_a_bot_with_an_account_of_wecom_is_offered_what_is_wecoms(text: str, name: str) -> None:
    assert name in offered_to(WECOM, text)
    assert name in offered_to(BOTH, text)
    assert name not in offered_to(OFFICIAL, text)
    assert name not in offered_to("", text)


def test_what_an_official_account_has_is_offered_to_it_and_not_to_wecom_only() -> None:
    for account in ("", OFFICIAL, BOTH):
        assert "user" in offered_to(account, "rules: {a: {do: [{api: ‸}]}}")
        assert "user.info" in offered_to(account, "rules: {a: {do: [{api: user.‸}]}}")
        assert "scan" in offered_to(account, "rules: {a: {event: ‸}}")
    assert offered_to(WECOM, "rules: {a: {do: [{api: user.‸}]}}") == set()


@pytest.mark.parametrize(
    ("account", "is_offered"),
    [
        ("account:\n  kind: service\n  ‸", False),
        ("account:\n  type: wecom\n  ‸", True),
        ("accounts:\n  a: {type: wecom, ‸}\n  b: {path: /b}", True),
        ("accounts:\n  a: {type: wecom}\n  b: {path: /b, ‸}", False),
    ],
)
def test_only_an_account_of_wecom_is_offered_its_settings(account: str, is_offered: bool) -> None:
    found = offered_to("", account)
    assert ("agent_id" in found) is is_offered
    assert "app_id" in found


def test_a_file_that_is_no_bot_yet_is_offered_nothing_of_wecom() -> None:
    text = "rules:\n  hi: {do: [{api: "
    offered = {offer.label for offer in complete(check("- a"), text, len(text)).offers}
    assert "user" in offered
    assert "wecom_user" not in offered


def test_an_offer_takes_the_place_of_what_was_begun() -> None:
    text = CAFE.replace("if: n == answer", "if: n == user.na")
    offset = offset_of(text, "n == user.na‸")
    assert complete(CHECKED, text, offset).start == offset - 2


def test_a_key_brings_its_colon_unless_it_has_one() -> None:
    text = CAFE.replace("    wait: guess\n", "    wa\n")
    offers = complete(CHECKED, text, offset_of(text, "    wa‸\n")).offers
    assert [offer.insert for offer in offers if offer.label in ("wait", "replies")] == ["wait: ", "replies:"]
    named = complete(CHECKED, CAFE, offset_of(CAFE, "    wa‸it: guess")).offers
    assert [offer.insert for offer in named if offer.label == "goto"] == ["goto"]


def test_locals_come_before_variables_and_functions_last() -> None:
    text = CAFE.replace("if: n == answer", "if: ")
    labels = [offer.label for offer in complete(CHECKED, text, offset_of(text, "if: ‸, reply: 对")).offers]
    assert labels.index("n") < labels.index("answer") < labels.index("user") < labels.index("len")


@pytest.mark.parametrize(
    ("rules", "some"),
    [
        ("a: {pattern: /x(.)/, reply: b, if: ‸}", {"match"}),
        ("a: {pattern: =x, reply: b, replies: {c: {pattern: =<n:int>, if: n > 1, reply: $(‸)}}}", {"n"}),
        ("a: {do: [{fetch: x.y(), failed: [{reply: $(‸)}]}]}", {"error"}),
        ("a: b\nafter: [{set: reply = ‸}]", {"reply"}),
        ("a: b\nchoice: $(‸)", {"key", "label"}),
        ("a: b\nfallback: {image: ‸}", {"cat"}),
        ("a: b\nlocales: [‸]", {"zh"}),
        ("a: {message: text, if: message.‸}", {"type", "location"}),
    ],
)
def test_what_only_some_places_can_name(rules: str, some: set[str]) -> None:
    text = f"dialog: 1\nname: t\nmedia: {{cat: cat.jpg}}\nrules:\n  {rules}\n"
    checked = check(text.replace(CURSOR, "").replace("if: ,", "").replace("if: }", "}"))
    offered = {offer.label for offer in complete(checked, text.replace(CURSOR, ""), text.index(CURSOR)).offers}
    assert some <= offered


def test_a_file_that_never_was_a_bot_has_keys_all_the_same() -> None:
    empty = check("- a")
    assert "dialog" in {offer.label for offer in complete(empty, "", 0).offers}
    for text in ("rules:\n  hi: {if: ", "rules:\n  hi: {wait: ", "vars: {a: ", "vars: {a: int = ", "rules: {a: $("):
        complete(empty, text, len(text))


@pytest.mark.parametrize("cut", [True, False])
def test_completion_has_an_answer_everywhere(cut: bool) -> None:
    for offset in range(0, len(CAFE), 2):
        found = complete(CHECKED, CAFE[:offset] if cut else CAFE, offset)
        assert 0 <= found.start <= offset
