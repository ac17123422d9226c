"""Which routine a place belongs to, and what an expression there can name."""

from __future__ import annotations

from collections.abc import Sequence

from interpreter.check import records
from interpreter.check.captures import MATCH, has_regex
from interpreter.expr.scope import Binding, Scope, Storage
from interpreter.language_server.checked import Checked
from interpreter.types.kinds import AnyType, IntType, MapType, TextType

_TEXT = Binding(TextType(), Storage.LOCAL)
_SAID_OF_CHOICES = {"choice": ("key", "label"), "prompt": ("choices",)}
_ANSWER = {
    "status": Binding(IntType(), Storage.LOCAL),
    "headers": Binding(MapType(TextType()), Storage.LOCAL),
    "body": Binding(AnyType(), Storage.LOCAL),
}


def owner_of(keys: Sequence[str]) -> str:
    """The routine whose locals are seen at the end of a path of keys, as `Symbol.owner` names it."""
    match keys:
        case ["rules" | "menu" as section, name, *rest]:
            return _in_rule(f"{section}.{name}", rest)
        case ["states", state, "rules" | "choices", name, *rest]:
            return _in_rule(f"states.{state}/{name}", rest)
        case ["services", service, "operations", operation, *_]:
            return f"services.{service}.{operation}"
        case ["flows", name, *_]:
            return f"flows.{name}"
        case ["states" | "domains" as section, name, part, *_]:
            return f"{section}.{name}#{part}"
        case _:
            return ""


def _in_rule(path: str, rest: Sequence[str]) -> str:
    match rest:
        case ["replies", name, *inner]:
            return _in_rule(f"{path}/replies/{name}", inner)
        case _:
            return path


def scope_at(checked: Checked, keys: Sequence[str]) -> Scope:
    """The names that an expression at the end of a path of keys can use, with what is known of them."""
    symbols = checked.symbols
    if symbols is None:
        return Scope({})
    last = keys[-1] if keys else ""
    if keys[:1] == ["services"]:
        scope = Scope({"env": symbols.constant.bindings["env"]})
        if last == "pick":
            return scope.with_bindings(_ANSWER)
    elif keys[:1] == ["vars"]:
        scope = symbols.constant
    else:
        scope = symbols.base
    owner = owner_of(keys)
    names = checked.index.locals_of(owner) if owner else {}
    bindings = {name: Binding(kind or AnyType(), Storage.LOCAL) for name, kind in names.items()}
    bindings |= dict.fromkeys(_SAID_OF_CHOICES.get(last, ()), _TEXT)
    if "failed" in keys or keys[:1] == ["failure"]:
        bindings["error"] = Binding(records.ERROR, Storage.LOCAL)
    if keys[:1] == ["after"]:
        bindings["reply"] = _TEXT
    rule = checked.rules.get(owner)
    if rule is not None and has_regex(rule):
        bindings["match"] = MATCH
    return scope.with_bindings(bindings)
