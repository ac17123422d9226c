from __future__ import annotations

from interpreter.runtime.seeds import fresh_seed


def test_seeds_differ() -> None:
    assert len({fresh_seed() for _ in range(100)}) == 100
