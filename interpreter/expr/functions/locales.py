"""Which of its languages a function speaks to the user."""

from __future__ import annotations

from interpreter.expr.env import Env


def is_chinese(env: Env) -> bool:
    """Whether the user reads Chinese; English is spoken to everyone else."""
    return env.locale.partition("-")[0].partition("_")[0].lower() == "zh"
