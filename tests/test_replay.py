"""The machine says the same again: in another process, with other hash seeds, byte for byte."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from support.replays import CHUNK, digests

TESTS = Path(__file__).parent
CONVERSATIONS = 10_000 if os.environ.get("DIALOG_LONG") else 400


def replayed(hash_seed: int) -> list[str]:
    environment = {**os.environ, "PYTHONHASHSEED": str(hash_seed), "PYTHONPATH": f"{TESTS}{os.pathsep}{TESTS.parent}"}
    command = [sys.executable, "-m", "support.replays", str(CONVERSATIONS)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, cwd=TESTS)
    return done.stdout.split()


def test_random_conversations_are_replayed_byte_for_byte() -> None:
    first = list(digests(CONVERSATIONS))
    assert len(set(first)) == CONVERSATIONS // CHUNK
    assert replayed(1) == first
    assert replayed(2) == first
