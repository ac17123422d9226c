from __future__ import annotations

import shutil
import subprocess

import pytest

from interpreter.catalogue.methods import every_method, find_method
from interpreter.cli.api import api
from interpreter.cli.api_words import completion, explain, listing


def test_methods_are_found_by_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert api(["--list", "menu", "create_menu"], "en", {}) == 0
    assert capsys.readouterr().out.splitlines() == [
        "menu.create_menu  = menu.create  replaces the whole menu; followers see it within minutes",
        "1 methods",
    ]


def test_topics_are_words_too() -> None:
    assert "mass.preview_mass" in listing(["群发"], "zh")
    assert "mass.preview_mass" in listing(["mass messages"], "en")


def test_a_family_of_that_name_comes_first() -> None:
    shown = listing(["user"], "en").splitlines()
    assert shown[0].startswith("user.get_user")
    assert any(line.startswith("card.") for line in shown)


def test_marks_are_shown_in_the_list() -> None:
    assert "url.shorten_url  [已关闭]" in listing(["shorten_url"], "zh")
    assert "[out of date]" in listing(["group.create"], "en")
    assert listing(["no such thing"], "en") == "0 methods"


def test_every_method_is_explained_in_both_languages() -> None:
    for method in every_method():
        for language in ("en", "zh"):
            assert explain(method, language).startswith(method.full_name)


def test_an_explanation_tells_what_is_needed(capsys: pytest.CaptureFixture[str]) -> None:
    assert api(["--explain", "template.send"], "en", {}) == 0
    told = capsys.readouterr().out
    for part in (
        "POST https://api.weixin.qq.com/cgi-bin/message/template/send",
        "needs: a verified service account",
        "touser                 a text, required",
        "{key}",
        "43004  the user does not follow the account",
    ):
        assert part in told
    assert api(["--explain", "template.sent"], "en", {}) == 2
    assert "did you mean template.send?" in capsys.readouterr().err


def test_limits_are_told() -> None:
    told = "\n".join(
        explain(method, "en") for method in map(find_method, ("menu.create", "datacube.user_summary")) if method
    )
    for part in ("up to 16 bytes", "1..3", "click | view", "a day: 2026-01-31"):
        assert part in told


def test_names_are_for_completion(capsys: pytest.CaptureFixture[str]) -> None:
    assert api(["--names"], "en", {}) == 0
    names = capsys.readouterr().out.splitlines()
    assert {"user.get_user", "user.info", "menu.create"} <= set(names)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_a_shell_is_read_by_it(shell: str) -> None:
    script = completion(shell)
    assert "dialog-api --names" in script
    if shell != "fish" and shutil.which(shell):
        subprocess.run([shell, "-n"], input=script, text=True, check=True)
