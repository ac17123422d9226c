"""How long it takes to lint a large bot, beside yamllint on the same file; in CPU seconds of whole processes.

    make benchmarks              or: python benchmarks/lint.py [RULES …]

Both are run in turn, A B A B …, so that a machine that slows down slows both; the ratio is the median of the pairs.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROUNDS = 5
OURS = [sys.executable, "-c", "from interpreter.cli.commands import lint; lint()"]
"""As `dialog-lint` does it."""
HEAD = ["dialog: 1", "name: big", "locales: [zh, en]", "vars: {n: int = 0, user.vip: bool = false}", "rules:"]
TAIL = ["  how many: {pattern: 多少张, reply: '$(n) 张'}", "fallback: 没听懂"]


def write_bot(path: Path, rules: int) -> None:
    """A bot with as many rules, of five kinds in turn."""
    lines = list(HEAD)
    for number in range(rules):
        lines += KINDS[number % len(KINDS)](number)
    path.write_text("\n".join([*lines, *TAIL]) + "\n", encoding="utf-8")


def _exact(number: int) -> list[str]:
    return [
        f"  rule {number}:",
        f"    description: 第 {number} 条，发送命令 {number} 就能看到",
        f"    pattern: =命令{number}",
        "    reply: |",
        f"      这是第 {number} 条回复，一共有两行字，",
        "      第二行在这里，谢谢您的耐心。",
    ]


def _phrase(number: int) -> list[str]:
    return [
        f"  rule {number}:",
        f"    description: 提到关键词 {number} 号的时候回答",
        f"    pattern: 关键词{number}号",
        "    reply:",
        f"      - 回复甲，关于第 {number} 号",
        f"      - 回复乙，关于第 {number} 号",
    ]


def _regex(number: int) -> list[str]:
    return [
        f"  rule {number}:",
        f"    description: 查询 {number}，后面跟上要查的内容",
        rf"    pattern: /^查询{number}\s*(?<q>.+)$/i",
        "    reply:",
        "      zh: 您要查询的内容是 $(q)，请稍等",
        "      en: You are looking for $(q), one moment please",
    ]


def _slot(number: int) -> list[str]:
    return [
        f"  rule {number}:",
        f"    description: 预订 {number} 号演出的票",
        f"    pattern: 订<count:int>张{number}号票",
        f"    if: count > 0 and count < {number % 90 + 10}",
        "    set: n += count",
        "    reply: {zh: 好的，$(count) 张, en: " + "'Very well, $(count) tickets'}",
    ]


def _event(number: int) -> list[str]:
    return [
        f"  rule {number}:",
        "    event: scan",
        f"    key: KEY_{number}",
        "    do:",
        "      - if: user.vip",
        f"        then: [{{reply: 贵宾您好，这里是 {number} 号柜台}}]",
        f"        else: [{{reply: 您好，这里是 {number} 号柜台}}]",
    ]


KINDS = (_exact, _phrase, _regex, _slot, _event)


def cpu_seconds(command: list[str]) -> tuple[float, float]:
    """CPU seconds and peak memory in MB of one run."""
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}  # each side may keep its byte code
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def figures(rules: int, rounds: int = ROUNDS) -> tuple[float, float, float, float]:
    """CPU seconds and memory in MB of ours, CPU seconds of yamllint, and the ratio, for a bot of some size."""
    yamllint = shutil.which("yamllint", path=str(Path(sys.executable).parent))
    with tempfile.TemporaryDirectory() as folder:
        bot = Path(folder) / "bot.yaml"
        write_bot(bot, rules)
        ours = [*OURS, str(bot)]
        pairs = []
        for _ in range(rounds):
            mine = cpu_seconds(ours)
            theirs = cpu_seconds([yamllint, "-d", "relaxed", str(bot)])[0] if yamllint else float("nan")
            pairs.append((*mine, theirs))
    seconds, memory, other = (statistics.median(column) for column in zip(*pairs, strict=True))
    return seconds, memory, other, statistics.median(mine / theirs for mine, _, theirs in pairs)


def ratio(rules: int, rounds: int) -> float:
    """Our time as a part of yamllint's."""
    return figures(rules, rounds)[3]


def small_ratio(rounds: int) -> float:
    """Our time for a bot of 300 lines, as a multiple of what Python takes to start and import two of our libraries."""
    bare = [sys.executable, "-c", "import lark, lxml.etree"]
    with tempfile.TemporaryDirectory() as folder:
        bot = Path(folder) / "bot.yaml"
        write_bot(bot, 48)
        cpu_seconds([*OURS, str(bot)])  # so that its byte code is there
        pairs = [(cpu_seconds([*OURS, str(bot)])[0], cpu_seconds(bare)[0]) for _ in range(rounds)]
    return statistics.median(mine / theirs for mine, theirs in pairs)


def main(sizes: list[int]) -> None:
    """Print a line for each size."""
    print(f"{'rules':>7} {'dialog-lint s':>14} {'MB':>6} {'yamllint s':>11} {'ratio':>6}")
    for rules in sizes:
        seconds, memory, other, part = figures(rules)
        print(f"{rules:>7} {seconds:>14.2f} {memory:>6.0f} {other:>11.2f} {part:>6.2f}")


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or [10, 1_000, 10_000])
