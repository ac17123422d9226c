"""Type notation: `int`, `int(1..9)?`, `list(text)`, `digits(6)`, `满意 | 一般 | 不满意`, `(a | b)?`, an entity's name.

type        = union | optional
optional    = single "?" | "(" union ")" "?"
union       = single | value "|" value …
single      = name | name "(" parameter ")" | "(" type ")"
"""

from __future__ import annotations

import re
from collections.abc import Collection

from interpreter.diagnostics.diagnostic import Problem
from interpreter.diagnostics.suggest import near_names, nearest
from interpreter.diagnostics.wording import Wording
from interpreter.types.folding import narrow
from interpreter.types.kinds import (
    AnyType,
    BoolType,
    DateTimeType,
    DateType,
    DurationType,
    EntityType,
    EnumType,
    ErrorType,
    IntType,
    ListType,
    MapType,
    MediaType,
    NumberType,
    TextType,
    TimeType,
    Type,
    optional,
)
from interpreter.values import MAX_INT

BUILT_IN_TYPES: dict[str, Type] = {
    "text": TextType(),
    "int": IntType(),
    "number": NumberType(),
    "bool": BoolType(),
    "yesno": BoolType(yesno=True),
    "date": DateType(),
    "time": TimeType(),
    "datetime": DateTimeType(),
    "duration": DurationType(),
    "list": ListType(),
    "map": MapType(),
    "any": AnyType(),
    "phone": TextType(form="phone"),
    "email": TextType(form="email"),
    "url": TextType(form="url"),
    "idcard": TextType(form="idcard"),
    "image": MediaType("image"),
    "voice": MediaType("voice"),
    "video": MediaType("video"),
    "location": MediaType("location"),
}
"""Every type that is written as one word; `digits(n)` is the only one that is not."""

_FOREIGN = {
    **dict.fromkeys(("string", "str", "char", "varchar", "文本", "字符串", "文字"), "text"),
    **dict.fromkeys(("integer", "long", "short", "整数", "数字"), "int"),
    **dict.fromkeys(("float", "double", "decimal", "real", "num", "小数"), "number"),
    **dict.fromkeys(("boolean", "布尔"), "bool"),
    **dict.fromkeys(("array", "tuple", "set", "列表"), "list"),
    **dict.fromkeys(("object", "dict", "record", "json"), "map"),
    **dict.fromkeys(("timestamp", "日期时间"), "datetime"),
    **dict.fromkeys(("mobile", "tel", "telephone", "手机", "手机号", "电话"), "phone"),
    **dict.fromkeys(("mail", "邮箱"), "email"),
    **dict.fromkeys(("uri", "link", "链接"), "url"),
    **dict.fromkeys(("photo", "picture", "图片"), "image"),
    **dict.fromkeys(("日期",), "date"),
    **dict.fromkeys(("时间",), "time"),
    **dict.fromkeys(("timedelta", "interval", "时长"), "duration"),
    **dict.fromkeys(("身份证", "身份证号"), "idcard"),
}
_VALUES_OF_NO_CHOICE = frozenset({"text", "int", "number", "bool", "list", "map", "any", "string", "str"})
_CALL = re.compile(r"([^\s()]+)\s*\((.*)\)", re.DOTALL)
_NUMBER = r"[+-]?\d+(?:\.\d+)?"
# Patterns for `re` to compile once one of them is needed.
_RANGE = rf"\s*({_NUMBER})?\s*\.\.\s*({_NUMBER})?\s*"
_LIKE_A_RANGE = rf"\s*({_NUMBER})\s*(?:-|~|,|…|to|至|到|—)\s*({_NUMBER})\s*"
_SEPARATORS = r"\s*[/、，,；;]\s*|\s+(?:or|或)\s+"
_FULL_WIDTH = str.maketrans("（）｜？：，．", "()|?:,.")
_DEEPEST = 8
_MOST_DIGITS = 64


def parse_type(text: str, entities: Collection[str]) -> tuple[Type, tuple[Problem, ...]]:
    """The type an author wrote, `ErrorType` when it cannot be read."""
    notation = _Notation(text, entities)
    kind = notation.read(0, len(text), 0)
    return (ErrorType() if notation.problems else kind), tuple(notation.problems)


