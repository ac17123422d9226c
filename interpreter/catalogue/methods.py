"""The methods of WeChat's API, read from the catalogue's files when somebody asks.

A family is a file, and only the families that are asked for are read.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

from msgspec import Struct

from interpreter.catalogue.fields import Field, read_fields
from interpreter.diagnostics.suggest import near_names, nearest
from interpreter.diagnostics.wording import Wording

_FOLDER = Path(__file__).parent / "methods"
API_HOST = "api.weixin.qq.com"
ACCOUNTS = frozenset(("official", "wecom"))
"""The types of accounts."""

Fate = Literal["open", "marked", "closed"]
"""`marked`: it still works, and there is something better. `closed`: WeChat refuses it, so it is not sent."""


class Pages(Struct, frozen=True):
    """How a list goes on: the parameter that asks for the next page, and where in an answer the items are."""

    parameter: str
    items: tuple[str, ...]


class Follow(Struct, frozen=True):
    """How to learn what becomes of work that was only accepted: which method to ask, and what its answers mean."""

    ask: str
    by: str
    """What of the first answer the method is asked about."""
    look: str
    """Where in its answers the state is."""
    going: tuple[str, ...]
    """States in which it goes on."""
    done: tuple[str, ...]
    """States in which it is done; in all others it has failed."""
    ends: tuple[tuple[str, Wording], ...]
    """What those others mean."""


class Method(Struct, frozen=True):
    """One method: how its request looks, and what is known about calling it."""

    family: str
    name: str
    verb: Literal["GET", "POST", "LOCAL"]
    """`LOCAL` is computed here and calls nobody."""
    host: str
    path: str
    """May hold `{name}` for a parameter."""
    sends: Literal["none", "json", "multipart", "raw", "xml"]
    takes_token: bool
    """Whether the account's access token belongs into the query."""
    query: tuple[Field, ...]
    body: tuple[Field, ...]
    gives: tuple[str, ...]
    is_binary: bool
    """Whether the answer may be a file."""
    errors: tuple[int, ...]
    accounts: frozenset[str]
    """`official`, `wecom` or both."""
    is_core: bool
    is_brief: bool
    """Whether only names are known for sure; further parameters go through as they are."""
    fate: Fate
    reason: str
    instead: str | None
    is_idempotent: bool
    """Whether it may be called again when nobody knows if it was done."""
    guard: str | None
    """The parameter by which WeChat recognizes a repeated call."""
    reach: Literal["many", "destroys", "pays"] | None
    needs: str | None
    """What an account needs for it; see `rights`."""
    daily: int | None
    """Calls a day, where the number is the same for every account."""
    pages: Pages | None
    content: str | None
    """The parameter whose value is the name of another one, which holds the content."""
    follow: Follow | None
    """For work that goes on after it was accepted."""
    also: tuple[str, ...]
    note: Wording | None

    @property
    def full_name(self) -> str:
        """`family.name`."""
        return f"{self.family}.{self.name}"

    @property
    def path_names(self) -> tuple[str, ...]:
        """The parameters in its path."""
        return tuple(part[1:-1] for part in self.path.split("/") if part.startswith("{"))


@cache
def families() -> tuple[str, ...]:
    """The names of all families."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.json")))


@cache
def family(name: str) -> Mapping[str, Method]:
    """The methods of a family by name; nothing for a family that is unknown."""
    if name not in families():
        return {}
    written = json.loads((_FOLDER / f"{name}.json").read_bytes())
    return {method: _method(name, method, entry) for method, entry in written.items()}


def every_method() -> tuple[Method, ...]:
    """All of them, family by family."""
    return tuple(method for name in families() for method in family(name).values())


def find_method(full_name: str) -> Method | None:
    """The method that is called `family.name`, or by another of its names."""
    group, _, name = full_name.partition(".")
    methods = family(group)
    return methods.get(name) or next((method for method in methods.values() if name in method.also), None)


def offered(accounts: Collection[str] = ACCOUNTS) -> Mapping[str, tuple[Method, ...]]:
    """The methods that accounts of some types have, by family; families of which they have none are left out."""
    every = {
        name: tuple(method for method in family(name).values() if not method.accounts.isdisjoint(accounts))
        for name in families()
    }
    return {name: methods for name, methods in every.items() if methods}


def suggest_method(full_name: str, accounts: Collection[str] = ACCOUNTS) -> str | None:
    """The name of a method that was probably meant, among those that accounts of some types have."""
    group, _, name = full_name.partition(".")
    known = offered(accounts)
    meant = group if group in known else nearest(group, known)
    if meant is not None and name:
        names = [other for method in known[meant] for other in (method.name, *method.also)]
        found = nearest(name, names) or next(iter(near_names(name, names, 1)), None)
        return f"{meant}.{found}" if found else None
    words = full_name.replace(".", "_")
    return nearest(words, (method.full_name for methods in known.values() for method in methods))


def _method(group: str, name: str, entry: Mapping[str, Any]) -> Method:
    verb, _, path = entry["call"].partition(" ")
    account = entry.get("account", "official")
    note, pages = entry.get("note"), entry.get("pages")
    return Method(
        family=group,
        name=name,
        verb=verb,
        host=entry.get("host", API_HOST),
        path=path,
        sends=entry.get("send", "none"),
        takes_token=entry.get("token", False),
        query=read_fields(entry.get("query", {})),
        body=read_fields(entry.get("body", {})),
        gives=tuple(entry.get("gives", ())),
        is_binary=entry.get("binary", False),
        errors=tuple(entry.get("errors", ())),
        accounts=ACCOUNTS if account == "both" else frozenset((account,)),
        is_core=entry.get("core", False),
        is_brief=entry.get("brief", False),
        fate=entry.get("fate", "open"),
        reason=entry.get("reason", ""),
        instead=entry.get("instead"),
        is_idempotent=entry.get("idempotent", False),
        guard=entry.get("guard"),
        reach=entry.get("reach"),
        needs=entry.get("needs"),
        daily=entry.get("daily"),
        pages=Pages(pages.split()[0], tuple(pages.split()[1].split("."))) if pages else None,
        content=entry.get("content"),
        follow=_follow(entry["follow"]) if "follow" in entry else None,
        also=tuple(entry.get("also", ())),
        note=Wording(*note) if note else None,
    )


def _follow(entry: Mapping[str, Any]) -> Follow:
    ends = tuple((state, Wording(*said)) for state, said in entry["ends"].items())
    return Follow(entry["ask"], entry["by"], entry["look"], tuple(entry["going"]), tuple(entry["done"]), ends)
