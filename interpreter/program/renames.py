"""Names that sessions remember, in a bot that calls things otherwise now.

`renamed` gives new names: of a state or a flow (`ask_name: name`, `states.ask_name: states.name`), of a rule that waits
(`rules.old: rules.new`), or of one question (`survey/age: survey/years`). What stands inside something that was
renamed moves along with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from interpreter.program.names import RoutineName, Site, StateName
from interpreter.program.rules import StateTable
from interpreter.program.tables import Program, Routine

_CALL = "call "
_BARE = ("states.", "flows.")
"""What may be left out in `renamed`."""
_KINDS = (*_BARE, "rules.", "menu.", "domains.")


def find_state(program: Program, name: str) -> StateTable | None:
    """The state that a session remembers; None when there is none any more."""
    states = program.states
    if program.renamed:
        name = current_name(name, program.renamed, lambda known: known in states)
    return states.get(StateName(name))


def find_routine(program: Program, name: str) -> Routine | None:
    """The routine that a session remembers."""
    routines = program.routines
    current = current_name(name, program.renamed, lambda known: known in routines)
    return routines.get(RoutineName(current))


def find_site(program: Program, routine: str, site: str) -> tuple[Routine, int] | None:
    """The routine, and the instruction in it, where a session stands that remembers a routine and a site in it."""
    if program.renamed:
        known = current_name(f"{routine}/{site}", program.renamed, lambda name: _split(program, name) is not None)
        found = _split(program, known) or _split(program, _renamed_call(program, known))
        if found is not None:
            return found
    current = find_routine(program, routine)
    if current is None:
        return None
    pc = current.sites.get(Site(site))
    return (current, pc) if pc is not None else None


def current_name(name: str, renamed: Mapping[str, str], exists: Callable[[str], bool]) -> str:
    """What a name is now; a new name that is gone as well may have been renamed again."""
    if not renamed:
        return name
    seen = {name}
    while (new := _renamed_once(name, renamed)) is not None and new not in seen:
        name = new
        if exists(name):
            break
        seen.add(name)
    return name


def _renamed_once(name: str, renamed: Mapping[str, str]) -> str | None:
    """The name with its longest part that has a new name replaced; None when none has."""
    for part in _parts(name):
        kind = next((kind for kind in _BARE if part.startswith(kind)), "")
        new = renamed.get(part)
        if new is None and kind:
            new = renamed.get(part.removeprefix(kind))
        if new is not None:
            return (new if new.startswith(_KINDS) else kind + new) + name[len(part) :]
    return None


def _parts(name: str) -> Iterator[str]:
    """The name, and what comes before each of its slashes, the longest first."""
    end = len(name)
    while end > 0:
        yield name[:end]
        end = name.rfind("/", 0, end)


def _split(program: Program, name: str) -> tuple[Routine, int] | None:
    """The routine and the instruction of a place by its whole name: `flows.survey/age`."""
    for part in _parts(name):
        routine = program.routines.get(RoutineName(part))
        pc = routine.sites.get(Site(name[len(part) + 1 :])) if routine else None
        if routine is not None and pc is not None:
            return routine, pc
    return None


def _renamed_call(program: Program, name: str) -> str:
    """The name of a place that waits for a flow, where the flow has another name now."""
    place, slash, call = name.rpartition(f"/{_CALL}")
    flow, hash, number = call.partition("#")
    routines = program.routines
    current = current_name(f"flows.{flow}", program.renamed, lambda known: known in routines)
    return f"{place}{slash}{current.removeprefix('flows.')}{hash}{number}"
