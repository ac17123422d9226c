"""What an editor shows of the thing under the mouse."""

from __future__ import annotations

import pytest
from support.checked_bots import CAFE, CURSOR, check, offset_of, source

from interpreter.language_server.hover import hover

PLACES = {
    "tri‸es: 3": ("`tries`", "How many answers may be given."),
    "wait: gu‸ess": ("state `guess`", "answered by `right`"),
    "call: sur‸vey": ("flow `survey(topic: text)`", "4 steps"),
    "set: ans‸wer": ("variable `answer: int(1..9) = 1`",),
    "$(user.na‸me)": ('variable `user.name: text = "朋友"`',),
    "$(ci‸ty)": ("local `city: cities`",),
    "geo.reg‸eo(": ("operation `geo.regeo(lat: number, lng: number)`", "GET /at"),
    "city:cit‸ies": ("entity `cities`", "北京"),
    "sta‸rt:": ("rule `start`", "=play"),
    "domain: mem‸ber": ("domain `member`",),
}


@pytest.mark.parametrize(("place", "said"), PLACES.items(), ids=PLACES)
def test_hover(place: str, said: tuple[str, ...]) -> None:
    shown = hover(check(CAFE), source(CAFE), offset_of(CAFE, place), "en")
    assert shown is not None
    assert all(part in shown.text for part in said), shown.text
    assert CAFE[shown.span.start : shown.span.end] in place.replace(CURSOR, "")


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("api: user.in‸fo", ("`user.get_user`", "`openid` a text, required", "zh_CN", "needs a verified account")),
        ("api: group.li‸st", ("use tag.list_tags",)),
        ("api: tag.crea‸te", ("`tag` a map, required {name}",)),
    ],
)
def test_methods_of_the_api_are_explained(step: str, said: tuple[str, ...]) -> None:
    text = CAFE.replace("fetch: geo.regeo(1, lng=2)", step.replace(CURSOR, ""))
    shown = hover(check(text), source(text), offset_of(text, step), "en")
    assert shown is not None
    assert all(part in shown.text for part in said), shown.text


def test_functions_are_explained_with_an_example() -> None:
    text = CAFE.replace("if: n == answer", "if: n == random(1, 9)")
    shown = hover(check(text), source(text), offset_of(text, "ran‸dom(1"), "zh")
    assert shown is not None
    assert "random(a: int, b: int): int" in shown.text
    assert "# 7" in shown.text


def test_what_was_found_there_is_said_too() -> None:
    text = CAFE.replace("wait: guess", "wait: guest")
    shown = hover(check(text), source(text), offset_of(text, "gu‸est"), "zh")
    assert shown is not None
    assert "DL101" in shown.text
    assert "未知的状态" in shown.text


def test_of_nothing_nothing_is_said() -> None:
    assert hover(check(CAFE), source(CAFE), offset_of(CAFE, "猜‸一个"), "en") is None
    assert hover(check(CAFE), source(CAFE), len(CAFE), "en") is None


def test_a_name_of_the_author_is_no_key() -> None:
    text = CAFE.replace("  cities:", "  reply:").replace(":cities", ":reply")
    shown = hover(check(text), source(text), offset_of(text, "  rep‸ly: {"), "en")
    assert shown is not None
    assert "entity" in shown.text
