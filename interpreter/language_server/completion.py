"""What may be written at a cursor: keys by place, values, and names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from lsprotocol.types import CompletionItemKind as Icon

from interpreter.check.accounts import is_wecom
from interpreter.dialog import shapes_leaves as leaves
from interpreter.dialog.model.bot import Bot
from interpreter.dialog.shapes import Flag, Leaf, Shape, Words
from interpreter.dialog.talk import EXPECTS, REQUESTS, SENDS
from interpreter.language_server import api_offers, offers
from interpreter.language_server.checked import Checked
from interpreter.language_server.expression_offers import expression_offers, open_hole
from interpreter.language_server.lines import Place, place_at
from interpreter.language_server.offers import Offer
from interpreter.language_server.owners import scope_at
from interpreter.language_server.places import keys_for, scalar_of, shape_at, takes_locales

_SLOT = re.compile(r"<[^<>:]*:(?P<type>[^<>]*)\Z")
_ASSIGNED = re.compile(r"\s*[^\W\d][\w.]*\s*[-+]?=(?!=)")
_LOOPED = re.compile(r"\s*[^\W\d]\w*\s+in\s")
_WORD = re.compile(r"[^\W\d]\w*\Z")
_NAMED = re.compile(r"[\w-]*[\"']?[ \t]*:")
"""What follows a cursor in a key that has its colon."""
_AFTER_KEYS = 50
"""The rank of names of the author's own among the keys of the language."""
_WECOM_SETTINGS = ("agent_id",)
"""The settings that only an application of WeCom has."""
_TALK = re.compile(r"\s*(?:@\S+\s*)?(?P<mark>[><?!])[ \t]?(?P<rest>.*)\Z")


@dataclass(frozen=True, slots=True)
class Completion:
    """Offers, and the offset from which on they replace what is written."""

    start: int
    offers: tuple[Offer, ...]


def complete(checked: Checked, text: str, offset: int, *, imported: bool = False) -> Completion:
    """What may be written at an offset of a text, of which `checked` is what it was when it could last be read."""
    place = place_at(text, offset)
    found: list[Offer] = []
    start = place.start
    if place.part == "value":
        word, found = _values(checked, place, shape_at(place.path, imported=imported))
        start = offset - len(word)
    else:
        shape = shape_at(place.path[:-1], imported=imported)
        is_named = _NAMED.match(text, offset) is not None
        found += _keys(checked, place, shape, is_named=is_named) if shape is not None else ()
        if api_offers.takes_arguments(shape):
            ending = "" if is_named else ": "
            for offer in api_offers.arguments(text, offset, place.path, offers.account_types(checked.bot)):
                found.append(replace(offer, insert=offer.label + ending))
        if len(place.path) > 1 and place.path[-2].key is None:  # an item that may become a text
            word, more = _values(checked, place, shape)
            if more and word != place.written:
                return Completion(offset - len(word), tuple(more))
            found += more
    return Completion(start, tuple(sorted(found, key=lambda offer: offer.rank)))


# ---------------------------------------------------------------------------------------------------- keys


def _keys(checked: Checked, place: Place, shape: Shape, *, is_named: bool) -> Iterator[Offer]:
    """The keys of a mapping that is not finished; `is_named`: a colon stands behind the cursor already."""
    present = place.path[-1].keys
    bot = checked.bot
    for rank, key in enumerate(keys_for(shape, present)):
        if key.name in _WECOM_SETTINGS and not _is_in_wecom(place, bot):
            continue
        ending = ": " if scalar_of(key.shape) is not None else ":"
        yield Offer(key.name, Icon.Property, about=key.about, insert=key.name + ("" if is_named else ending), rank=rank)
    if bot is None:
        return
    names: list[Offer] = []
    if takes_locales(shape, present):
        names += offers.words(bot.locales, Icon.Property)
    if len(place.path) > 1 and place.path[-2].key == "given":
        names += (*offers.variables(bot), *offers.operations(bot))
        names += offers.words((f"api.{name}" for name in api_offers.called(bot)), Icon.Method)
    for offer in names:
        if offer.label not in present:
            yield replace(offer, insert=offer.label + ("" if is_named else ": "), rank=_AFTER_KEYS)


