"""A real editor session: `dialog-lint --lsp` in a process of its own, spoken to over its pipes."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.checked_bots import ROOT
from support.language_client import LanguageClient, RequestError, apply, offset_of

WHOLE = {"start": {"line": 0, "character": 0}, "end": {"line": 9999, "character": 0}}
DISK = (ROOT / "bots" / "guess" / "bot.yaml").read_text(encoding="utf-8")


@pytest.fixture
def bot(tmp_path: Path) -> Path:
    return Path(shutil.copy(ROOT / "bots" / "guess" / "bot.yaml", tmp_path / "bot.yaml"))


@pytest.fixture
def client(tmp_path: Path) -> Iterator[LanguageClient]:
    with LanguageClient(tmp_path) as client:
        yield client


def actions(client: LanguageClient, uri: str, only: list[str] | None = None) -> list[Any]:
    context = {"diagnostics": [], **({"only": only} if only else {})}
    found = client.request(
        "textDocument/codeAction", {"textDocument": {"uri": uri}, "range": WHOLE, "context": context}
    )
    return list(found)


def test_a_session_from_opening_to_goodbye(client: LanguageClient, bot: Path) -> None:
    uri = client.open(bot)
    assert client.diagnostics(uri) == []

    broken = DISK.replace("wait: guess", "wait: gues")
    client.change(uri, broken)
    (found,) = client.diagnostics(uri)
    assert (found["code"], found["severity"], found["source"]) == ("DL101", 1, "dialog-lint")
    assert broken[offset_of(broken, found["range"]["start"]) :].startswith("gues\n")
    assert found["relatedInformation"][0]["location"]["uri"] == uri

    fix = next(each for each in actions(client, uri) if each["kind"] == "quickfix")
    assert apply(broken, fix["edit"]["changes"][uri]) == DISK
    (everything,) = actions(client, uri, ["source.fixAll"])
    assert apply(broken, everything["edit"]["changes"][uri]) == DISK

    offered = client.ask("completion", uri, broken, "wait: gues|")["items"]
    assert apply(broken, [offered[0]["textEdit"]]) == DISK

    client.change(uri, DISK)
    assert client.diagnostics(uri) == []
    assert client.leave() == 0


def test_a_file_is_asked_about(client: LanguageClient, bot: Path) -> None:
    uri = client.open(bot)
    hovered = client.ask("hover", uri, DISK, "answer = ran|dom(1, top)")
    assert "random(a: int, b: int): int" in hovered["contents"]["value"]

    (place,) = client.ask("definition", uri, DISK, "wait: gu|ess")
    assert DISK[offset_of(DISK, place["range"]["start"]) :].startswith("guess:\n    prompt")

    told = {"context": {"includeDeclaration": True}}
    assert len(client.ask("references", uri, DISK, "guess|es = 0", **told)) == 8
    told = {"context": {"includeDeclaration": False}}
    assert len(client.ask("references", uri, DISK, "guess|es = 0", **told)) == 7

    prepared = client.ask("prepareRename", uri, DISK, "user.ga|mes += 1")
    assert DISK[offset_of(DISK, prepared["start"]) : offset_of(DISK, prepared["end"])] == "games"
    edits = client.ask("rename", uri, DISK, "user.ga|mes += 1", newName="played")["changes"][uri]
    assert apply(DISK, edits) == DISK.replace("user.games", "user.played")
    with pytest.raises(RequestError, match="no name"):
        client.ask("rename", uri, DISK, "user.ga|mes += 1", newName="1 x")
    with pytest.raises(RequestError, match="no name here"):
        client.ask("prepareRename", uri, DISK, "猜数|字：")

    names = [each["name"] for each in client.request("textDocument/documentSymbol", {"textDocument": {"uri": uri}})]
    assert names == ["vars", "entities", "rules", "states", "tests"]
    shown = client.ask("signatureHelp", uri, DISK, "random(1,| top)")
    assert shown["activeParameter"] == 1


def test_an_unfinished_line_is_completed(client: LanguageClient, bot: Path) -> None:
    uri = client.open(bot)
    client.diagnostics(uri)
    text = DISK.replace("        if: n == answer\n", "        if: n == \n        re\n")
    client.change(uri, text)
    assert client.diagnostics(uri)
    labels = {each["label"] for each in client.ask("completion", uri, text, "        if: n == |\n")["items"]}
    assert {"n", "answer", "user"} <= labels
    labels = {each["label"] for each in client.ask("completion", uri, text, "        re|\n")["items"]}
    assert {"replies", "anywhere"} <= labels
    assert "reply" not in labels


def test_a_chinese_editor_is_answered_in_chinese(tmp_path: Path, bot: Path) -> None:
    with LanguageClient(tmp_path, locale="zh-cn", encodings=("utf-32",)) as client:
        assert client.capabilities["positionEncoding"] == "utf-32"
        uri = client.open(bot, "dialog: 1\nname: t\nrules:\n  😀: {wait: nowhere}\n")
        (found,) = client.diagnostics(uri)
        assert "没有名为" in found["message"]
        assert found["range"]["start"] == {"line": 3, "character": 12}
        hovered = client.request(
            "textDocument/hover", {"textDocument": {"uri": uri}, "position": {"line": 3, "character": 6}}
        )
        assert "在该状态中等待下一条消息" in hovered["contents"]["value"]


def test_imported_files_are_seen_as_the_editor_has_them(client: LanguageClient, tmp_path: Path) -> None:
    main, part = tmp_path / "main.yaml", tmp_path / "parts" / "faq.yaml"
    part.parent.mkdir()
    text = "dialog: 1\nname: t\nimports: [parts/faq.yaml]\nrules:\n  hi: {wait: later}\nfallback: hm\n"
    main.write_text(text)
    part.write_text("states:\n  ask: {otherwise: a}\n")
    uri = client.open(main)
    assert "DL101" in {each["code"] for each in client.diagnostics(uri)}
    changed = "states:\n  later: {otherwise: a}\n"
    other = client.open(part, changed)
    assert "DL101" not in {each["code"] for each in client.diagnostics(uri)}
    (place,) = client.ask("definition", uri, text, "wait: la|ter")
    assert place["uri"] == other
    renamed = client.ask("rename", other, changed, "la|ter", newName="soon")["changes"]
    assert renamed.keys() == {uri, other}
    client.close(other)
    assert "DL101" in {each["code"] for each in client.diagnostics(uri)}


def test_files_that_are_no_bots_are_left_alone(client: LanguageClient, bot: Path) -> None:
    other = client.open(bot.with_name("compose.yaml"), "services: {}\n")
    uri = client.open(bot)
    assert client.diagnostics(uri) == []
    assert not [each for each in client.unasked if (each.get("params") or {}).get("uri") == other]
    position = {"textDocument": {"uri": other}, "position": {"line": 0, "character": 0}}
    for method in ("completion", "hover", "definition", "signatureHelp", "prepareRename"):
        assert client.request(f"textDocument/{method}", position) is None
    assert client.request("textDocument/references", {**position, "context": {"includeDeclaration": True}}) is None
    assert client.request("textDocument/rename", {**position, "newName": "x"}) is None
    assert client.request("textDocument/documentSymbol", {"textDocument": {"uri": other}}) is None
    client.change(other, "dialog: 1\n")
    assert {each["code"] for each in client.diagnostics(other)} >= {"DL012"}


def test_a_closed_bot_has_no_findings_any_more(client: LanguageClient, bot: Path) -> None:
    uri = client.open(bot, "dialog: 1\n")
    assert client.diagnostics(uri)
    client.close(uri)
    cleared = client.wait_for(lambda each: each.get("method") == "textDocument/publishDiagnostics")
    assert (cleared["params"]["uri"], cleared["params"]["diagnostics"]) == (uri, [])


def test_without_pygls_it_says_how_to_install_it() -> None:
    code = "import sys; sys.modules['pygls'] = None; from interpreter.cli.lint import main; sys.exit(main())"
    for language, said in (("en", "needs pygls"), ("zh", "需要 pygls")):
        done = subprocess.run(
            [sys.executable, "-c", code, "--lsp", "--lang", language],
            capture_output=True,
            check=False,
            encoding="utf-8",
        )
        assert done.returncode == 2
        assert said in done.stderr
        assert "pip install" in done.stderr


def test_linting_loads_nothing_of_the_server(bot: Path) -> None:
    code = (
        "import sys; from interpreter.cli.lint import main; main();"
        "print([name for name in sys.modules if name.partition('.')[0] in ('pygls', 'lsprotocol')])"
    )
    done = subprocess.run([sys.executable, "-c", code, str(bot)], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
