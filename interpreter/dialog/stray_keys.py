"""Keys that slipped out of the rule, state or flow above them and became one of their own.

`order:` with its `pattern:` and, two spaces too far to the left, `reply: 好`: to YAML that is a rule called `reply`,
which answers whoever says “reply”. A rule may be called so; it is a slip where the one above cannot do without the key,
where the value is none that a name of the author's own could have, or, as a warning only, where both look like it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from msgspec import Struct

from interpreter.diagnostics.codes import Severity
from interpreter.diagnostics.diagnostic import Applicability, Diagnostic, Edit, Fix, Label
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.shapes import ByKind, Fields, Ref, Shape
from interpreter.dialog.words import EFFECTS
from interpreter.source.spans import Span
from interpreter.source.tree import Entry, Mapping, Node, Scalar
from interpreter.source.tree import Sequence as Items

_FLAGS = frozenset(("again", "pass", "end", "cancel", "always", "anywhere"))
_UNSAID = frozenset(("reply", "do", "if", "replies", "anywhere", "always"))
"""Keys that hardly anybody says to a bot; `set` and the targets are told by their values."""
_OWN = ("pattern", "event", "message", "prompt", "otherwise")
"""Keys that stand in no reply, step or test, only in a rule, a state or a flow."""
_ASSIGNMENT = r"\s*[^\W\d][\w.]*\s*[-+]?=(?!=)"
_PLACE = r"(?:rules|states|flows)\.\S+\Z"


class Stray(Struct, frozen=True):
    """The keys that follow an entry and belong to it; `is_sure` if the first can have been meant as nothing else.

    A key that may just as well be a name ends them, whatever stands before it.
    """

    owner: Entry
    keys: list[Entry]
    is_sure: bool
    is_rule: bool


def stray_keys(node: Mapping, shape: Fields, inner: Fields, places: Collection[str]) -> Iterator[Stray]:
    """The keys of `inner` that stand in a map of such things.

    Args:
        node: The map.
        shape: Its shape.
        inner: The shape of what stands in it as a map.
        places: The names of the bot's states and flows.
    """
    owner: Entry | None = None
    found: Stray | None = None
    for entry in () if node.flow else node.entries:
        taken = [] if found is None else [each.key.text for each in found.keys]
        if owner is not None and entry.key.text in inner.by_name and _may_take(owner, taken, entry, inner):
            is_sure = _is_sure(owner, taken, entry, shape, inner)
            in_doubt = found is not None and found.is_sure and entry.key.text in _UNSAID and _is_text(entry.value)
            if is_sure or (not in_doubt and _is_likely(entry, inner, places)):
                if found is None:
                    found = Stray(owner, [], is_sure, "replies" in inner.by_name and "label" not in inner.by_name)
                found.keys.append(entry)
                continue
        if found is not None:
            yield found
        found = None
        owner = entry if isinstance(entry.value, Mapping) and not entry.value.flow else None
    if found is not None:
        yield found


def _may_take(owner: Entry, taken: Collection[str], entry: Entry, inner: Fields) -> bool:
    """Whether the map above, with the keys `taken`, has no such key, nor one that excludes it, and stands deeper."""
    above = owner.value
    if not isinstance(above, Mapping) or not above.entries:
        return False
    name, keys = entry.key.text, {*above.keys, *taken}
    if name in keys or above.entries[0].key.span.column <= entry.key.span.column:
        return False
    return not any(
        name in sides and any(key in sides and sides[key] != sides[name] for key in keys) for sides in inner.sides
    )


def _is_sure(owner: Entry, taken: Collection[str], entry: Entry, shape: Fields, inner: Fields) -> bool:
    name, value = entry.key.text, entry.value
    assert isinstance(owner.value, Mapping)
    if _is_rule(value, inner):
        return False
    if name in inner.required or not _may_be_named(value, shape.rest, inner):
        return True
    keys = {*owner.value.keys, *taken}
    if "replies" not in inner.by_name or name not in EFFECTS or "domain" in keys:
        return False
    is_idle = EFFECTS.isdisjoint(keys) and not {"label", "always"} & keys
    return is_idle and (name not in _FLAGS or _is_true(value))


def _is_rule(value: Node, inner: Fields) -> bool:
    """Whether a value can be nothing but a rule, a state or a flow of its own."""
    return isinstance(value, Mapping) and any(name in value.keys and name in inner.by_name for name in _OWN)


def _may_be_named(value: Node, rest: Shape | None, inner: Fields) -> bool:
    """Whether a value can stand under a name of the author's own."""
    match value:
        case Mapping():
            return value.flow or not value.entries or not value.keys.isdisjoint(inner.by_name)
        case Items(items=items):
            is_said = "replies" in inner.by_name
            return not is_said or not any(isinstance(item, Mapping) and "ask" in item.keys for item in items)
        case Scalar():
            return value.is_empty or isinstance(rest, Ref) or (isinstance(rest, ByKind) and rest.scalar is not None)


