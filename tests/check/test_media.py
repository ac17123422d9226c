"""Files of `media`, with files that are there."""

from __future__ import annotations

from pathlib import Path

import pytest

from interpreter.cli.loading import load


def findings(folder: Path, media: str, *, only_check: bool = False) -> list[str]:
    path = folder / "bot.yaml"
    path.write_text(f"dialog: 1\nname: t\nmedia: {media}\nrules: {{hi: [{{image: x}}]}}\nfallback: 没听懂\n", "utf-8")
    return [each.message.en for each in load(path, only_check=only_check).diagnostics if each.code == "DL518"]


def written(folder: Path, name: str, size: int = 10) -> None:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    with path.open("wb") as file:
        file.truncate(size)


def test_a_file_that_wechat_takes_is_fine(tmp_path: Path) -> None:
    written(tmp_path, "cat.JPG")
    written(tmp_path, "images/dog.png", 10 * 1024 * 1024)
    assert findings(tmp_path, "{x: cat.JPG, y: ./images/../images/dog.png}") == []


@pytest.mark.parametrize("only_check", [False, True])
def test_a_file_that_is_not_there_is_told(tmp_path: Path, only_check: bool) -> None:
    assert findings(tmp_path, "{x: cat.jpg}", only_check=only_check) == ["there is no file `cat.jpg`"]


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "cat.jpg").mkdir()
    assert findings(tmp_path, "{x: cat.jpg}") == ["there is no file `cat.jpg`"]


def test_a_file_may_be_empty_or_too_big(tmp_path: Path) -> None:
    written(tmp_path, "cat.jpg", 0)
    written(tmp_path, "meow.mp3", 2 * 1024 * 1024 + 1)
    assert findings(tmp_path, "{x: cat.jpg, y: meow.mp3}") == [
        "this file is empty",
        "this file has 2,097,153 bytes, WeChat takes 2,097,152",
    ]


def test_a_link_does_not_lead_out_of_the_folder(tmp_path: Path) -> None:
    written(tmp_path, "secret.jpg")
    bot = tmp_path / "bot"
    bot.mkdir()
    (bot / "cat.jpg").symlink_to(tmp_path / "secret.jpg")
    (bot / "dog.jpg").symlink_to("dog.jpg")
    assert findings(bot, "{x: cat.jpg, y: dog.jpg}") == ["there is no file `cat.jpg`", "there is no file `dog.jpg`"]


@pytest.mark.parametrize("name", ["../cat.jpg", "/etc/cat.jpg", "a/../../cat.jpg", "C:\\cat.jpg", "a\\cat.jpg"])
def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    assert findings(tmp_path, f"{{x: '{name}'}}") == [f"`{name}` is no file in the folder of the bot"]


def test_a_file_is_beside_the_file_that_names_it(tmp_path: Path) -> None:
    written(tmp_path, "more/cat.jpg")
    (tmp_path / "more" / "more.yaml").write_text("dialog: 1\nname: more\nmedia: {x: cat.jpg}\n")
    path = tmp_path / "bot.yaml"
    path.write_text("dialog: 1\nname: t\nimports: [more/more.yaml]\nrules: {hi: [{image: x}]}\n")
    loaded = load(path)
    assert loaded.program is not None, loaded.diagnostics
    assert [(each.name, each.path, each.kind) for each in loaded.program.media.values()] == [
        ("x", "more/cat.jpg", "image")
    ]
