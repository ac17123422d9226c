"""The leaves of a bot file: what a scalar is written in, and what it must look like where that is simple to say."""

from __future__ import annotations

from interpreter.diagnostics.wording import Wording
from interpreter.dialog.shapes import LOCALE, Flag, Leaf, Ref, Whole, Words, named

TEXT = Leaf(Wording("a text", "文本"))
PLAIN_TEXT = Leaf(Wording("a text without `$(…)`", "文本（不含 `$(…)`）"))
EXPRESSION = Leaf(Wording("an expression", "表达式"), examples=("n == answer", "now.hour < 12"))
PATTERN = Leaf(Wording("a pattern", "模式"), examples=("=help", "你好|hi", "我叫<name>", "/^s (?<q>.+)$/i"))
ASSIGNMENT = Leaf(Wording("an assignment `x = e`", "赋值 `x = e`"), examples=("answer = random(1, 9)", "tries += 1"))
LOOP = Leaf(Wording("a loop `x in e`", "循环 `x in e`"), examples=("item in items",))
OPERATION_CALL = Leaf(
    Wording("an operation `service.operation(…)`", "操作 `服务.操作(…)`"), examples=("geo.regeo(lat, lng)",)
)
API_METHOD = Leaf(Wording("a method `family.method`", "方法 `类别.方法`"), examples=("user.info",))
TYPE = Leaf(Wording("a type", "类型"), examples=("text", "int(1..9)", "phone", "满意 | 一般 | 不满意"))
DECLARATION = Leaf(
    Wording("a type (with `= default` if there is one)", "类型（可带 `= 默认值`）"), examples=("int = 0", "text?")
)
NAME = Leaf(Wording("a name", "名称"))
FILE = Leaf(Wording("a file beside the bot", "机器人旁的文件"), examples=("welcome.jpg",))
TALK = Leaf(Wording("the lines of a conversation", "对话脚本"), examples=("> hi\n< 你好！\n",))
DATUM = Leaf(Wording("a value", "值"), may_be_empty=True)

URL = Leaf(
    Wording("an address that begins with https:// or http://", "以 https:// 或 http:// 开头的地址"),
    r"^(https?://|\$\().+$",
    ("https://api.example.com",),
)
DURATION = Leaf(
    Wording("a duration", "时长"),
    r"^(?=[0-9])([0-9]{1,6}d)?([0-9]{1,6}h)?([0-9]{1,6}m)?([0-9]{1,6}(\.[0-9]{1,3})?s)?$",
    ("30s", "5m", "1h30m"),
)
BOT_NAME = Leaf(Wording("a name of a-z, 0-9 and -", "由 a-z、0-9、- 组成的名称"), r"^[a-z0-9-]+$", ("demo",))
LOCALE_TAG = Leaf(Wording("a locale", "语言标签"), LOCALE, ("zh", "en"))
TARGET = Leaf(
    Wording("a target `rules.x`, `states.x` or `flows.x`", "目标 `rules.x`、`states.x` 或 `flows.x`"),
    examples=("rules.welcome", "states.guess"),
)
MOMENT = Leaf(
    Wording("a date and time", "日期时间"),
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?)?$",
    ("2026-01-01T08:00",),
)

LITERAL_FLAG = Flag(Wording("true or false", "true 或 false"), literal=True)
FLAG = Flag(Wording("true or false", "true 或 false"))
TRUE = Flag(Wording("`true`", "`true`"), only_true=True)
COUNT = Whole(Wording("a whole number from 1", "不小于 1 的整数"), 1, 999_999_999)

MESSAGE_TYPES = ("text", "image", "voice", "video", "shortvideo", "location", "link", "file", "event", "any")
"""What `message:` and a `fallback` by message type may name."""

MESSAGE_TYPE = Words(Wording("a message type", "消息类型"), MESSAGE_TYPES, code="DL506")
INTERRUPT = Words(Wording("a way to interrupt", "打断方式"), ("leave", "resume", "never"))

TEXTS = named("a map of texts", "文本的映射", TEXT)
EXPRESSIONS = named("a map of names to expressions", "名称到表达式的映射", EXPRESSION)
DECLARATIONS = named("a map of names to types", "名称到类型的映射", DECLARATION)
DATA = Ref("data")
