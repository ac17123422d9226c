"""Tests mirror the package: tests/<package>/test_<module>.py tests interpreter/<package>/<module>.py."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "interpreter"
TOPICS = {"encryption", "contract", "cases", "examples", "fuzz", "state_machine"}
"""Test files that are about a whole package rather than one module of it."""
MIRRORED = sorted(
    path
    for path in (ROOT / "tests").rglob("test_*.py")
    if path.parent != ROOT / "tests" and (PACKAGE / path.parent.relative_to(ROOT / "tests")).is_dir()
)


@pytest.mark.parametrize("path", MIRRORED, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_test_file_is_named_after_the_module_it_tests(path: Path) -> None:
    name = path.stem.removeprefix("test_")
    folder = PACKAGE / path.parent.relative_to(ROOT / "tests")
    assert name in TOPICS or (folder / f"{name}.py").exists() or (folder / name).is_dir()


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_grows_beyond_a_screenful_of_screens(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 450


def test_packages_hold_only_a_docstring() -> None:
    for path in PACKAGE.rglob("*/__init__.py"):
        text = path.read_text(encoding="utf-8").strip()
        assert text.startswith(('"""', 'r"""')), path
        assert text.endswith('"""'), path
