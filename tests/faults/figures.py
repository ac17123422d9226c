"""What fault tests measured, collected for docs/reliability.md, and how long they may take.

With DIALOG_FAULTS=long the tests run at full length (`make fault`); without, each in a few seconds. What takes hours
runs for some minutes then, and to its end with DIALOG_FAULTS=soak (`make soak`). A count that takes long can be set on
its own: `DIALOG_FAULTS_KILLS=50`.
"""

from __future__ import annotations

import json
import os
from pathlib import Path


def is_long() -> bool:
    """Whether the tests run at full length."""
    return os.environ.get("DIALOG_FAULTS") in {"long", "soak"}


def is_soak() -> bool:
    """Whether even those run at full length that take hours."""
    return os.environ.get("DIALOG_FAULTS") == "soak"


def amount(name: str, *, short: float, full: float, soak: float | None = None) -> float:
    """How much of something: a short run's or a full one's, or what the environment says.

    Of what takes hours, `full` is the part that is run at other times than those of a soak.
    """
    written = os.environ.get(f"DIALOG_FAULTS_{name.upper()}")
    if written:
        return float(written)
    if soak is not None and is_soak():
        return soak
    return full if is_long() else short


def figures(row: int | str, what: str, **measured: float | str) -> None:
    """Note what a test measured, if somebody collects it; `row` is the number of a fault, or `input 3`."""
    number = f"{row:02d}" if isinstance(row, int) else row.replace(" ", "-")
    _note(f"{number}-{what}", {"row": row, "what": what, "measured": measured})


def failed(test: str) -> None:
    """Note that a test has failed, if somebody collects figures."""
    _note(f"failed-{test}", {"failed": test})


def _note(name: str, noted: object) -> None:
    folder = os.environ.get("DIALOG_FIGURES")
    if folder:
        path = Path(folder) / f"{''.join(c if c.isalnum() else '-' for c in name)[-200:]}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(noted, ensure_ascii=False), encoding="utf-8")
