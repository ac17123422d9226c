"""Routines, operations, variables, and the program that holds them all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from msgspec import Struct

from interpreter.expr.env import Closure, TextClosure
from interpreter.program.instructions import Instruction, Target
from interpreter.program.media import MediaFile
from interpreter.program.menu import MenuPlan
from interpreter.program.names import Names, Place, RoutineName, StateName
from interpreter.program.replies import ReplyPlan
from interpreter.program.rules import DomainTable, RuleList, RuleTable, StateTable


class Routine(Struct, frozen=True, gc=False):
    """A compiled list of steps. `places` runs beside `code`."""

    name: RoutineName
    code: tuple[Instruction, ...]
    places: tuple[Place, ...]
    sites: Mapping[str, int]
    """Instruction of each site."""
    parameters: tuple[tuple[str, Closure | None, Target], ...] = ()
    """Of a flow: name, default, and where it goes (with its type)."""
    says: ReplyPlan | None = None
    """The reply of a routine that says one and does nothing else, as most do."""


class OperationTable(Struct, frozen=True, gc=False):
    """One HTTP operation; every closure sees its arguments as locals, and `env`."""

    service: str
    name: str
    method: str
    base: TextClosure
    """The service's address; only its host may be reached. It reads nothing but `env`."""
    path: TextClosure
    """What follows the address, its values percent-encoded."""
    query: tuple[tuple[str, TextClosure], ...]
    headers: tuple[tuple[str, TextClosure], ...]
    json: Closure | None
    form: tuple[tuple[str, TextClosure], ...] | None
    timeout: timedelta
    retry: int
    cache: timedelta | None
    private: bool
    pick: Closure | None
    """Sees `status`, `headers`, `body` as locals."""
    mock: Closure | None
    """Gives a map with some of `status`, `headers`, `body`, `timeout`."""
    parameters: tuple[tuple[str, Closure | None, Target], ...]


class VariableTable(Struct, frozen=True, gc=False):
    """A declared variable. `default` is evaluated when the session (or the user) is new."""

    name: str
    default: Closure | None
    is_optional: bool
    target: Target
    place: Place | None = None
    """Where it is declared."""


@dataclass(frozen=True, slots=True)
class Program:
    """A compiled bot. Enough to run it; nothing of YAML, schema or grammar is needed any more."""

    name: str
    version: str
    locales: tuple[str, ...]
    timezone: str
    session_idle: timedelta
    variables: tuple[VariableTable, ...]
    """Conversation variables."""
    user_variables: tuple[VariableTable, ...]
    """User variables, without the `user.`."""
    routines: Mapping[RoutineName, Routine]
    root: RuleList
    """`rules`, then the menu's."""
    anywhere: RuleList
    """The root rules with `anywhere`, in document order."""
    rules: Mapping[RoutineName, RuleTable]
    """Every rule of the bot by its routine."""
    states: Mapping[StateName, StateTable]
    domains: Mapping[str, DomainTable]
    operations: Mapping[str, OperationTable]
    """By `service.operation`."""
    texts: Mapping[str, ReplyPlan]
    choice: TextClosure | None
    before: RoutineName | None
    after: RoutineName | None
    failure: RoutineName | None
    fallback: RoutineName | None
    fallback_by_message: Mapping[str, RoutineName] | None
    edition: str = ""
    """What the program was made from, hashed: sessions that began under another one are looked over."""
    timers: Names = field(default_factory=Names)
    """States and questions (`flows.survey/age`) whose timeout does something in the world: it comes by itself."""
    needs_api: bool = False
    """Whether anything in it is for WeChat's API to do: messages of its own, calls, files to upload."""
    renamed: Mapping[str, str] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)
    """The environment `env.NAME` reads; the shell fills it in, with what the bot names only."""
    env_names: Names = field(default_factory=Names)
    """The names the bot reads."""
    menu: MenuPlan | None = None
    """The custom menu, if the bot has one."""
    media: Mapping[str, MediaFile] = field(default_factory=dict)
    """The files that replies send by their names."""