def _is_likely(entry: Entry, inner: Fields, places: Collection[str]) -> bool:
    """Whether a rule is hardly called so: nobody says it, or its text is what stands under such a key."""
    name, value = entry.key.text, entry.value
    if "replies" not in inner.by_name or _is_rule(value, inner):
        return False
    if not isinstance(value, Scalar):
        return name in _UNSAID
    if name in _FLAGS:
        return _is_true(value)
    match name:
        case "set":
            return re.match(_ASSIGNMENT, value.text) is not None
        case "wait" | "call":
            return value.text in places
        case "goto":
            return re.match(_PLACE, value.text) is not None
        case _:
            return name in _UNSAID


def _is_text(value: Node) -> bool:
    return isinstance(value, Scalar) and value.text != "true"


def _is_true(value: Node) -> bool:
    return isinstance(value, Scalar) and value.text == "true"


def stray(found: Stray, title: Wording) -> Diagnostic:
    """What to say of such keys; `title` is what they became."""
    first, owner, indent = found.keys[0], found.owner.key.text, _first_key(found)
    name = first.key.text
    return Diagnostic(
        "DL013",
        first.key.span,
        Wording(
            f"`{name}` stands beside `{owner}`, so it is {title.en} of its own called `{name}`",
            f"`{name}` 与 `{owner}` 并列，于是成了一个名为 `{name}` 的单独的{title.zh}",
        ),
        label=Wording(f"indent it if it belongs to `{owner}`", f"如果它属于 `{owner}`，请缩进"),
        related=(Label(found.owner.key.span, Wording(f"`{owner}` ends before it", f"`{owner}` 到它之前就结束了")),),
        help=Wording(
            f"indent it as far as `{indent}`{'; a rule of its own needs another name' * found.is_rule}",
            f"请缩进到与 `{indent}` 对齐{'；如果是单独的规则，请换个名称' * found.is_rule}",
        ),
        fix=_indented(found),
        own_severity=None if found.is_sure else Severity.WARNING,
    )


def _first_key(found: Stray) -> str:
    assert isinstance(found.owner.value, Mapping)
    return found.owner.value.entries[0].key.text


def _indented(found: Stray) -> Fix:
    """The fix that moves the lines of the keys under the entry above."""
    assert isinstance(found.owner.value, Mapping)
    keys: Sequence[Entry] = found.keys
    file = keys[0].key.span.file
    shift = " " * (found.owner.value.entries[0].key.span.column - keys[0].key.span.column)
    place, stop = file.text.rfind("\n", 0, keys[0].key.span.start) + 1, keys[-1].value.span.end
    first = file.text[place:].partition("\n")[0].rstrip()
    edits = []
    while place < stop:
        end = file.text.find("\n", place)
        end = len(file.text) if end < 0 else end
        if file.text[place:end].strip():
            edits.append(Edit(Span(file, place, place), shift))
        place = end + 1
    return Fix(shift + first, tuple(edits), Applicability.SAFE if found.is_sure else Applicability.UNSAFE)
