"""The names of places are those of the compiled program, for every bot that we have."""

from pathlib import Path

import pytest
from support.bots import compile_path

from interpreter.check.waiting import owners, routines, sites

ROOT = Path(__file__).parents[2]
BOTS = sorted([*ROOT.glob("bots/*/bot.yaml"), *ROOT.glob("examples/*.yaml"), *ROOT.glob("tests/data/language/*.yaml")])


@pytest.mark.parametrize("path", BOTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_places_have_the_names_of_the_program(path: Path) -> None:
    compiled = compile_path(path)
    assert compiled.bot is not None
    assert compiled.program is not None
    found = {routine.name: [site.name for site in sites(routine)] for routine in routines(compiled.bot)}
    program = {name: list(routine.sites) for name, routine in compiled.program.routines.items()}
    assert {name: names for name, names in found.items() if names} == {
        n: names for n, names in program.items() if names
    }
    assert {path for path, owner in owners(compiled.bot).items() if owner.kind == "state"} == set(
        compiled.program.states
    )
