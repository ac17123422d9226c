"""Slips in YAML that no file of chunks can hold: bytes, tabs, line ends, depth; each at its exact place."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from interpreter.cli.loading import load
from interpreter.diagnostics.diagnostic import Applicability, Diagnostic
from interpreter.diagnostics.fixing import apply_edits, edits_by_file, loses_text
from interpreter.source.spans import Span

HEAD = "dialog: 1\nname: test\nfallback: 没听懂\n"


def loaded(text: str) -> tuple[Diagnostic, ...]:
    return tuple(load(Path("bot.yaml"), only_check=True, texts={"bot.yaml": text}).diagnostics)


def said(text: str, name: str = "bot.yaml") -> list[str]:
    found = load(Path(name), only_check=True, texts={name: text}).diagnostics
    return [f"{each.span.line}:{each.span.column} {each.code}" for each in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rules:\n\thi: 你好\n", ["5:1 DL001"]),
        ("rules:\n  hi:\n  \treply: 你好\n", ["6:3 DL001"]),
        ("rules:\n  hi: 你好\x07\n", ["5:9 DL001"]),
        ("rules:\n  hi: 你好\u200b，世界\n", []),
        ("rules:\n  hi: &x [*x]\n", ["5:11 DL006"]),
        ("rules:\n  hi: " + "[" * 70 + "]" * 70 + "\n", ["5:69 DL006"]),
        ("rules:\n  hi: !foo 你好\n", ["5:7 DL004"]),
        ("rules:\n  hi: !!binary 5L2g\n", ["5:7 DL004"]),
        ("rules:\n  hi: !!set {a}\n", ["5:7 DL004", "5:13 DL013"]),
        ("rules:\n  hi: 你好\n---\nrules: {}\n", ["6:1 DL001"]),
        ("rules:\n  hi: 价格: 5\n  ho: @foo\n  ha: [可爱] 好\n", ["5:9 DL001", "6:7 DL001", "7:7 DL009"]),
    ],
)
def test_a_slip_is_found_where_it_stands(text: str, expected: list[str], tmp_path: Path) -> None:
    assert said(HEAD + text) == expected
    assert said((HEAD + text).replace("\n", "\r\n")) == expected
    (tmp_path / "bot.yaml").write_bytes(b"\xef\xbb\xbf" + (HEAD + text).encode())
    found = load(tmp_path / "bot.yaml", only_check=True).diagnostics
    assert [f"{each.span.line}:{each.span.column} {each.code}" for each in found] == expected


def test_an_alias_bomb_ends_at_its_budget() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    assert [each.split()[1] for each in said("\n".join(lines))] == ["DL006"]


def test_a_file_of_bytes_that_are_not_utf_8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bot.yaml").write_bytes((HEAD + "rules: {hi: 你好}\n").encode("gbk"))
    found = load(tmp_path / "bot.yaml", only_check=True).diagnostics
    assert [(each.code, each.span.line, each.span.column) for each in found] == [("DL002", 3, 12)]


def test_a_mended_value_is_read_with_its_places() -> None:
    text = HEAD + 'rules:\n  hi: {if: n == "a, b", reply: x $(m)}\n  ho: $(f("a #b"))\n'
    assert said(text) == ["5:12 DL102", "5:12 DL008", "5:36 DL102", "6:7 DL007", "6:9 DL103"]


def test_braces_and_locales_are_mended_in_blocks_too() -> None:
    text = "locales: [zh, en]\nrules:\n  hi:\n    zh: |\n      你好\n\n      世界\n    en: hello\n"
    (finding,) = load(Path("bot.yaml"), only_check=True, texts={"bot.yaml": HEAD + text}).diagnostics
    assert finding.fix is not None
    (edit,) = finding.fix.edits
    whole = HEAD + text
    mended = whole[: edit.span.start] + edit.text + whole[edit.span.end :]
    assert "    reply:\n      zh: |\n        你好\n\n        世界\n      en: hello\n" in mended
    assert said(mended) == []


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("a: {pattern：订单, reply: 好}", "a: {pattern: 订单, reply: 好}"),
        ("a: {pattern：订单，reply：好}", "a: {pattern: 订单, reply: 好}"),
        ("a: ｛pattern: 订单, reply: 好｝", "a: {pattern: 订单, reply: 好}"),
        ("a: {pattern: 订单， reply: 好}", "a: {pattern: 订单, reply: 好}"),
        ('a: "hello $(upper("x"))"', "a: 'hello $(upper(\"x\"))'"),
        ('a: "it\'s\\n$(upper("x"))"', "a: \"it's\\n$(upper('x'))\""),
        ("a: {pattern: '订单, reply: ok}", "a: {pattern: '订单', reply: ok}"),
        ("a: {pattern: 订单, reply: 第 #1 名}", 'a: {pattern: 订单, reply: "第 #1 名"}'),
        ("a: {pattern: 订单, reply: 请按 # 键, 谢谢}", 'a: {pattern: 订单, reply: "请按 # 键, 谢谢"}'),
        ("a: {reply: 请按 # 键, 谢谢, pattern: 订单}", 'a: {reply: "请按 # 键, 谢谢", pattern: 订单}'),
        ("a:\n    pattern: 订单\n   reply: 好", "a:\n    pattern: 订单\n    reply: 好"),
        ("a:\n    pattern:订单\n    reply:好", "a:\n    pattern: 订单\n    reply: 好"),
        ("a:\n  pattern: 订单\n  reply: 好", "a:\n    pattern: 订单\n    reply: 好"),
        ("a:\n    reply: |\n    你好\n    世界", "a:\n    reply: |\n      你好\n      世界"),
        ("a: {do: [{if: 1 < now.hour, do: [{reply: x}]}]}", "a: {do: [{if: 1 < now.hour, then: [{reply: x}]}]}"),
    ],
)
def test_a_slip_is_mended_without_loss(text: str, mended: str) -> None:
    whole = HEAD + "rules:\n  " + text + "\n"
    found = [each for each in loaded(whole) if each.code != "DL414"]
    assert not any(map(loses_text, found))
    edits = edits_by_file(found, tuple(Applicability))
    assert apply_edits(whole, edits["bot.yaml"]) == HEAD + "rules:\n  " + mended + "\n"


def test_a_talk_without_a_bar_gets_one() -> None:
    talk = "rules: {订单: 好}\ntests:\n  t:\n    talk:\n      > 订单\n      < 好\n"
    whole = HEAD + talk
    edits = edits_by_file(loaded(whole))
    assert apply_edits(whole, edits["bot.yaml"]) == HEAD + talk.replace("talk:", "talk: |")


def test_a_fix_that_drops_words_is_one_that_loses_text() -> None:
    (found,) = loaded(HEAD + "rules:\n  a: {rely: 好}\n")
    assert not loses_text(found)
    assert found.fix is not None
    (edit,) = found.fix.edits
    wider = replace(edit, span=Span(edit.span.file, edit.span.start, edit.span.end + 4))
    assert loses_text(replace(found, fix=replace(found.fix, edits=(wider,))))
