"""The shapes of steps: one verb each, the questions of `ask` and `form`, and the shorthands of a place for steps."""

from __future__ import annotations

from interpreter.diagnostics.wording import Wording
from interpreter.dialog.shapes import (
    ByItems,
    ByKeys,
    ByKind,
    Case,
    Fields,
    Key,
    ListOf,
    Locales,
    Need,
    Ref,
    Shape,
    Sides,
    key,
    texts_or_list,
)
from interpreter.dialog.shapes_leaves import (
    API_METHOD,
    ASSIGNMENT,
    COUNT,
    DURATION,
    EXPRESSION,
    EXPRESSIONS,
    INTERRUPT,
    LOOP,
    NAME,
    OPERATION_CALL,
    TARGET,
    TEXT,
    TRUE,
    TYPE,
)
from interpreter.dialog.shapes_replies import FORM_NAMES, REPLY, REPLY_LIST
from interpreter.dialog.shapes_replies import SHAPES as REPLY_SHAPES
from interpreter.dialog.shapes_sending import SEND
from interpreter.dialog.words import STEP_VERBS, TARGETS

STEPS = Ref("steps")

# ---------------------------------------------------------------------------------------------------- effects, targets

ASSIGNMENTS = texts_or_list(Wording("an assignment `x = e` or a list of them", "赋值 `x = e` 或赋值列表"), ASSIGNMENT)

SET = key("set", ASSIGNMENTS, "Assigns: `x = e`, `x += e` or `x -= e`.", "赋值：`x = e`、`x += e` 或 `x -= e`。")
SAY = key("reply", REPLY, "What to say.", "说什么。")
DO = key("do", STEPS, "Steps, run in order.", "依次执行的步骤。")
WITH = key("with", EXPRESSIONS, "Values for the target: names to expressions.", "传给目标的值：名称到表达式。")
INTO = key("into", NAME, "The variable that receives the result.", "接收结果的变量。")
FAILED = key("failed", STEPS, "Steps for when it fails; they see `error`.", "失败时的步骤，可使用 `error`。")

TARGET_KEYS: tuple[Key, ...] = (
    key("wait", NAME, "Waits for the next message in this state.", "在该状态中等待下一条消息。"),
    key("call", NAME, "Runs this flow and comes back.", "运行该流程，结束后回来。"),
    key("goto", TARGET, "Continues there and doesn't come back.", "转到该处继续，不再回来。"),
    key("again", TRUE, "Stays in the current state and counts a try.", "留在当前状态，计一次尝试。"),
    key("pass", TRUE, "Goes on searching with the next rule.", "继续查找下一条规则。"),
    key("end", TRUE, "Forgets the conversation.", "结束并忘记本次对话。"),
    key("cancel", TRUE, "Leaves the wait and every flow.", "离开等待和所有流程。"),
)

ONE_TARGET: Sides = tuple((name,) for name in TARGETS)

_EFFECTS = Fields(
    Wording("a step", "步骤"),
    (SET, SAY, *TARGET_KEYS, WITH, INTO),
    apart=(ONE_TARGET,),
    needs=(Need("with", ("call", "goto")), Need("into", ("call",))),
)

# ---------------------------------------------------------------------------------------------------- questions

PATIENCE: tuple[Key, ...] = (
    key("tries", COUNT, "How many answers may be given.", "最多可以回答几次。"),
    key("give_up", STEPS, "Steps when the tries are used up.", "次数用完后的步骤。"),
    key("timeout", DURATION, "Later than this is late.", "超过该时长即为超时。"),
    key("timed_out", STEPS, "Steps that answer the late message.", "回应超时消息的步骤。"),
    key(
        "interrupt",
        INTERRUPT,
        "What other messages do: `leave` the wait, `resume` it afterwards, or `never` interrupt.",
        "其他消息的作用：`leave` 离开等待，`resume` 之后回来，`never` 不许打断。",
    ),
)

CHOICE = key("choice", TEXT, "How a choice is written: `$(key) - $(label)`.", "选项的写法：`$(key) - $(label)`。")

_ASK = key("ask", REPLY, "The question.", "问题。", required=True)

_QUESTION_KEYS: tuple[Key, ...] = (
    key("type", TYPE, "The type of the answer.", "答案的类型。"),
    key("choices", EXPRESSION, "The list to choose from.", "供选择的列表。"),
    CHOICE,
    key("invalid", STEPS, "Steps for an answer not of the type.", "答案类型不对时的步骤。"),
    key("check", EXPRESSION, "What an answer of the type must fulfil.", "答案还须满足的条件。"),
    key("refused", STEPS, "Steps for an answer that fails `check`.", "答案不满足 `check` 时的步骤。"),
    *PATIENCE,
)

_TYPE_OR_CHOICES: Sides = (("type",), ("choices",))

_ASK_STEP = Fields(Wording("a question", "提问"), (_ASK, INTO, *_QUESTION_KEYS), apart=(_TYPE_OR_CHOICES,))

_FIELD = Fields(
    Wording("a form field", "表单项"),
    (_ASK, *_QUESTION_KEYS, key("if", EXPRESSION, "Asked only if this is true.", "仅当条件成立时才问。")),
    apart=(_TYPE_OR_CHOICES,),
)

_FORM = Fields(Wording("a map of form fields", "表单项的映射"), rest=_FIELD, at_least=1)

