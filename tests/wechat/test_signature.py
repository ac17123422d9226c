from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

import interpreter.wechat.signature as module
from interpreter.wechat.errors import SignatureMismatch
from interpreter.wechat.signature import check_signature, check_time, sign

VECTORS = json.loads((Path(__file__).parents[1] / "data" / "wechat" / "signatures.json").read_text("utf-8"))
SIGNED = {
    "signature": "f21891de399b4e33a1a93c9a7b8a8fffb5a443ff",
    "timestamp": "1410685589",
    "nonce": "test",
}


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: str(vector["id"]))
def test_published_signatures_come_out(vector: dict[str, dict[str, list[str] | str]]) -> None:
    given = vector["input"]
    parts = given.get("values") or given.values()
    assert sign(*parts) == vector["expected"]  # type: ignore[arg-type]


def test_a_good_signature_passes() -> None:
    check_signature("test", SIGNED)


def reason(query: dict[str, str], token: str) -> str:
    with pytest.raises(SignatureMismatch) as refused:
        check_signature(token, query)
    return str(refused.value)


@pytest.mark.parametrize("name", ["signature", "timestamp", "nonce"])
@pytest.mark.parametrize("value", [None, ""])
def test_a_missing_parameter_is_named(name: str, value: str | None) -> None:
    query = {**SIGNED, name: value or ""}
    if value is None:
        del query[name]
    assert f"has no {name} – this" in reason(query, "test")


@pytest.mark.parametrize(
    "change",
    [
        {"signature": SIGNED["signature"].upper()},
        {"signature": SIGNED["signature"][:-1]},
        {"signature": SIGNED["signature"] + " "},
        {"signature": "签名"},
        {"signature": "\ud800"},
        {"signature": "0" * 40},
        {"timestamp": "1410685590"},
        {"timestamp": " 1410685589"},
        {"nonce": "Test"},
        {"nonce": "\udcff"},
        {"timestamp": "test", "nonce": "141068558"},
    ],
    ids=str,
)
def test_a_wrong_signature_is_refused(change: dict[str, str]) -> None:
    assert "differs from the token of this bot" in reason({**SIGNED, **change}, "test")


def test_another_token_is_refused() -> None:
    assert "differs from the token" in reason(SIGNED, "Test")


def test_the_order_of_the_signed_texts_does_not_matter() -> None:
    swapped = {**SIGNED, "timestamp": SIGNED["nonce"], "nonce": SIGNED["timestamp"]}
    check_signature("test", swapped)


def test_the_reason_is_said_in_chinese_too() -> None:
    with pytest.raises(SignatureMismatch) as refused:
        check_signature("other", SIGNED)
    assert refused.value.reason.zh.startswith("签名不符")


@pytest.mark.parametrize("now", [1410685589 - 300, 1410685589, 1410685589 + 300])
def test_a_request_of_now_passes(now: int) -> None:
    check_time(SIGNED, now)


@pytest.mark.parametrize(("now", "word"), [(1410685589 - 301, "in the future"), (1410685589 + 301, "ago")])
def test_an_old_or_future_request_is_refused(now: int, word: str) -> None:
    with pytest.raises(SignatureMismatch, match=f"301 s {word}"):
        check_time(SIGNED, now)


@pytest.mark.parametrize("timestamp", ["", "test", "1e9", "-1", "１２", "9" * 400])
def test_a_time_that_is_none_is_refused(timestamp: str) -> None:
    with pytest.raises(SignatureMismatch, match="not a number of seconds"):
        check_time({"timestamp": timestamp}, 0)


def test_signatures_are_compared_in_constant_time_only() -> None:
    tree = ast.parse(Path(module.__file__).with_name("signature.py").read_text("utf-8"))
    compared = [node for node in ast.walk(tree) if isinstance(node, ast.Compare)]
    assert not any("signature" in ast.unparse(node) or "expected" in ast.unparse(node) for node in compared)
