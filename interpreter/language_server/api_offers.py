"""Methods of WeChat's API where one is being called: their names, their parameters, and what is said of them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from lsprotocol.types import CompletionItemKind as Icon

from interpreter.catalogue.arguments import describe_kind, parameters
from interpreter.catalogue.fates import describe_fate
from interpreter.catalogue.fields import Field
from interpreter.catalogue.methods import Method, family, find_method, offered
from interpreter.catalogue.rights import NEEDS
from interpreter.catalogue.topics import TOPICS
from interpreter.check.api_paths import field_at
from interpreter.check.traversal import nested, routines
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.bot import Bot
from interpreter.dialog.model.steps import ApiStep
from interpreter.dialog.shapes import Ref, Shape
from interpreter.dialog.shapes_steps import API_VALUES
from interpreter.language_server.lines import Level
from interpreter.language_server.offers import Offer

_CALL = re.compile(r"""\bapi:[ \t]*["']?(?P<method>\w+\.\w+)""")
_WRITTEN = re.compile(r"""(?:\bapi:[ \t]*["']?|![ \t]*api[ \t]+)(?P<method>\w+\.\w+)""")
_LATER, _LAST = 1, 2


def methods(written: str, accounts: Collection[str]) -> Iterator[Offer]:
    """What accounts of some types may call: families until one is written, then its methods; short names come first."""
    group, dot, _ = written.partition(".")
    if not dot:
        for name in offered(accounts):
            yield Offer(name, Icon.Module, about=TOPICS.get(name), insert=f"{name}.")
        return
    for method in family(group).values():
        if method.fate == "closed" or method.accounts.isdisjoint(accounts):
            continue
        needed = ", ".join(field.name for field in parameters(method) if field.required)
        late = _LAST if method.fate == "marked" else 0
        for name in (*method.also, method.name):
            rank = late or (_LATER if method.also and name == method.name else 0)
            yield Offer(f"{group}.{name}", Icon.Method, f"({needed})", about=_about(method), rank=rank)


def called(bot: Bot) -> list[str]:
    """The methods that a bot calls, as they are written."""
    steps = (step for steps in routines(bot) for step in nested(steps))
    return sorted({step.method.text for step in steps if isinstance(step, ApiStep)})


def takes_arguments(shape: Shape | None) -> bool:
    """Whether a place is `with` of a call, or inside of it."""
    return shape is API_VALUES or (isinstance(shape, Ref) and shape.name == "api value")


def arguments(text: str, offset: int, path: Sequence[Level], accounts: Collection[str]) -> Iterator[Offer]:
    """The parameters that may be given where a key is being written; the required ones first."""
    method = _method_before(text, offset)
    if method is None or method.accounts.isdisjoint(accounts):
        return
    below = _path_below(path)
    found = field_at(method, below) if below else None
    fields = parameters(method) if not below else found.fields if found is not None else ()
    present = path[-1].keys
    for field in fields:
        if not field.is_free and field.name not in present:
            rank = 0 if field.required else _LATER
            detail = describe_kind(field.kind).en + ("" if field.required else ", optional")
            yield Offer(field.name, Icon.Field, detail, rank=rank)


def _method_before(text: str, offset: int) -> Method | None:
    """The method of the call that was begun last before an offset."""
    start = text.rfind("api:", 0, offset)
    found = _CALL.match(text, start) if start >= 0 else None
    return find_method(found["method"]) if found else None


def _path_below(path: Sequence[Level]) -> str:
    """The path of a mapping from `with` on."""
    keys = [level.key for level in path[:-1]]
    below = keys[len(keys) - keys[::-1].index("with") :] if "with" in keys else []
    return "".join("[0]" if key is None else f".{key}" for key in below).removeprefix(".")


def method_at(text: str, offset: int) -> tuple[Method, int, int] | None:
    """The method whose name stands at an offset, and from where to where."""
    start = text.rfind("\n", 0, offset) + 1
    end = text.find("\n", offset)
    for found in _WRITTEN.finditer(text, start, len(text) if end < 0 else end):
        first, last = found.span("method")
        method = find_method(found["method"])
        if method is not None and first <= offset <= last:
            return method, first, last
    return None


def describe(method: Method, language: str) -> str:
    """A method in Markdown: what it is about, what it takes, what it needs."""
    about = TOPICS.get(method.family)
    lines = [f"`{method.full_name}`" + (f" — {about.say(language)}" if about else "")]
    fate = describe_fate(method)
    needs = NEEDS[method.needs].wording if method.needs else None
    lines += [said.say(language) for said in (fate, method.note, needs and _needs(needs)) if said is not None]
    return "  \n".join(lines) + "\n" + "".join(f"\n- {_parameter(field, language)}" for field in parameters(method))


def _needs(needs: Wording) -> Wording:
    return Wording(f"needs {needs.en}", f"需要{needs.zh}")


def _parameter(field: Field, language: str) -> str:
    kind = describe_kind(field.kind).say(language)
    required = Wording(", required", "，必填").say(language) if field.required else ""
    limits = field.limits
    among = f": {', '.join(limits.choices)}" if limits.choices else ""
    inside = f" {{{', '.join(field.names)}}}" if field.names else ""
    return f"`{field.name}` {kind}{required}{among}{inside}"


def _about(method: Method) -> Wording | None:
    return describe_fate(method) or method.note or TOPICS.get(method.family)
