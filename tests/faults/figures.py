"""What fault tests measured, collected for docs/reliability.md, and how long they may take.

With DIALOG_FAULTS=long the tests run at full length (`make fault`); without, each in a few seconds. A count that takes
long can be set on its own: `DIALOG_FAULTS_KILLS=50`.
"""

from __future__ import annotations

import json
import os
from pathlib import Path


def is_long() -> bool:
    """Whether the tests run at full length."""
    return os.environ.get("DIALOG_FAULTS") == "long"


def amount(name: str, *, short: float, full: float) -> float:
    """How much of something: a short run's or a full one's, or what the environment says."""
    written = os.environ.get(f"DIALOG_FAULTS_{name.upper()}")
    if written:
        return float(written)
    return full if is_long() else short


def figures(row: int | str, what: str, **measured: float | str) -> None:
    """Note what a test measured, if somebody collects it; `row` is the number of a fault, or `input 3`."""
    folder = os.environ.get("DIALOG_FIGURES")
    if folder:
        number = f"{row:02d}" if isinstance(row, int) else row.replace(" ", "-")
        path = Path(folder) / f"{number}-{''.join(c if c.isalnum() else '-' for c in what)}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        noted = {"row": row, "what": what, "measured": measured}
        path.write_text(json.dumps(noted, ensure_ascii=False), encoding="utf-8")
