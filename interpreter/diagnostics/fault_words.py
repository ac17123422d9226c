"""Faults in words: what kind of mistake it is, and its message, in both languages.

Faults carry an English message, made where they happen. The Chinese one is found by the form of the English one; a
message of a form that is not listed here stays as it is, behind the Chinese word for its kind.

A place in a form that has a name may be shown in the log; `{}` is a value, perhaps what a user has said, and is not.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from interpreter.diagnostics.wording import Wording

_KINDS = {
    "null": "值为空",
    "unset": "尚未设置",
    "type": "类型不符",
    "range": "超出范围",
    "budget": "超出限额",
    "arithmetic": "运算错误",
    "argument": "参数错误",
    "service": "服务出错",
    "status": "服务状态码异常",
    "timeout": "服务超时",
    "network": "网络错误",
    "refused": "拒绝访问",
    "redirects": "重定向过多",
    "too-large": "回答过大",
    "answer": "回答不符",
    "api": "微信接口出错",
}

_FORMS = (
    # values and operators
    ("the result is too large a number", "结果数字过大"),
    ("the result is too large", "结果过大"),
    ("the number is too large", "数字过大"),
    ("a number is too large", "有一个数字过大"),
    ("the sum is too large", "总和过大"),
    ("division by zero", "除数为零"),
    ("the text is longer than {limit} characters", "文本超过 {} 个字符"),
    ("the text would be longer than {limit} characters", "文本会超过 {} 个字符"),
    ("the list has more than {limit} items", "列表超过 {} 项"),
    ("the list would have more than {limit} items", "列表会超过 {} 项"),
    ("the value is nested more than {limit} levels deep", "值的嵌套超过 {} 层"),
    ("the text is nested more than {limit} levels deep", "文本的嵌套超过 {} 层"),
    ("the values are too large to be compared", "值太大，无法比较"),
    ("a {type} has no text form", "{} 不能显示为文本"),
    ("{name} cannot take {type} and {type}", "{} 不能用于 {} 和 {}"),
    ("{name} cannot take these values: {}", "{} 不能接受这些值：{}"),
    ("{name} cannot take {type}", "{} 不能用于 {}"),
    ("{name} needs a value, this is null", "{} 需要一个值，实为 null"),
    ("{name} has not been set yet", "{} 还没有设置"),
    ("{name} is not set", "{} 没有设置"),
    ("{type} has no field {name}", "{} 没有字段 {}"),
    ("{type} has no parts", "{} 不能取其中一部分"),
    ("there is no item {}: the {type} has {limit}", "没有第 {} 项：{} 只有 {} 项"),
    ("there is no {name} here", "这里没有 {}"),
    ("a condition needs true or false, this is {type}", "条件应为 true 或 false，实为 {}"),
    ("a condition is neither true nor false", "条件既不是 true 也不是 false"),
    ("a place must be int, this is {type}", "位置应为 int，实为 {}"),
    ("a key must be text, this is {type}", "键应为 text，实为 {}"),
    ("{name} goes over a list, this is {type}", "{} 遍历的应为列表，实为 {}"),
    ("{name} must be {type}, this is {type}", "{} 应为 {}，实为 {}"),
    ("the expression takes too many steps", "表达式的计算步骤过多"),
    # functions
    ("a time has no {}", "时间没有 {}"),
    ("{name} is {}, which is more than {}, which is {name}", "{} 是 {}，大于 {}，即 {}"),
    ("the list is empty", "列表是空的"),
    ("nothing in the map has a weight", "没有一项有权重"),
    ("{name} must be from {limit} to {limit}, it is {}", "{} 应在 {} 到 {} 之间，实为 {}"),
    ("{name} must be at least {limit}, it is {}", "{} 至少为 {}，实为 {}"),
    ("the value of {} must be a number from {limit} to {limit}", "{} 的值应为 {} 到 {} 之间的数"),
    ("{type} cannot be put in order with each other", "{} 之间无法排序"),
    ("values of the kind {type} have no order", "{} 类型的值没有顺序"),
    ("a year needs its month and day", "有年份就要有月和日"),
    ("the duration is too long", "时长过长"),
    ("there is no {name} of {}, {}, {}", "没有这样的 {}：{}、{}、{}"),
    ("the date would be outside the years 1 to 9999", "日期会超出公元 1 到 9999 年"),
    ("the text is not JSON", "文本不是 JSON"),
    ("{name} is not JSON", "{} 不是 JSON"),
    ("there is no value {} for the template", "模板缺少值 {}"),
    (
        "the template wants value number {}, but there are {limit} (from 0)",
        "模板要第 {} 个值，但只有 {} 个（从 0 数起）",
    ),
    (
        "the brace at character {limit} has no partner; double it to print it",
        "第 {} 个字符的花括号不成对；要显示它请写两个",
    ),
    ("a count cannot be negative, this one is {}", "数量不能是负数，实为 {}"),
    ("the list has an item of the kind {type} among its {name}", "列表里有一个 {}，其他是 {}"),
    ("there are {limit} keys but {limit} values", "有 {} 个键，却有 {} 个值"),
    ("a key must be a text, not of the kind {type}", "键应为文本，不能是 {}"),
    ("{name} is more than {name}", "{} 大于 {}"),
    ("a negative number has no square root", "负数没有平方根"),
    ("there is no such logarithm", "没有这样的对数"),
    ("there is no such power", "没有这样的幂"),
    (
        "a latitude lies between -90 and 90, a longitude between -180 and 180",
        "纬度在 -90 到 90，经度在 -180 到 180 之间",
    ),
    ("there is no group {}, the regular expression has {limit}", "没有第 {} 组，正则表达式只有 {} 组"),
    ("{}, in the regular expression {}", "{}，见正则表达式 {}"),
    ("the second argument must be a text, as the first is a text or map", "第一个参数是文本或映射时，第二个应为文本"),
    # WeChat's interface
    ("no answer in time", "没有在限定时间内回答"),
    ("the connection broke off", "连接中断"),
    ("cannot be reached", "无法连接"),
    ("answered with status {limit}", "返回了状态码 {}"),
    ("the answer is not WeChat's", "回答不是微信的格式"),
    ("the answer is empty", "回答是空的"),
    ("the answer is too large", "回答太大"),
    (
        "today's calls of this method are used up; it can be called again after midnight (Beijing)",
        "今天的调用次数已用完，北京时间零点后可再调用",
    ),
    ("{name} is empty", "{} 是空的"),
    # turns
    ("{name} goes through a list, and this value is not one", "{} 遍历的应为列表，这个值不是"),
    ("{name} goes through more than {limit} items", "{} 遍历超过 {} 项"),
    (
        "{name} goes through a list of more than {limit} characters, or one nested too deep",
        "{} 遍历的列表超过 {} 个字符，或嵌套过深",
    ),
    ("{name} takes a list, and this value is not one", "{} 应为列表，这个值不是"),
    ("{name} takes a user's id, and this value is not one", "{} 应为用户的 id，这个值不是"),
    ("{name} takes {own} as {name}, this is {type}", "{} 的参数应为 {}（{}），实为 {}"),
    ("{name} takes {own}, and this value is not one", "{} 的类型是 {}，这个值不是"),
    ("the default of {name} is not of its type, which is {own}", "{} 的默认值不符合它的类型 {}"),
    ("flows call one another more than {limit} deep", "流程互相调用超过 {} 层"),
    (
        "the value for {name} is larger than {limit} characters, or nested too deep",
        "给 {} 的值超过 {} 个字符，或嵌套过深",
    ),
    ("the value for {name} is larger than {limit} characters or too deep", "给 {} 的值超过 {} 个字符，或嵌套过深"),
    ("what is remembered of the user takes more than {limit} bytes", "为用户记住的内容超过 {} 字节"),
    ("what another edition of the bot has left does not fit: {}", "机器人上一个版本留下的内容对不上：{}"),
    ("the body for {name} is larger than {limit} characters or too deep", "{} 的请求体超过 {} 个字符，或嵌套过深"),
    ("the turn takes too many steps", "这一轮的步骤过多"),
    ("the expressions of this turn take too many steps", "这一轮表达式的计算步骤过多"),
    ("the turn sends more than {limit} messages and log lines", "这一轮发送的消息和日志超过 {} 条"),
    ("the turn calls services more than {limit} times", "这一轮调用服务超过 {} 次"),
    ("texts stand in one another more than {limit} deep", "文本互相引用超过 {} 层"),
    ("the texts of one turn are longer than {limit} characters together", "一轮的文本合计超过 {} 个字符"),
    ("more than {limit} transitions in one turn", "一轮的状态转移超过 {} 次"),
    ("more than {limit} replies in one turn", "一轮的回复超过 {} 条"),
    ("a text holds half of a character, which cannot be sent", "文本里有半个字符，无法发送"),
    # services
    ("the mock of {name} failed: {}", "{} 的 mock 出错：{}"),
    ("{name} has neither a mock nor a given answer", "{} 既没有 mock，也没有在 given 里给出回答"),
    ("no answer is given for {name}", "没有给出 {} 的回答"),
    ("{name}: error {limit}: {}", "{}：错误 {}：{}"),
    ("{name}: error {limit}", "{}：错误 {}"),
    (
        "{name} needs WeChat's API, which is not set up for this account",
        "{} 需要微信接口，账号没有配置 app_id 和 app_secret",
    ),
    ("a transfer to an agent can only answer a message", "转接客服只能用来回复消息"),
    ("{name} gave no answer", "{} 没有回答"),
    ("{name} gave an answer that does not fit: {}", "{} 的回答不是预期的内容：{}"),
    ("{name} did not answer in time", "{} 没有及时回答"),
    ("{name} did not answer within {limit} s", "{} 在 {} 秒内没有回答"),
    ("{name} answered with status {limit}", "{} 回答的状态码是 {}"),
    ("not an answer of HTTP's", "不是 HTTP 的回答"),
    ("the request cannot be sent as it is written", "请求无法照原样发送"),
    ("no secure connection", "无法建立安全连接"),
    ("no connection, or it broke off", "无法连接，或连接中断"),
    ("more than {limit} redirects", "重定向超过 {} 次"),
    ("the host resolves to a private, local or reserved address", "主机解析到内网、本机或保留地址"),
    ("{} is not a declared host", "{} 不是声明过的主机"),
    ("it redirects from https to http", "从 https 重定向到了 http"),
    ("it redirects to an address that cannot be read", "重定向到的地址无法识别"),
    ("the address cannot be read", "地址无法识别"),
    ("the address is neither http nor https", "地址既不是 http 也不是 https"),
    ("the address contains a user or a password", "地址里含有用户名或密码"),
    ("the answer is larger than {limit} KB, or than a value may be", "回答超过 {} KB，或超过值的上限"),
    ("the compressed answer is cut off", "压缩的回答不完整"),
    ("the compressed answer is damaged", "压缩的回答已损坏"),
    ("the answer is compressed in an unknown way", "回答的压缩方式未知"),
)
_HOLE = re.compile(r"\{(\w*)\}")
_KIND = r"(?:null|bool|int|number|text|list|map|date|time|datetime|duration)"
_SHOWN = {
    "name": r"`not in`|`[^`\s]{1,64}`|[\w.]{1,64}",
    "type": rf"{_KIND}(?: and {_KIND})*",
    "limit": r"-?[\d.,e+]{1,24}",
    "own": r"[^\n]{1,200}?",
}
"""What a log may show, by the name of its place in a form: the bot's own names and types, and numbers of ours.

