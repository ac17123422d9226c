"""Which bot an open file belongs to."""

from __future__ import annotations

from pathlib import Path

from interpreter.language_server.importers import main_of

BOT = "dialog: 1\nname: t\n"


def test_a_file_that_says_dialog_is_a_bot(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(BOT)
    assert main_of(path, {}) == path
    assert main_of(path, {path: "services: {}"}) is None


def test_an_imported_file_belongs_to_who_imports_it(tmp_path: Path) -> None:
    main, part, deep = tmp_path / "a.yaml", tmp_path / "parts" / "faq.yaml", tmp_path / "parts" / "more.yaml"
    part.parent.mkdir()
    main.write_text(BOT + "imports: [parts/faq.yaml]\n")
    part.write_text("imports: [more.yaml, faq.yaml, {pack: x}]\n")
    deep.write_text("rules: {}\n")
    assert main_of(part, {}) == main
    assert main_of(deep, {}) in (main, part)


def test_what_an_editor_holds_counts_more_than_what_is_on_the_disk(tmp_path: Path) -> None:
    main, part = tmp_path / "a.yaml", tmp_path / "faq.yaml"
    assert main_of(part, {main: BOT + "imports: [./faq.yaml]", part: ""}) == main


def test_a_file_that_is_to_become_a_bot_is_one(tmp_path: Path) -> None:
    assert main_of(tmp_path / "bot.yaml", {}) == tmp_path / "bot.yaml"


def test_other_files_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "docker-compose.yaml").write_text("services: {}")
    assert main_of(tmp_path / "docker-compose.yaml", {}) is None
    assert main_of(Path("/nowhere/at/all.yaml"), {}) is None
