"""Every method of the catalogue on the wire: method, host, path, query and body, as the platform sees them."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from fakes.api import Api
from fakes.platform import Call
from support.api_values import NamedFile, arguments_for, written_calls
from yarl import URL

from interpreter.catalogue.methods import Method, every_method, find_method
from interpreter.wechat.api.errors import ApiError

SENT = [method for method in every_method() if method.verb != "LOCAL" and "official" in method.accounts]
CASES = written_calls()


@pytest.mark.parametrize("only_required", [False, True], ids=["everything", "required"])
async def test_every_official_method_goes_out_as_the_catalogue_says(
    api: Api, tmp_path: Path, only_required: bool
) -> None:
    for method in SENT:
        arguments = arguments_for(method, tmp_path, only_required=only_required)
        await _call(api, method, arguments)
        seen = api.platform.calls[-1]
        assert (seen.verb, seen.host) == (method.verb, method.host)
        assert len(seen.path.split("/")) == len(method.path.split("/")), method.full_name
        names = {field.name for field in method.query} | ({"access_token"} if method.takes_token else set())
        assert ("access_token" in seen.query) == ("access_token" in names), method.full_name
        assert set(seen.query) <= names
    assert api.platform.misshapen == []
    assert len(api.platform.calls) >= len(SENT)


async def test_every_method_of_wecom_goes_out_as_the_catalogue_says(api: Api, tmp_path: Path) -> None:
    for method in every_method():
        if method.verb != "LOCAL" and "official" not in method.accounts:
            await _call(api, method, arguments_for(method, tmp_path))
    assert api.platform.misshapen == []


async def _call(api: Api, method: Method, arguments: dict[str, object]) -> None:
    with contextlib.suppress(ApiError):  # the platform may know nobody of that name
        await api.client.call(method.full_name, arguments, closed=True)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['call']}")
async def test_a_call_goes_out_as_somebody_wrote_it_down(api: Api, tmp_path: Path, case: dict[str, Any]) -> None:
    given = {name: _written_file(value, tmp_path) for name, value in case.get("with", {}).items()}
    with contextlib.suppress(ApiError):
        await api.client.call(case["call"], given, closed=case.get("closed", False))
    seen = api.platform.calls[-1]
    expected = URL(f"http://{case['sends'].partition(' ')[2]}")
    query = dict(seen.query)
    if case.get("token", True):
        assert query.pop("access_token") in api.platform.tokens
    assert f"{seen.verb} {seen.host}{seen.path}" == f"{case['sends'].partition(' ')[0]} {expected.host}{expected.path}"
    assert query == dict(expected.query)
    if "json" in case:
        assert json.loads(seen.body) == case["json"]
        assert b"\\u" not in seen.body
    elif "text" in case:
        assert seen.body.decode() == case["text"]
    elif "parts" in case:
        assert seen.parts is not None
        assert {name: _shown(seen, name) for name in seen.parts} == case["parts"]
    else:
        assert seen.body == b""


def test_every_method_of_the_base_is_written_down() -> None:
    written = {find_method(case["call"]) for case in CASES}
    assert [method.full_name for method in SENT if method.is_core and method not in written] == []


def _shown(seen: Call, name: str) -> str:
    assert seen.parts is not None
    file = seen.names[name]
    return seen.parts[name].decode() if file.startswith("None") else file


def _written_file(value: object, folder: Path) -> object:
    if not isinstance(value, NamedFile):
        return value
    path = folder / value.name
    path.write_text("a file", encoding="utf-8")
    return path