A message has a form for the log only if all of these are as described here, so that a value cannot pass for one.
"""
_LONGEST = 1000
"""The longest message that is looked at, in characters."""
_PREFIX = re.compile(r"(?P<name>[a-z_][\w.]*): (?P<rest>.+)", re.DOTALL)
_CUT = "…"


def fault_words(kind: str, message: str) -> Wording:
    """A fault of the machine's, or a failed call: the message, in Chinese behind the word for its kind.

    It is for the author: values stand in it, and these may be what a user has said.
    """
    chinese = _chinese(message) or message
    return Wording(message, f"{_KINDS[kind]}：{chinese}" if kind in _KINDS else chinese)


def logged_fault(kind: str, message: str) -> Wording:
    """The same without values, for the log: only what is known to be the bot's own or ours; of other forms the kind."""
    said, chinese = _without_values(message), _KINDS.get(kind, kind)
    return Wording(said.en, f"{chinese}：{said.zh}") if said else Wording(f"a fault of the kind `{kind}`", chinese)


def _without_values(message: str) -> Wording | None:
    """A message with its values cut out; None of one of another form."""
    if len(message) > _LONGEST:
        message = message[:_LONGEST]
    prefix = _PREFIX.fullmatch(message)
    if prefix is not None and (rest := _cut(prefix["rest"])) is not None:
        return Wording(f"{prefix['name']}: {rest.en}", f"{prefix['name']}：{rest.zh}")
    return _cut(message)


