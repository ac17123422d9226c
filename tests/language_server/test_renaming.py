"""A name gets another one everywhere, and nothing else changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.checked_bots import CAFE, NAME, ROOT, check, offset_of

from interpreter.cli.lsp import check_bot
from interpreter.diagnostics.fixing import apply_edits
from interpreter.language_server.checked import Checked
from interpreter.language_server.index import Occurrence
from interpreter.language_server.renaming import RENAMED, RefusedError, rename

CHECKED = check(CAFE)
BOTS = [*(ROOT / "bots").glob("*/bot.yaml"), *(ROOT / "examples").glob("*.yaml"), ROOT / "examples/18-imports/bot.yaml"]


def renamed(place: str, new: str) -> str:
    return apply_edits(CAFE, rename(CHECKED, NAME, offset_of(CAFE, place), new))


def names(checked: Checked) -> list[Occurrence]:
    found: dict[object, Occurrence] = {}
    for tree in checked.trees.values():
        file = tree.span.file
        for offset in range(len(file.text)):
            each = checked.index.at(file.name, offset)
            if each is not None and each.symbol.kind in RENAMED and checked.index.definitions(each.symbol):
                found.setdefault(each.symbol, each)
    return list(found.values())


@pytest.mark.parametrize("path", BOTS, ids=lambda path: path.stem if path.stem != "bot" else path.parent.name)
def test_a_bot_with_any_name_changed_is_as_good_as_before(path: Path) -> None:
    checked = check_bot(path, {})
    for each in names(checked):
        texts: dict[str, str] = {}
        for edit in sorted(
            rename(checked, each.span.file.name, each.span.start, "另_1"), key=lambda edit: -edit.span.start
        ):
            text = texts.get(edit.span.file.name, edit.span.file.text)
            texts[edit.span.file.name] = text[: edit.span.start] + edit.text + text[edit.span.end :]
        found = check_bot(path, texts).diagnostics
        assert [item.code for item in found] == [item.code for item in checked.diagnostics], each.symbol


def test_a_user_variable_keeps_its_user() -> None:
    assert (
        renamed("$(user.na‸me)", "nick")
        == renamed("$(user.na‸me)", "user.nick")
        == CAFE.replace("user.name", "user.nick")
    )


def test_a_local_is_renamed_in_its_routine_alone() -> None:
    text = renamed("set: answer = n‸", "guessed")
    assert "<guessed:int>" in text
    assert "set: answer = guessed" in text
    assert "if: n == answer" in text


@pytest.mark.parametrize(
    ("place", "new", "reason"),
    [
        ("wait: gu‸ess", "a b", "no name"),
        ("wait: gu‸ess", "survey", "taken"),
        ("$(user.na‸me)", "1x", "no name"),
        ("set: ans‸wer", "if", "no name"),
        ("set: ans‸wer", "message", "always there"),
        ("set: ans‸wer", "topic", "local somewhere"),
        ("set: answer = n‸", "answer", "taken"),
        ("into: mo‸od", "place", "taken"),
        ("  sta‸rt:", "x", "cannot be renamed"),
        ("dia‸log", "x", "no name here"),
        ("member: {gu‸ard", "x", "no name here"),
    ],
)
def test_a_bad_name_is_refused(place: str, new: str, reason: str) -> None:
    with pytest.raises(RefusedError, match=reason) as refused:
        renamed(place, new)
    assert refused.value.reason.zh != refused.value.reason.en


def test_what_is_not_defined_cannot_be_renamed() -> None:
    text = CAFE.replace("wait: guess", "wait: nowhere")
    with pytest.raises(RefusedError, match="not defined"):
        rename(check(text), NAME, offset_of(text, "now‸here"), "x")
