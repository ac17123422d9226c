"""The shapes of rules, choices, states, flows and domains."""

from __future__ import annotations

from interpreter.diagnostics.wording import Wording
from interpreter.dialog.shapes import (
    ByKeys,
    ByKind,
    Case,
    Fields,
    Key,
    ListOf,
    Need,
    Ref,
    Shape,
    Sides,
    key,
    named,
    texts_or_list,
)
from interpreter.dialog.shapes_leaves import (
    DECLARATIONS,
    EXPRESSION,
    FLAG,
    MESSAGE_TYPE,
    MESSAGE_TYPES,
    NAME,
    PATTERN,
    PLAIN_TEXT,
    TEXT,
    TRUE,
)
from interpreter.dialog.shapes_replies import LOCALIZED, REPLY, REPLY_LIST
from interpreter.dialog.shapes_steps import (
    CHOICE,
    DO,
    ONE_TARGET,
    PATIENCE,
    SAY,
    SET,
    STEP_LIST,
    STEPS,
    TARGET_KEYS,
    WITH,
)

RULES = Ref("rules")

# ---------------------------------------------------------------------------------------------------- rules

_TRIGGERS: tuple[Key, ...] = (
    key(
        "pattern",
        texts_or_list(Wording("a pattern or a list of patterns", "模式或模式列表"), PATTERN),
        "What a text message must match.",
        "文本消息须匹配的模式。",
    ),
    key(
        "event",
        texts_or_list(Wording("an event or a list of events", "事件或事件列表"), NAME),
        "An event by WeChat's name in lower case, such as `subscribe` or `scan`.",
        "微信事件的小写名称，如 `subscribe`、`scan`。",
    ),
    key("key", TEXT, "Narrows the event by its key: `V1001`, or `V10*`.", "按事件的 key 收窄：`V1001` 或 `V10*`。"),
    key(
        "message",
        texts_or_list(Wording("a message type or a list of message types", "消息类型或类型列表"), MESSAGE_TYPE),
        "A type of message.",
        "消息的类型。",
    ),
    key("always", TRUE, "Answers everything.", "回应一切消息。"),
)

GUARDS: tuple[Key, ...] = (
    key("if", EXPRESSION, "Counts only if this is true.", "仅当条件成立时有效。"),
    key("domain", NAME, "The guarded zone it belongs to.", "所属的受保护域。"),
)

EFFECTS: tuple[Key, ...] = (
    SET,
    SAY,
    DO,
    *TARGET_KEYS,
    WITH,
    key("replies", RULES, "Rules of an unnamed state entered after this reply.", "本回复之后进入的无名状态的规则。"),
)

_ABOUT: tuple[Key, ...] = (
    key("description", LOCALIZED, "Help text.", "帮助文字。"),
    key(
        "examples",
        ListOf(Wording("a list of messages", "消息列表"), PLAIN_TEXT),
        "Messages that must reach this rule; they are tests.",
        "必须由本规则回应的消息，同时也是测试。",
    ),
    key("anywhere", FLAG, "May interrupt any wait.", "可以打断任何等待。"),
)

RULE_SIDES: tuple[Sides, ...] = ((*ONE_TARGET, ("replies",)), (("do",), ("set", "reply")))

_RULE_NEEDS = (Need("with", ("call", "goto")), Need("key", ("event",)))

_RULE = Fields(
    Wording("a rule", "规则"),
    (*_TRIGGERS, *GUARDS, *EFFECTS, *_ABOUT),
    apart=RULE_SIDES,
    needs=_RULE_NEEDS,
)

_RULE_OR_REPLY = ByKind(Wording("a reply or a rule", "回复或规则"), scalar=TEXT, list=REPLY_LIST, map=_RULE)

_CHOICE = Fields(
    Wording("a choice", "选项"),
    (
        key(
            "label",
            LOCALIZED,
            "How the choice is called; a user may answer with it.",
            "选项的名称，用户可以用它作答。",
            required=True,
        ),
        *_RULE.keys,
    ),
    apart=RULE_SIDES,
    needs=_RULE_NEEDS,
    help=Wording("write `{label: …, reply: …}`", "请写 `{label: …, reply: …}`"),
)

# ---------------------------------------------------------------------------------------------------- states, flows

_STATE = Fields(
    Wording("a state", "状态"),
    (
        key(
            "prompt", REPLY, "Said on entry if nothing else was, and on resume.", "进入时（若未说别的）和恢复时说的话。"
        ),
        *PATIENCE,
        key("sticky", FLAG, "Stays until a rule leaves with a target.", "一直停留，直到某条规则带目标离开。"),
        key("rules", RULES, "The rules of this state.", "本状态的规则。"),
        key(
            "choices",
            named("a map of choices", "选项的映射", _CHOICE),
            "A menu: key or label answers.",
            "菜单：可用键或名称作答。",
        ),
        CHOICE,
        key("back", TEXT, "The key of a choice that goes back.", "“返回”选项的键。"),
        key(
            "otherwise",
            STEPS,
            "Steps when no rule matched, here or among the root rules.",
            "本状态和根规则都不匹配时的步骤。",
        ),
    ),
)

_FLOW = ByKind(
    Wording("a flow (a list of steps, or a map with `do`)", "流程（步骤列表，或含 `do` 的映射）"),
    list=STEP_LIST,
    map=Fields(
        Wording("a flow", "流程"),
        (
            key("args", DECLARATIONS, "Its arguments and their types.", "参数及其类型。"),
            key("do", STEPS, "Its steps.", "流程的步骤。", required=True),
            key("return", EXPRESSION, "Its result.", "流程的结果。"),
        ),
    ),
)

_DOMAIN = Fields(
    Wording("a domain", "域"),
    (
        key("guard", EXPRESSION, "What must be true for its rules.", "其规则生效须满足的条件。"),
        key("else", STEPS, "Steps if the guard doesn't hold.", "条件不满足时的步骤。"),
        key("before", STEPS, "Steps run before any rule of this domain.", "该域任何规则之前执行的步骤。"),
    ),
    any_of=("guard", "before"),
    needs=(Need("else", ("guard",)),),
)

STATES = named("a map of states", "状态的映射", _STATE)
FLOWS = named("a map of flows", "流程的映射", _FLOW)
DOMAINS = named("a map of domains", "域的映射", _DOMAIN)

_BY_MESSAGE = Fields(
    Wording("steps by message type", "按消息类型分列的步骤"),
    tuple(
        key(name, STEPS, f"Steps for messages of the type `{name}`.", f"类型为 `{name}` 的消息的步骤。")
        for name in MESSAGE_TYPES
    ),
)

_NO_FORM = tuple(name for name in MESSAGE_TYPES if name not in ("image", "voice", "video"))

FALLBACK = ByKind(
    Wording("steps or a map of steps by message type", "步骤，或按消息类型分列的步骤"),
    scalar=TEXT,
    list=STEP_LIST,
    map=ByKeys(
        Wording("steps or a map of steps by message type", "步骤，或按消息类型分列的步骤"),
        (Case(MESSAGE_TYPES, _BY_MESSAGE, entirely=True), Case(_NO_FORM, _BY_MESSAGE)),
        STEPS,
    ),
)
"""A map by message type is never a reply of that medium."""

SHAPES: dict[str, Shape] = {"rules": named("a map of rules", "规则的映射", _RULE_OR_REPLY)}
"""The shapes of rules by the names that tables refer to them by."""