def _cut(message: str) -> Wording | None:
    for form, english, chinese in _for_the_log():
        found = form.fullmatch(message)
        if found is not None:
            shown = found.groupdict()
            parts = [shown.get(f"shown{number}", _CUT) for number in range(english.count("{}"))]
            return Wording(english.format(*parts), chinese.format(*(_chinese(part) or part for part in parts)))
    return None


def _chinese(message: str) -> str | None:
    """A message in Chinese; None of one of another form."""
    if len(message) > _LONGEST:
        return None
    prefix = _PREFIX.fullmatch(message)
    if prefix is not None and (rest := _chinese(prefix["rest"])) is not None:
        return f"{prefix['name']}：{rest}"
    for form, chinese in _for_authors():
        found = form.fullmatch(message)
        if found is not None:
            return chinese.format(*(_chinese(part) or part for part in found.groups()))
    return None


@cache
def _for_authors() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Patterns of messages with whatever stands in them, and the forms in Chinese."""
    return tuple((_pattern(english, lambda _, __: "(.+?)"), chinese) for english, chinese in _FORMS)


@cache
def _for_the_log() -> tuple[tuple[re.Pattern[str], str, str], ...]:
    """Patterns of messages, in which what may be shown is a group of its own, and the forms in both languages."""

    def hole(number: int, name: str) -> str:
        return f"(?P<shown{number}>{_SHOWN[name]})" if name else ".+?"

    return tuple((_pattern(english, hole), _HOLE.sub("{}", english), chinese) for english, chinese in _FORMS)


def _pattern(form: str, hole: Callable[[int, str], str]) -> re.Pattern[str]:
    words = _HOLE.split(form)  # text and the names of places take turns
    parts = (hole(place // 2, word) if place % 2 else re.escape(word) for place, word in enumerate(words))
    return re.compile("".join(parts), re.DOTALL)