# ---------------------------------------------------------------------------------------------------- branches, loops

_IF = Fields(
    Wording("an `if` step", "`if` 步骤"),
    (
        key("if", EXPRESSION, "The condition.", "条件。", required=True),
        key("then", STEPS, "Steps if it is true.", "条件成立时的步骤。", required=True),
        key("else", STEPS, "Steps if it is false.", "条件不成立时的步骤。"),
    ),
)

_ELSE_BRANCH = Fields(
    Wording("an `else` branch", "`else` 分支"),
    (key("else", STEPS, "Steps if no other branch is taken.", "其他分支都不成立时的步骤。", required=True),),
)

_IF_BRANCH = Fields(
    Wording("a branch", "分支"),
    (key("if", EXPRESSION, "The condition.", "条件。", required=True), DO, SET, SAY, *TARGET_KEYS, WITH, INTO),
    any_of=("do", "set", "reply", *TARGETS),
    apart=(ONE_TARGET, (("do",), ("set", "reply"))),
    needs=(Need("with", ("call", "goto")), Need("into", ("call",))),
)

_BRANCH = ByKeys(Wording("a branch", "分支"), (Case(("if",), _IF_BRANCH), Case(("else",), _ELSE_BRANCH)), _IF_BRANCH)

_CHOOSE = Fields(
    Wording("a `choose` step", "`choose` 步骤"),
    (
        key(
            "choose",
            ListOf(Wording("a list of branches", "分支列表"), _BRANCH, at_least=1),
            "The first branch whose condition is true.",
            "第一个条件成立的分支。",
            required=True,
        ),
    ),
)

_EACH = Fields(
    Wording("a loop", "循环"),
    (
        key("each", LOOP, "Loops over a list: `x in e`.", "遍历列表：`x in e`。", required=True),
        key("do", STEPS, "Steps for each item.", "对每一项执行的步骤。", required=True),
    ),
)

# ---------------------------------------------------------------------------------------------------- the other verbs

_FETCH = Fields(
    Wording("a `fetch` step", "`fetch` 步骤"),
    (
        key("fetch", OPERATION_CALL, "Calls a service: `geo.regeo(lat, lng)`.", "调用服务：`geo.regeo(lat, lng)`。"),
        INTO,
        FAILED,
    ),
)

_API_VALUE = ByKind(
    Wording("an expression, or a list or map of such", "表达式，或由表达式组成的列表、映射"),
    scalar=EXPRESSION,
    list=ListOf(Wording("a list of expressions", "表达式列表"), Ref("api value"), at_least=1),
    map=Fields(Wording("a map of names to expressions", "名称到表达式的映射"), rest=Ref("api value"), at_least=1),
)

API_VALUES = Fields(Wording("a map of names to expressions", "名称到表达式的映射"), rest=Ref("api value"))
"""What a method of WeChat's API is given."""

_API = Fields(
    Wording("an `api` step", "`api` 步骤"),
    (
        key("api", API_METHOD, "Calls WeChat's API: `family.method`.", "调用微信接口：`类别.方法`。"),
        key("with", API_VALUES, "The method's arguments: names to expressions.", "接口的参数：名称到表达式。"),
        INTO,
        FAILED,
    ),
)


def _alone(verb: Key) -> Fields:
    return Fields(Wording(f"a `{verb.name}` step", f"`{verb.name}` 步骤"), (verb,))


_LET = _alone(key("let", ASSIGNMENTS, "Names a local value: `x = e`.", "给局部值命名：`x = e`。"))
_LOG = _alone(key("log", TEXT, "Writes one structured log line.", "写一行结构化日志。"))
_RETURN = _alone(key("return", EXPRESSION, "Leaves this flow with a result.", "带着结果离开本流程。"))
_FORM_STEP = _alone(key("form", _FORM, "Asks for what is missing.", "询问缺少的内容。"))

_BY_VERB = (
    Case(("if",), _IF),
    Case(("choose",), _CHOOSE),
    Case(("each",), _EACH),
    Case(("ask",), _ASK_STEP),
    Case(("form",), _FORM_STEP),
    Case(("fetch",), _FETCH),
    Case(("api",), _API),
    Case(("send",), SEND),
    Case(("let",), _LET),
    Case(("log",), _LOG),
    Case(("return",), _RETURN),
    Case(("set", "reply", *TARGETS), _EFFECTS),
)

# ---------------------------------------------------------------------------------------------------- places for steps

_STEP_LIST = ListOf(Wording("a list of steps", "步骤列表"), STEPS)

STEP_LIST = ByItems(Wording("a list of steps", "步骤列表"), STEP_VERBS, _STEP_LIST, REPLY_LIST)

_STEP_OR_REPLY = ByKeys(
    Wording("a step or a reply", "步骤或回复"),
    (*_BY_VERB, Case(FORM_NAMES, Ref("reply"))),
    Locales(Wording("a reply per locale", "按语言分列的回复"), REPLY),
)

SHAPES: dict[str, Shape] = {
    **REPLY_SHAPES,
    "api value": _API_VALUE,
    "steps": ByKind(
        Wording("steps (a text, a reply, a step or a list of steps)", "步骤（文本、回复、一个步骤或步骤列表）"),
        scalar=TEXT,
        list=STEP_LIST,
        map=_STEP_OR_REPLY,
    ),
}
"""The shapes of replies and steps by the names that tables refer to them by."""
