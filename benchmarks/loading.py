"""Loading: from the bytes of a bot of 10,000 rules to a program, beside ruamel.yaml's round-trip loader on the file.

    python benchmarks/loading.py [--quick]

Processor seconds of whole processes, less those of a process that only imports the same libraries; the two sides take
turns. `cached` is the same with the compiled form that an earlier run has left.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
from pathlib import Path

from lint import cpu_seconds, write_bot

PYTHON = sys.executable
OURS = "import sys, interpreter; from interpreter.cli.loading import load; "
CACHED = "import sys, interpreter.compiler.storing; from interpreter.cli.caching import CacheFolder, Path, ready_bot; "
TAKE = "ready_bot(Path(sys.argv[1]), CacheFolder(Path(sys.argv[2]))).program.name"
HIT = f"{TAKE}; assert 'interpreter.check' not in sys.modules"
THEIRS = "import sys; from ruamel.yaml import YAML; loader = YAML(); "


def run(*, quick: bool) -> dict[str, float]:
    """Seconds of each side, their ratio, and how much memory ours took; the same from the compiled cache."""
    pairs: list[tuple[float, float, float, float]] = []
    with tempfile.TemporaryDirectory() as folder:
        bot, cache = Path(folder) / "bot.yaml", str(Path(folder) / "cache")
        write_bot(bot, 10_000)
        for _ in range(1 if quick else 5):
            cpu_seconds([PYTHON, "-c", f"{CACHED}{TAKE}", str(bot), cache])
            ours, memory = cpu_seconds([PYTHON, "-c", f"{OURS}interpreter.compile_file(sys.argv[1])", str(bot)])
            theirs, _ = cpu_seconds([PYTHON, "-c", f"{THEIRS}loader.load(open(sys.argv[1], 'rb'))", str(bot)])
            cached, _ = cpu_seconds([PYTHON, "-c", f"{CACHED}{HIT}", str(bot), cache])
            ours -= cpu_seconds([PYTHON, "-c", OURS])[0]
            theirs -= cpu_seconds([PYTHON, "-c", THEIRS])[0]
            cached -= cpu_seconds([PYTHON, "-c", CACHED])[0]
            pairs.append((ours, theirs, cached, memory))
    mine, other, kept, memory = (statistics.median(column) for column in zip(*pairs, strict=True))
    return {
        "compile_s": mine,
        "ruamel_s": other,
        "ratio": statistics.median(ours / theirs for ours, theirs, _, _ in pairs),
        "peak_mb": memory,
        "cached_s": kept,
        "cached_ratio": statistics.median(cached / theirs for _, theirs, cached, _ in pairs),
    }


if __name__ == "__main__":
    json.dump(run(quick="--quick" in sys.argv), sys.stdout, indent=1)
    print()
