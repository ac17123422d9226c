"""Faults in words: what kind of mistake it is, and its message, in both languages.

Faults carry an English message, made where they happen. The Chinese one is found by the form of the English one; a
message of a form that is not listed here stays as it is, behind the Chinese word for its kind.
"""

from __future__ import annotations

import re
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
    ("the text is longer than {} characters", "文本超过 {} 个字符"),
    ("the text would be longer than {} characters", "文本会超过 {} 个字符"),
    ("the list has more than {} items", "列表超过 {} 项"),
    ("the list would have more than {} items", "列表会超过 {} 项"),
    ("the value is nested more than {} levels deep", "值的嵌套超过 {} 层"),
    ("the text is nested more than {} levels deep", "文本的嵌套超过 {} 层"),
    ("the values are too large to be compared", "值太大，无法比较"),
    ("a {} has no text form", "{} 不能显示为文本"),
    ("{} cannot take {} and {}", "{} 不能用于 {} 和 {}"),
    ("{} cannot take these values: {}", "{} 不能接受这些值：{}"),
    ("{} cannot take {}", "{} 不能用于 {}"),
    ("{} needs a value, this is null", "{} 需要一个值，实为 null"),
    ("{} has not been set yet", "{} 还没有设置"),
    ("{} is not set", "{} 没有设置"),
    ("{} has no field {}", "{} 没有字段 {}"),
    ("{} has no parts", "{} 不能取其中一部分"),
    ("there is no item {}: the {} has {}", "没有第 {} 项：{} 只有 {} 项"),
    ("there is no {} here", "这里没有 {}"),
    ("a condition needs true or false, this is {}", "条件应为 true 或 false，实为 {}"),
    ("a condition is neither true nor false", "条件既不是 true 也不是 false"),
    ("a place must be int, this is {}", "位置应为 int，实为 {}"),
    ("a key must be text, this is {}", "键应为 text，实为 {}"),
    ("{} goes over a list, this is {}", "{} 遍历的应为列表，实为 {}"),
    ("{} must be {}, this is {}", "{} 应为 {}，实为 {}"),
    ("the expression takes too many steps", "表达式的计算步骤过多"),
    # functions
    ("a time has no {}", "时间没有 {}"),
    ("{} is {}, which is more than {}, which is {}", "{} 是 {}，大于 {}，即 {}"),
    ("the list is empty", "列表是空的"),
    ("nothing in the map has a weight", "没有一项有权重"),
    ("{} must be from {} to {}, it is {}", "{} 应在 {} 到 {} 之间，实为 {}"),
    ("{} must be at least {}, it is {}", "{} 至少为 {}，实为 {}"),
    ("the value of {} must be a number from {} to {}", "{} 的值应为 {} 到 {} 之间的数"),
    ("{} cannot be put in order with each other", "{} 之间无法排序"),
    ("values of the kind {} have no order", "{} 类型的值没有顺序"),
    ("a year needs its month and day", "有年份就要有月和日"),
    ("the duration is too long", "时长过长"),
    ("there is no {} of {}, {}, {}", "没有这样的 {}：{}、{}、{}"),
    ("the date would be outside the years 1 to 9999", "日期会超出公元 1 到 9999 年"),
    ("{} is not JSON", "{} 不是 JSON"),
    ("there is no value {} for the template", "模板缺少值 {}"),
    ("the template wants value number {}, but there are {} (from 0)", "模板要第 {} 个值，但只有 {} 个（从 0 数起）"),
    ("the brace at character {} has no partner; double it to print it", "第 {} 个字符的花括号不成对；要显示它请写两个"),
    ("a count cannot be negative, this one is {}", "数量不能是负数，实为 {}"),
    ("the list has an item of the kind {} among its {}", "列表里有一个 {}，其他是 {}"),
    ("there are {} keys but {} values", "有 {} 个键，却有 {} 个值"),
    ("a key must be a text, not of the kind {}", "键应为文本，不能是 {}"),
    ("{} is more than {}", "{} 大于 {}"),
    ("a negative number has no square root", "负数没有平方根"),
    ("there is no such logarithm", "没有这样的对数"),
    ("there is no such power", "没有这样的幂"),
    (
        "a latitude lies between -90 and 90, a longitude between -180 and 180",
        "纬度在 -90 到 90，经度在 -180 到 180 之间",
    ),
    ("there is no group {}, the regular expression has {}", "没有第 {} 组，正则表达式只有 {} 组"),
    ("{}, in the regular expression {}", "{}，见正则表达式 {}"),
    ("the second argument must be a text, as the first is a text or map", "第一个参数是文本或映射时，第二个应为文本"),
    ("{} is empty", "{} 是空的"),
    # turns
    ("{} goes through a list, and this value is none", "{} 遍历的应为列表，这个值不是"),
    ("{} goes through more than {} items", "{} 遍历超过 {} 项"),
    (
        "{} goes through a list of more than {} characters, or one nested too deep",
        "{} 遍历的列表超过 {} 个字符，或嵌套过深",
    ),
    ("{} takes a list, and this value is none", "{} 应为列表，这个值不是"),
    ("{} takes a user's id, and this value is none", "{} 应为用户的 id，这个值不是"),
    ("{} takes {} as {}, this is {}", "{} 的参数应为 {}（{}），实为 {}"),
    ("{} takes {}, and this value is none", "{} 的类型是 {}，这个值不是"),
    ("flows call one another more than {} deep", "流程互相调用超过 {} 层"),
    ("the value for {} is larger than {} characters, or nested too deep", "给 {} 的值超过 {} 个字符，或嵌套过深"),
    ("the value for {} is larger than {} characters or too deep", "给 {} 的值超过 {} 个字符，或嵌套过深"),
    ("the body for {} is larger than {} characters or too deep", "{} 的请求体超过 {} 个字符，或嵌套过深"),
    ("the turn takes too many steps", "这一轮的步骤过多"),
    ("the expressions of this turn take too many steps", "这一轮表达式的计算步骤过多"),
    ("the turn sends more than {} messages and log lines", "这一轮发送的消息和日志超过 {} 条"),
    ("the turn calls services more than {} times", "这一轮调用服务超过 {} 次"),
    ("texts stand in one another more than {} deep", "文本互相引用超过 {} 层"),
    ("the texts of one turn are longer than {} characters together", "一轮的文本合计超过 {} 个字符"),
    ("more than {} transitions in one turn", "一轮的状态转移超过 {} 次"),
    ("more than {} replies in one turn", "一轮的回复超过 {} 条"),
    # services
    ("the mock of {} failed: {}", "{} 的 mock 出错：{}"),
    ("{} has neither a mock nor a given answer", "{} 既没有 mock，也没有在 given 里给出回答"),
    ("no answer is given for {}", "没有给出 {} 的回答"),
    ("{} gave no answer", "{} 没有回答"),
    ("{} did not answer in time", "{} 没有及时回答"),
    ("{} did not answer within {} s", "{} 在 {} 秒内没有回答"),
    ("{} answered with status {}", "{} 回答的状态码是 {}"),
    ("not an answer of HTTP's", "不是 HTTP 的回答"),
    ("the request cannot be sent as it is written", "请求无法照原样发送"),
    ("no secure connection", "无法建立安全连接"),
    ("no connection, or it broke off", "无法连接，或连接中断"),
    ("more than {} redirects", "重定向超过 {} 次"),
    ("calls of WeChat's API are not available yet", "暂不支持调用微信接口"),
    ("the host resolves to a private, local or reserved address", "主机解析到内网、本机或保留地址"),
    ("{} is not a declared host", "{} 不是声明过的主机"),
    ("it redirects from https to http", "从 https 重定向到了 http"),
    ("it redirects to an address that cannot be read", "重定向到的地址无法识别"),
    ("the address cannot be read", "地址无法识别"),
    ("the address is neither http nor https", "地址既不是 http 也不是 https"),
    ("the address contains a user or a password", "地址里含有用户名或密码"),
    ("the answer is larger than {} KB, or than a value may be", "回答超过 {} KB，或超过值的上限"),
    ("the compressed answer is cut off", "压缩的回答不完整"),
    ("the compressed answer is damaged", "压缩的回答已损坏"),
    ("the answer is compressed in an unknown way", "回答的压缩方式未知"),
)
_LONGEST = 1000
"""The longest message that is looked at, in characters."""
_PREFIX = re.compile(r"(?P<name>[a-z_][\w.]*): (?P<rest>.+)", re.DOTALL)


def fault_words(kind: str, message: str) -> Wording:
    """A fault of the machine's, or a failed call: the message, in Chinese behind the word for its kind."""
    chinese = _chinese(message) or message
    return Wording(message, f"{_KINDS[kind]}：{chinese}" if kind in _KINDS else chinese)


def _chinese(message: str) -> str | None:
    """A message in Chinese; None of one of another form."""
    if len(message) > _LONGEST:
        return None
    prefix = _PREFIX.fullmatch(message)
    if prefix is not None and (rest := _chinese(prefix["rest"])) is not None:
        return f"{prefix['name']}：{rest}"
    for form, chinese in _compiled():
        found = form.fullmatch(message)
        if found is not None:
            return chinese.format(*(_chinese(part) or part for part in found.groups()))
    return None


@cache
def _compiled() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple(
        (re.compile(re.escape(english).replace(r"\{\}", "(.+?)"), re.DOTALL), chinese) for english, chinese in _FORMS
    )
