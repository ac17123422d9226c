"""Holds the branch coverage of floors 0 to 4 against its floor; run by `make coverage` after the tests."""

import io
import sys

import coverage

FLOOR = 95.0
PACKAGES = (
    "values.py",
    "source/*",
    "diagnostics/*",
    "types/*",
    "expr/*",
    "patterns/*",
    "dialog/*",
    "check/*",
    "program/*",
    "compiler/*",
    "machine/*",
)


def main() -> int:
    """Print the coverage of every package of these floors; 1 when one is below the floor."""
    measured = coverage.Coverage()
    measured.load()
    failed = False
    for package in PACKAGES:
        total = measured.report(include=[f"interpreter/{package}"], file=io.StringIO())
        failed |= total < FLOOR
        sys.stdout.write(f"{package:<16} {total:6.2f} %  {'ok' if total >= FLOOR else f'below {FLOOR:g}'}\n")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
