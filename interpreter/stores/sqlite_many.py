"""Writing many rows with few statements.

What costs most is not a row but a statement, at each of which the thread must wait for the interpreter's lock again.
"""

from __future__ import annotations

import sqlite3
from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache

_SIZES = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64)
"""Rows of the statements that are kept prepared; the values of the largest are fewer than the 999 any SQLite takes."""


def insert(connection: sqlite3.Connection, table: str, columns: str, values: Sequence[object], tail: str = "") -> None:
    """Write rows, whose values follow each other, with as few statements as there can be; the first column is not NULL.

    What is left over of a statement is filled with NULL.
    """
    width = columns.count(",") + 1
    most = _SIZES[-1] * width
    for begin in range(0, len(values), most):
        part = values[begin : begin + most]
        size = _SIZES[bisect_left(_SIZES, len(part) // width)]
        connection.execute(_statement(table, columns, size, tail), (*part, *(None,) * (size * width - len(part))))


@lru_cache
def _statement(table: str, columns: str, rows: int, tail: str) -> str:
    """A statement that writes up to so many rows; those that begin with NULL are left out."""
    row = f"({', '.join('?' * len(columns.split(',')))})"
    every = f"VALUES {', '.join([row] * rows)}"
    if rows > 1:
        every = f"SELECT * FROM ({every}) WHERE column1 IS NOT NULL"  # noqa: S608 - fixed text
    return f"INSERT INTO {table} ({columns}) {every} {tail}"