def _is_in_wecom(place: Place, bot: Bot | None) -> bool:
    """Whether a place is in an account that is an application of WeCom."""
    name = place.path[-2].key if len(place.path) > 2 else None
    return bot is not None and any(is_wecom(account) for account in bot.accounts if account.name == name)


# ---------------------------------------------------------------------------------------------------- values

_Values = tuple[str, list[Offer]]
"""The word at the cursor, and what may stand in its place."""


def _values(checked: Checked, place: Place, shape: Shape | None) -> _Values:
    match scalar_of(shape):
        case Words(words=words):
            return place.written, list(offers.words(words))
        case Flag(only_true=only_true):
            return place.written, list(offers.words(("true",) if only_true else ("true", "false"), Icon.Constant))
        case Leaf() as leaf:
            return _in_leaf(checked, place, leaf)
        case _:
            return place.written, []


def _in_leaf(checked: Checked, place: Place, leaf: Leaf) -> _Values:
    """What the language of a leaf has to offer."""
    bot, written = checked.bot, place.written
    if leaf in (leaves.TYPE, leaves.DECLARATION):
        if leaf is leaves.TYPE or "=" not in written:
            return _last_word(written), list(offers.types_of(bot))
        return _expression(checked, place, written.partition("=")[2])
    if leaf is leaves.PATTERN:
        slot = _SLOT.search(written)
        return (slot["type"].strip(), list(offers.types_of(bot))) if slot else ("", [])
    if leaf is leaves.API_METHOD:
        return written, list(api_offers.methods(written, offers.account_types(bot)))
    if bot is None:
        return written, []
    if leaf is leaves.EXPRESSION:
        return _expression(checked, place, written)
    if leaf in (leaves.ASSIGNMENT, leaves.LOOP):
        begun = (_ASSIGNED if leaf is leaves.ASSIGNMENT else _LOOPED).match(written)
        if begun:
            return _expression(checked, place, written[begun.end() :])
        return written, list(offers.variables(bot)) if leaf is leaves.ASSIGNMENT else []
    if leaf is leaves.OPERATION_CALL:
        if "(" in written:
            return _expression(checked, place, written.partition("(")[2])
        return written, list(offers.operations(bot))
    if leaf is leaves.TALK:
        return _in_talk(checked, place)
    return _in_text(checked, place, leaf)


def _in_text(checked: Checked, place: Place, leaf: Leaf) -> _Values:
    """Names and targets, which are whole values, and the holes of texts."""
    bot, written = checked.bot, place.written
    assert bot is not None
    if leaf is leaves.NAME:
        return written, list(offers.names_for(place.key or "", bot))
    if leaf is leaves.TARGET:
        return written, list(offers.targets(bot))
    if leaf is leaves.LOCALE_TAG:
        return written, list(offers.words(("zh", "en")))
    hole = open_hole(written)
    if hole is not None:
        return _expression(checked, place, hole)
    if place.key in ("image", "voice", "video", "id", "thumb"):
        return written, list(offers.words(bot.media, Icon.File))
    return written, []


def _expression(checked: Checked, place: Place, written: str) -> _Values:
    assert checked.bot is not None or not checked.symbols
    if checked.bot is None:
        return "", []
    keys = [level.key for level in place.path if level.key]
    return expression_offers(written, scope_at(checked, keys), checked.bot)


def _in_talk(checked: Checked, place: Place) -> _Values:
    """A line of a test: an expression, a request, or a message of a kind."""
    line = place.written.rpartition("\n")[2]
    found = _TALK.match(line)
    assert checked.bot is not None
    if found is None:
        return line.strip(), []
    mark, rest = found["mark"], found["rest"]
    if mark == "?":
        return _expression(checked, place, rest)
    if mark == "!":
        verb, space, operation = rest.partition(" ")
        if not space:
            return rest, list(offers.words(REQUESTS, Icon.Keyword))
        if verb == "api":
            return operation, list(offers.words(api_offers.called(checked.bot), Icon.Method))
        return operation, list(offers.operations(checked.bot)) if verb == "fetch" else []
    if rest.startswith("@") and " " not in rest:
        return rest, list(offers.words((f"@{word}" for word in (SENDS if mark == ">" else EXPECTS)), Icon.Keyword))
    return rest, []


def _last_word(written: str) -> str:
    found = _WORD.search(written)
    return found.group() if found else ""
