"""The words of the language that decide how a mapping is read."""

from __future__ import annotations

STEP_VERBS = frozenset(
    (
        "reply",
        "set",
        "let",
        "if",
        "choose",
        "each",
        "ask",
        "form",
        "wait",
        "again",
        "call",
        "goto",
        "fetch",
        "api",
        "send",
        "log",
        "pass",
        "end",
        "cancel",
        "return",
    )
)
"""A mapping with one of these keys is a step wherever steps are expected."""

TARGETS = ("wait", "call", "goto", "again", "pass", "end", "cancel")
"""The keys that say where a conversation goes after a rule."""

EFFECTS = frozenset(("set", "reply", "do", "replies", *TARGETS))
"""The keys by which a menu button is a rule."""

TRIGGERS = ("pattern", "event", "message", "always")
"""The keys that say what a rule answers."""

STATE_KEYS = frozenset(
    (
        "prompt",
        "rules",
        "choices",
        "choice",
        "back",
        "otherwise",
        "tries",
        "give_up",
        "timeout",
        "timed_out",
        "interrupt",
        "sticky",
    )
)
"""The keys of a state."""

MESSAGE_TYPES = ("text", "image", "voice", "video", "shortvideo", "location", "link", "file", "event", "any")
"""What `message:` and a `fallback` by message type may name."""

LIST_MODES = ("sequence", "cycle", "shuffle", "once")
"""The keys of the replies that pick from a list, besides the bare list."""

REPLY_FORMS = frozenset((*LIST_MODES, "news", "music", "image", "voice", "video", "transfer"))
"""A mapping with one of these keys is that form of a reply; one with none of them is a locale map."""
