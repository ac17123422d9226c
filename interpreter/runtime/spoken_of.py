"""Whose turn it is, for whoever writes something down: users are not named in a log."""

from __future__ import annotations

from contextvars import ContextVar

spoken_of: ContextVar[str] = ContextVar("spoken_of", default="")
"""The user a task works for: whoever runs in its context does not write the name down."""
