"""`--fix`: what it mends stays mended, costs nothing that was right, and leaves everything else alone."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from interpreter.cli.fixing import Mended, mend
from interpreter.cli.lint import FIX_LEVELS
from interpreter.cli.loading import Loaded, load
from interpreter.diagnostics.diagnostic import Applicability, Diagnostic

ROOT = Path(__file__).parents[1] / "data"
BROKEN = sorted((ROOT / "check").rglob("*.yaml"))


def check(path: Path, texts: dict[str, str]) -> Loaded:
    return load(path, only_check=True, texts=texts)


def mend_file(path: Path, level: str = "all") -> Mended:
    return mend(path, check, FIX_LEVELS[level])


def errors(loaded: Loaded | None) -> int:
    assert loaded is not None
    return sum(item.is_error for item in loaded.diagnostics)


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_a_second_run_has_nothing_left_to_mend(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / path.name
    shutil.copy(path, copy)
    first = mend_file(copy)
    assert errors(first.loaded) <= errors(check(copy, {}))
    first.write()
    second = mend_file(copy)
    assert second.fixes == 0
    assert list(second.diff()) == []


def test_comments_order_and_line_breaks_stay(tmp_path: Path) -> None:
    bot = tmp_path / "bot.yaml"
    text = "\ufeff# 店铺\r\ndialog: 1\r\nname: t  # its name\r\nrules:\r\n  hi: {replly: x}  # hello\r\n"
    bot.write_bytes(text.encode())
    mend_file(bot).write()
    assert bot.read_bytes().decode() == text.replace("replly", "reply")


def test_a_fix_in_an_imported_file_is_written_there(tmp_path: Path) -> None:
    (tmp_path / "bot.yaml").write_text("dialog: 1\nname: t\nimports: [faq.yaml]\nrules:\n  hi: hello\n")
    (tmp_path / "faq.yaml").write_text("dialog: 1\nrules:\n  bye: {replly: x}\n")
    mend_file(tmp_path / "bot.yaml").write()
    assert (tmp_path / "faq.yaml").read_text() == "dialog: 1\nrules:\n  bye: {reply: x}\n"


def test_what_cannot_be_mended_is_left(tmp_path: Path) -> None:
    bot = tmp_path / "bot.yaml"
    bot.write_text("dialog: 1\nname: t\nrules:\n  hi: {wait: nowhere}\n")
    mended = mend_file(bot)
    assert mended.fixes == 0
    assert mended.after == {}


FIXES = [
    ("safe", 'vars: {p: phone = "138 0013 8000"}', 'vars: {p: phone = "13800138000"}'),
    ("safe", 'vars: {p: digits(4)? = "0571 "}', 'vars: {p: digits(4)? = "0571"}'),
    ("safe", 'vars: {p: cities = "帝都"}', 'vars: {p: cities = "北京"}'),
    ("safe", 'vars: {p: date = "2026年1月2日"}', 'vars: {p: date = date("2026-01-02")}'),
    ("safe", 'vars: {p: time = "8:30"}', 'vars: {p: time = time("08:30")}'),
    ("safe", 'vars: {p: datetime = "2026-01-02 8:30"}', 'vars: {p: datetime = datetime("2026-01-02 08:30")}'),
    ("safe", 'vars: {p: duration = "5分钟"}', "vars: {p: duration = 5m}"),
    ("safe", 'vars: {p: int = "12"}', "vars: {p: int = 12}"),
    ("safe", "vars: {p: \"list(url) = ['www.a.cn']\"}", 'vars: {p: "list(url) = [\\"https://www.a.cn\\"]"}'),
    ("safe", 'vars: {p: cities = "火星"}', None),
    ("safe", "vars: {p: phone = 13800138000}", None),
    ("all", "vars: {p: phone = 13800138000}", 'vars: {p: phone = "13800138000"}'),
    ("all", "vars: {p: digits(6) = 012345}", 'vars: {p: digits(6) = "012345"}'),
    ("all", 'vars: {p: moods = "好兴"}', 'vars: {p: moods = "高兴"}'),
    ("safe", "{pattern: '/(\\d+)x(\\d+)/', reply: '$(int(match[1]) + int(match[2]))'}", None),
    (
        "all",
        "{pattern: '/(\\d+)x(\\d+)/', reply: '$(int(match[1]) + int(match[2]))'}",
        "{pattern: '/(\\d+)x(\\d+)/', reply: '$((int(match[1]) ?? 0) + (int(match[2]) ?? 0))'}",
    ),
    (
        "all",
        "{pattern: '/(\\d+)?x/', reply: \"$(int(match[1]) + 1)\"}",
        '{pattern: \'/(\\d+)?x/\', reply: "$((int(match[1] ?? \\"\\") ?? 0) + 1)"}',
    ),
]


@pytest.mark.parametrize(("level", "written", "meant"), FIXES, ids=str)
def test_a_value_is_mended_to_what_was_meant(level: str, written: str, meant: str | None, tmp_path: Path) -> None:
    head = "dialog: 1\nname: t\nentities: {cities: {北京: [帝都], 上海: []}, moods: [高兴, 难过]}\n"
    bot = tmp_path / "bot.yaml"

    def whole(line: str) -> str:
        return f"{head}{line}\nrules: {{hi: hello}}\n" if line[:4] == "vars" else f"{head}rules:\n  sum: {line}\n"

    bot.write_text(whole(written), encoding="utf-8")
    mended = mend_file(bot, level)
    assert errors(mended.loaded) == 0 or meant is None
    mended.write()
    assert bot.read_text(encoding="utf-8") == whole(meant or written)


def test_a_fix_that_does_harm_keeps_none_of_the_others_back_and_is_promised_no_more(tmp_path: Path) -> None:
    bot = tmp_path / "bot.yaml"
    text = "dialog: 1\nname: t\nrules:\n  a: {pattern: x, replly: b}\n  c: {pattern: y, replly: d}\nfallback: e\n"
    bot.write_text(text)

    def check_it(path: Path, texts: dict[str, str]) -> Loaded:
        """As a bot is checked, with the mend of the first rule turned into harm."""
        there = texts.get(str(path), text)
        return check(path, {**texts, str(path): there.replace("x, reply: b", "x, repl: b, zz: 1, yy: 2")})

    mended = mend(bot, check_it, FIX_LEVELS["safe"])
    mended.write()
    assert bot.read_text() == text.replace("replly: d", "reply: d")
    assert [str(each.span).rpartition("/")[2] for each in mended.applied] == ["bot.yaml:5:19"]
    assert mended.loaded is not None
    (left,) = mended.loaded.diagnostics
    assert left.fix is not None
    assert (left.fix.shown, left.fix.edits) == ("reply", ())


PROMISED = [
    ("rules:\n  b: {pattern: 乙, no_reply: true}\n", "rules:\n  b: {pattern: 乙, reply: none}\n"),
    (
        "rules:\n  a:\n    pattern: good\n    examples: good morning\n    reply: b\n",
        "rules:\n  a:\n    pattern: good\n    examples: [good morning]\n    reply: b\n",
    ),
    ("texts: {tail: ~}\nrules:\n  你好: 你好$(texts.tail)\n  随机: [~, ~]\n  波浪: {reply: ~}\n", None),
    ("rules:\n  a: 请打 # 店里电话。\n  b: 三楼 # 301\n", None),
    ("rules:\n  \u200b: b\n  a: c\n", None),
]


@pytest.mark.parametrize(("written", "meant"), PROMISED, ids=str)
def test_what_is_promised_is_done_and_nothing_else(written: str, meant: str | None, tmp_path: Path) -> None:
    head = "dialog: 1\nname: t\nfallback: 没听懂\n"
    bot = tmp_path / "bot.yaml"
    bot.write_text(head + written, encoding="utf-8")
    safe = [each for each in check(bot, {}).diagnostics if each.fix and each.fix.edits and is_safe(each)]
    mended = mend_file(bot, "safe")
    mended.write()
    assert bot.read_text(encoding="utf-8") == head + (meant or written)
    assert len(safe) == len(mended.applied) == (meant is not None)


def is_safe(found: Diagnostic) -> bool:
    return found.fix is not None and found.fix.applicability is Applicability.SAFE


def test_only_the_key_that_slipped_moves_whatever_else_is_mended(tmp_path: Path) -> None:
    bot = tmp_path / "bot.yaml"
    head = "dialog: 1\nname: t\nrules:\n  order:\n    pattern: 订单\n"
    tail = "  description: 我们是一家小店\n  cancel:\n    pattern: 取消\n    reply: 已取消\n  z: {replly: b}\n"
    bot.write_text(head + "  reply: 好的\n" + tail, encoding="utf-8")
    mended = mend_file(bot, "safe")
    mended.write()
    assert errors(mended.loaded) == 0
    assert bot.read_text(encoding="utf-8") == head + "    reply: 好的\n" + tail.replace("replly", "reply")


def test_what_came_along_with_a_copied_text_is_replaced(tmp_path: Path) -> None:
    bot = tmp_path / "bot.yaml"
    text = "dialog: 1\nname: t\nrules:\n  hi:\n    pattern: 你好\n    reply: 好\nfallback: 没听懂\n"
    copied = text.replace("  hi", "\u00a0\u00a0hi").replace("    ", "\u00a0 \u00a0 ").replace("reply", "re\u200bply")
    bot.write_text(copied.replace("你好", "你\u200b好"), encoding="utf-8")
    mended = mend_file(bot, "safe")
    mended.write()
    assert bot.read_text(encoding="utf-8") == text
    assert [each.code for each in mended.applied] == ["DL001", "DL001", "DL005"]