class _Notation:
    """One scalar in type notation; offsets are those of the whole text."""

    def __init__(self, text: str, entities: Collection[str]) -> None:
        self.text = text
        self.entities = entities
        self.problems: list[Problem] = []

    def read(self, start: int, end: int, depth: int) -> Type:
        """The type in a range of the text."""
        start, end = self._trim(start, end)
        written = self.text[start:end]
        if not written:
            return self._refuse(start, end, Wording("a type is missing here", "此处缺少类型"))
        if depth > _DEEPEST:
            return self._refuse(start, end, Wording("a type nested too deeply", "类型嵌套过深"))
        bars = self._bars(start, end)
        if bars:
            return self._read_enumeration(start, end, bars)
        if written.endswith("?"):
            return optional(self.read(start, end - 1, depth + 1))
        if written.startswith("(") and written.endswith(")"):
            return self.read(start + 1, end - 1, depth + 1)
        if call := _CALL.fullmatch(written):
            return self._read_call(call, start, end, depth)
        return self._read_name(written, start, end)

    def _trim(self, start: int, end: int) -> tuple[int, int]:
        while start < end and self.text[start].isspace():
            start += 1
        while start < end and self.text[end - 1].isspace():
            end -= 1
        return start, end

    def _bars(self, start: int, end: int) -> list[int]:
        """Where the bars outside of brackets are."""
        bars, depth = [], 0
        for offset in range(start, end):
            char = self.text[offset]
            depth += (char == "(") - (char == ")")
            if char == "|" and depth == 0:
                bars.append(offset)
        return bars

    def _read_enumeration(self, start: int, end: int, bars: list[int]) -> Type:
        values: list[str] = []
        for left, right in zip([start - 1, *bars], [*bars, end], strict=True):
            first, last = self._trim(left + 1, right)
            values.append(self._read_value(first, last, values, is_last=right == end))
        if "null" in values:
            kept = " | ".join(value for value in values if value != "null")
            shown = f"{kept}?" if len(values) == 2 else f"({kept})?"
            message = Wording("`null` is no value of an enumeration", "`null` 不能作为枚举值")
            hint = Wording("`?` after a type makes it optional", "在类型后加 `?` 表示可选")
            return self._refuse(start, end, message, help=hint, replacement=shown)
        if all(value in _VALUES_OF_NO_CHOICE for value in values):
            message = Wording(
                "a value has one type; `|` is between the values of an enumeration",
                "一个值只有一种类型；`|` 用来分隔枚举的取值",
            )
            hint = Wording("`any` takes values of all types", "`any` 接受任何类型的值")
            return self._refuse(start, end, message, help=hint)
        return EnumType(tuple(values))

    def _read_value(self, start: int, end: int, before: list[str], *, is_last: bool) -> str:
        value = self.text[start:end]
        if not value:
            self._refuse(start, end, Wording("an enumeration has an empty value", "枚举中有空的取值"))
        elif value in before:
            self._refuse(start, end, Wording(f"the value `{value}` stands twice", f"取值 `{value}` 重复"))
        elif value[0] in "\"'" and value[-1] == value[0] and len(value) > 1:
            message = Wording("the values of an enumeration stand without quotes", "枚举的取值不加引号")
            self._refuse(start, end, message, replacement=value[1:-1])
        elif is_last and value.endswith("?") and before:
            shown = f"({self.text.strip()[:-1]})?"
            message = Wording(
                "does `?` belong to the last value or make the enumeration optional?",
                "这里的 `?` 是最后一个取值的一部分，还是表示枚举可选？",
            )
            hint = Wording(f"an optional enumeration is written `{shown}`", f"可选的枚举写作 `{shown}`")
            self._refuse(end - 1, end, message, help=hint)
        return value

    def _read_call(self, call: re.Match[str], start: int, end: int, depth: int) -> Type:
        name, parameter = call[1], call[2]
        inside, close = start + call.start(2), start + call.end(2)
        match name:
            case "list":
                return ListType(self.read(inside, close, depth + 1))
            case "int" | "number":
                return self._read_range(name, parameter, inside, close)
            case "digits":
                count = parameter.strip()
                if count.isascii() and count.isdigit() and 1 <= int(count[:9]) <= _MOST_DIGITS:
                    return TextType(digits=int(count))
                message = Wording(
                    f"`digits` takes how many: from 1 to {_MOST_DIGITS}", f"`digits` 的参数是位数：1 到 {_MOST_DIGITS}"
                )
                return self._refuse(inside, close, message)
        if name in BUILT_IN_TYPES or name in self.entities:
            message = Wording(f"`{name}` takes no parameter", f"`{name}` 没有参数")
            return self._refuse(start + len(name), end, message, replacement="")
        return self._unknown(name, start, start + len(name))

    def _read_range(self, name: str, parameter: str, inside: int, close: int) -> Type:
        match = re.fullmatch(_RANGE, parameter, re.ASCII)
        if match is None or not (match[1] or match[2]):
            wrong = re.fullmatch(_LIKE_A_RANGE, narrow(parameter), re.ASCII)
            shown = f"{wrong[1]}..{wrong[2]}" if wrong else None
            message = Wording(f"`{parameter.strip()}` is no range", f"`{parameter.strip()}` 不是范围")
            hint = Wording(
                f"a range is written `{name}(1..9)`, `{name}(1..)` or `{name}(..9)`",
                f"范围写作 `{name}(1..9)`、`{name}(1..)` 或 `{name}(..9)`",
            )
            return self._refuse(inside, close, message, help=hint, replacement=shown)
        texts = [bound for bound in (match[1], match[2]) if bound]
        if name == "int" and any("." in bound for bound in texts):
            return self._refuse(
                inside,
                close,
                Wording("the bounds of `int` are whole numbers", "`int` 的边界必须是整数"),
                help=Wording("`number` takes others", "小数用 `number`"),
            )
        if any(len(bound) > 18 or abs(float(bound)) > MAX_INT for bound in texts):
            return self._refuse(inside, close, Wording("a bound is too large", "边界过大"))
        low, high = (None if bound is None else _amount(bound) for bound in (match[1], match[2]))
        if low is not None and high is not None and low > high:
            message = Wording(
                f"the range runs from {match[1]} down to {match[2]}", f"范围从 {match[1]} 到 {match[2]}，顺序反了"
            )
            return self._refuse(inside, close, message, replacement=f"{match[2]}..{match[1]}")
        if name == "number":
            return NumberType(low, high)
        return IntType(None if low is None else int(low), None if high is None else int(high))

    def _read_name(self, name: str, start: int, end: int) -> Type:
        if name in BUILT_IN_TYPES:
            return BUILT_IN_TYPES[name]
        if name in self.entities:
            return EntityType(name)
        if name == "digits":
            message = Wording("`digits` needs to know how many", "`digits` 需要位数")
            return self._refuse(start, end, message, help=Wording("write `digits(6)`", "写作 `digits(6)`"))
        if name.endswith("+"):
            message = Wording("`+` stands after the type of a slot only", "`+` 只能写在槽位的类型之后")
            return self._refuse(end - 1, end, message, replacement="")
        return self._unknown(name, start, end)

    def _unknown(self, name: str, start: int, end: int) -> Type:
        plain = name.translate(_FULL_WIDTH)
        if plain != name:
            message = Wording("full-width punctuation in a type", "类型中有全角标点")
            return self._refuse(start, end, message, replacement=plain)
        values = [value.strip() for value in re.split(_SEPARATORS, name)]
        if len(values) > 1 and all(values):
            message = Wording("the values of an enumeration stand between `|`", "枚举的取值用 `|` 分隔")
            return self._refuse(start, end, message, replacement=" | ".join(values))
        known = (*BUILT_IN_TYPES, "digits", *self.entities)
        meant = _FOREIGN.get(name.casefold()) or nearest(name, known)
        if meant is None and (theirs := nearest(name, _FOREIGN)) is not None:
            meant = _FOREIGN[theirs]
        message = Wording(f"no type or entity is named `{name}`", f"没有名为 `{name}` 的类型或实体")
        if meant is not None:
            label = Wording(f"did you mean `{meant}`?", f"是不是 `{meant}`？")
            return self._refuse(start, end, message, label=label, replacement=meant)
        listed = ", ".join(f"`{near}`" for near in near_names(name, known))
        return self._refuse(
            start, end, message, help=Wording(f"the nearest names are {listed}", f"相近的名称：{listed}")
        )

    def _refuse(
        self,
        start: int,
        end: int,
        message: Wording,
        *,
        label: Wording | None = None,
        help: Wording | None = None,
        replacement: str | None = None,
    ) -> Type:
        self.problems.append(Problem("DL107", start, end, message, label=label, help=help, replacement=replacement))
        return ErrorType()


def _amount(written: str) -> int | float:
    return float(written) if "." in written else int(written)
