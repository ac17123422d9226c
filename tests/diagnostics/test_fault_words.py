"""Faults in both languages: every message that the source makes has a Chinese form."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

import interpreter
from interpreter.diagnostics.fault_words import fault_words, logged_fault

ROOT = Path(interpreter.__file__).parent
RAISED = {"Fault", "Failed", "EffectFailed", "HostRefused", "BodyUnreadable"}
LATIN = re.compile(r"[a-z]{2,} [a-z]{2,} [a-z]{2,}")


def messages() -> Iterator[str]:
    """The messages of all faults in the source, with `7` for what is filled in."""
    for path in sorted(ROOT.rglob("*.py")):
        if path.name == "constants.py":  # its faults are caught while compiling
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in RAISED:
                texts = [text for part in node.args if (text := sample(part)) is not None]
                if texts and " " in texts[-1]:
                    yield texts[-1]


def sample(node: ast.expr) -> str | None:
    match node:
        case ast.Constant(value=str() as text):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(str(part.value) if isinstance(part, ast.Constant) else "x7" for part in parts)
        case _:
            return None


MESSAGES = sorted(set(messages()) - {"x7: x7", "x7, this is x7"})


def test_there_are_messages() -> None:
    assert len(MESSAGES) > 80


@pytest.mark.parametrize("message", MESSAGES)
def test_every_message_has_a_chinese_form(message: str) -> None:
    said = fault_words("type", message)
    assert said.en == message
    assert said.zh.startswith("类型不符：")
    assert not LATIN.search(said.zh)


@pytest.mark.parametrize(
    ("kind", "message", "chinese"),
    [
        ("arithmetic", "division by zero", "运算错误：除数为零"),
        ("unset", "`n` has not been set yet", "尚未设置：`n` 还没有设置"),
        ("type", "`+` cannot take int and text", "类型不符：`+` 不能用于 int 和 text"),
        ("argument", "pad: `fill` is empty", "参数错误：pad：`fill` 是空的"),
        (
            "argument",
            "`round` takes number as `x`, this is text",
            "参数错误：`round` 的参数应为 number（`x`），实为 text",
        ),
        ("network", "the mock of s.o failed: division by zero", "网络错误：s.o 的 mock 出错：除数为零"),
        ("refused", "s.o: a.example is not a declared host", "拒绝访问：s.o：a.example 不是声明过的主机"),
        ("range", "something else", "超出范围：something else"),
        ("odd", "x" * 2000, "x" * 2000),
    ],
)
def test_a_fault_in_chinese(kind: str, message: str, chinese: str) -> None:
    assert fault_words(kind, message).zh == chinese


@pytest.mark.parametrize(
    ("kind", "message", "english", "chinese"),
    [
        ("arithmetic", "division by zero", "division by zero", "运算错误：除数为零"),
        ("unset", "`n` has not been set yet", "`n` has not been set yet", "尚未设置：`n` 还没有设置"),
        ("type", "`+` cannot take int and text", "`+` cannot take int and text", "类型不符：`+` 不能用于 int 和 text"),
        ("null", "null has no field `name`", "null has no field `name`", "值为空：null 没有字段 `name`"),
        ("budget", "the text is longer than 65536 characters", None, "超出限额：文本超过 65536 个字符"),
        ("argument", "pad: `fill` is empty", None, "参数错误：pad：`fill` 是空的"),
        (
            "argument",
            "`round` takes number as `x`, this is text",
            None,
            "参数错误：`round` 的参数应为 number（`x`），实为 text",
        ),
        (
            "type",
            "user.age takes int(1..9), and this value is not one",
            None,
            "类型不符：user.age 的类型是 int(1..9)，这个值不是",
        ),
        (
            "type",
            "the default of user.age is not of its type, which is int(1..9)",
            None,
            "类型不符：user.age 的默认值不符合它的类型 int(1..9)",
        ),
        (
            "argument",
            "`int` cannot take these values: could not convert 'canary has no parts'",
            "`int` cannot take these values: …",
            "参数错误：`int` 不能接受这些值：…",
        ),
        (
            "argument",
            "format: there is no value 'canary' for the template",
            "format: there is no value … for the template",
            "参数错误：format：模板缺少值 …",
        ),
        (
            "argument",
            "random: `a` is 13800138000, which is more than 2, which is `b`",
            "random: `a` is …, which is more than …, which is `b`",
            "参数错误：random：`a` 是 …，大于 …，即 `b`",
        ),
        (
            "service",
            "shop.find: canary.example is not a declared host",
            "shop.find: … is not a declared host",
            "服务出错：shop.find：… 不是声明过的主机",
        ),
        (
            "service",
            "user.info: error 40003: the openid is not valid (canary has no field canary)",
            "user.info: error 40003: …",
            "服务出错：user.info：错误 40003：…",
        ),
        ("service", "shop.find answered with status 500", None, "服务出错：shop.find 回答的状态码是 500"),
        ("argument", "nobody knows this canary", "a fault of the kind `argument`", "参数错误"),
        ("odd", "canary " * 1000, "a fault of the kind `odd`", "odd"),
    ],
)
def test_a_fault_in_the_log(kind: str, message: str, english: str | None, chinese: str) -> None:
    said = logged_fault(kind, message)
    assert (said.en, said.zh) == (english or message, chinese)


@pytest.mark.parametrize("message", MESSAGES)
@pytest.mark.parametrize("said", ["what canary said", "canary`,\nthis is canary", "x: canary is not set or so"])
def test_nothing_that_is_filled_in_is_logged_unless_it_is_the_bots_own(message: str, said: str) -> None:
    words = logged_fault("type", message.replace("x7", said))
    assert "canary" not in f"{words.en} {words.zh}"


def test_every_message_is_logged_as_more_than_its_kind() -> None:
    """With names where names stand, types where types stand, and numbers where numbers stand."""

    def is_known(message: str) -> bool:
        holes = message.count("x7")
        for filling in product(("name", "int", "7"), repeat=holes):
            words = iter(filling)
            if "of the kind `" not in logged_fault("type", re.sub("x7", lambda _: next(words), message)).en:  # noqa: B023
                return True
        return False

    assert [message for message in MESSAGES if not is_known(message)] == []
