from __future__ import annotations

from interpreter.catalogue.methods import families
from interpreter.catalogue.topics import TOPICS


def test_every_family_is_about_something() -> None:
    assert tuple(sorted(TOPICS)) == families()
