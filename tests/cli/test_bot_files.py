from __future__ import annotations

from pathlib import Path

from interpreter.cli.bot_files import find_bots

BOT = "dialog: 1\nname: t\nrules: {hi: yo}\n"


def test_a_folder_stands_for_the_bots_in_it(tmp_path: Path) -> None:
    (tmp_path / "空 格").mkdir()
    (tmp_path / ".hidden").mkdir()
    names = ("b.yaml", "a.yml", "空 格/机器人.yaml", ".hidden/c.yaml", "d.txt")
    for name in names:
        (tmp_path / name).write_text(BOT)
    (tmp_path / "other.yaml").write_text("x: y\n")
    (tmp_path / "empty.yaml").write_text("")
    found, missing = find_bots([str(tmp_path)])
    assert [str(path.relative_to(tmp_path)) for path in found] == ["a.yml", "b.yaml", "空 格/机器人.yaml"]
    assert missing == []


def test_an_imported_file_is_no_bot_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "bot.yaml").write_text(f'{BOT}imports: [faq.yaml, "a\\0b", {{pack: x}}]\n')
    (tmp_path / "faq.yaml").write_text("dialog: 1\nrules: {a: b}\n")
    assert find_bots([str(tmp_path)]) == ([tmp_path / "bot.yaml"], [])


def test_a_path_without_a_bot_is_missing(tmp_path: Path) -> None:
    nowhere = str(tmp_path / "nowhere.yaml")
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    loop = str(tmp_path / "loop.yaml")
    folder = tmp_path / "folder"
    folder.mkdir()
    assert find_bots(["", nowhere, "a\0b", loop, str(folder)]) == ([], ["", nowhere, "a\0b", loop, str(folder)])


def test_a_bot_named_twice_is_one(tmp_path: Path) -> None:
    (tmp_path / "bot.yaml").write_text(BOT)
    path = str(tmp_path / "bot.yaml")
    assert find_bots([path, path])[0] == [tmp_path / "bot.yaml"]
