"""Keys that are known, but of another place: where they belong."""

from __future__ import annotations

from collections.abc import Collection

from interpreter.diagnostics.suggest import nearest
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.foreign_words import other_name
from interpreter.dialog.words import STATE_KEYS, STEP_VERBS, TRIGGERS
from interpreter.source.tree import Mapping, Node, Scalar

_QUESTION_KEYS = frozenset(("type", "choices", "invalid", "check", "refused", "tries", "give_up", "timeout"))
_BOT_KEYS = frozenset(("vars", "rules", "states", "flows", "fallback", "services", "entities", "tests", "locales"))
_GONE_CONDITIONS = frozenset(("sex", "country", "province", "city", "language", "group", "group_id"))
_KNOWN = frozenset((*STATE_KEYS, *STEP_VERBS, *TRIGGERS))
_STATE = Wording("a state or a question (`ask`)", "状态或提问（`ask`）")


def into_of(node: Mapping) -> Node | None:
    """What stands under `into`, or under a key that was meant to be it: that one is reported, not what reads it."""
    found = node.get("into")
    if found is not None:
        return found
    for entry in node.entries:
        name, value = entry.key.text, entry.value
        is_meant = other_name(name, ("into",)) or (name not in _KNOWN and nearest(name, ("into",)))
        if is_meant and isinstance(value, Scalar) and value.text.removeprefix("user.").isidentifier():
            return value
    return None


def home_of(name: str, candidates: Collection[str]) -> Wording | None:
    """Where a key of the language belongs that cannot stand beside the candidates."""
    if name in STEP_VERBS:
        return Wording(f"`{name}` belongs to a step; steps stand under `do`", f"`{name}` 属于步骤，步骤写在 `do` 之下")
    if name in ("then", "else"):
        return Wording(f"`{name}` belongs to an `if` step", f"`{name}` 属于 `if` 步骤")
    if name in ("into", "failed", "check", "refused", "invalid", "type"):
        return Wording(
            f"`{name}` belongs to a step under `do`, beside `ask` or `fetch`",
            f"`{name}` 属于 `do` 之下的步骤，与 `ask` 或 `fetch` 写在一起",
        )
    if name in TRIGGERS:
        return Wording(
            f"`{name}` belongs to a rule; rules stand under `rules`", f"`{name}` 属于规则，规则写在 `rules` 之下"
        )
    if name in _BOT_KEYS and "rules" not in candidates:
        return Wording(
            f"`{name}` belongs to the bot itself: write it at the left margin",
            f"`{name}` 属于机器人本身：请顶格书写",
        )
    if name in STATE_KEYS:
        place = _STATE if name in _QUESTION_KEYS or name in ("timed_out", "interrupt") else Wording("a state", "状态")
        return Wording(f"`{name}` belongs to {place.en}", f"`{name}` 属于{place.zh}")
    if name in _GONE_CONDITIONS and "platform" in candidates:
        return Wording(
            f"WeChat no longer tells users apart by `{name}`: give them a tag and write `tag`",
            f"微信已不再按 `{name}` 区分用户：请给用户打标签，并写 `tag`",
        )
    if name in ("args", "return"):
        return Wording(f"`{name}` belongs to a flow", f"`{name}` 属于流程")
    if name == "guard":
        return Wording(f"`{name}` belongs to a domain", f"`{name}` 属于域")
    return None
