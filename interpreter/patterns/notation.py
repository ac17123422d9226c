"""Pattern notation: a phrase, `=phrase`, `~phrase` or `/regular expression/flags`."""

from __future__ import annotations

import re
from collections.abc import Collection

from msgspec.structs import replace

from interpreter.diagnostics.diagnostic import Problem
from interpreter.patterns import phrase_refusals as refusals
from interpreter.patterns.phrase_parser import parse_phrase
from interpreter.patterns.tree import Alternatives, Capture, Mode, Pattern, Phrase, Regex, Slot, Variant
from interpreter.patterns.variants import MOST_VARIANTS, variants
from interpreter.types.kinds import TextType
from interpreter.types.regexes import translate

MAX_PATTERN = 10_000
"""The longest pattern, in characters."""

_MODES: dict[str, Mode] = {"=": "exact", "~": "typo"}
_REGEX = re.compile(r"/(.*)/([A-Za-z]*)", re.DOTALL)
_FULL_WIDTH = re.compile(r"\\.|(（[^（）]*[|｜][^（）]*）)|(＜[^＜＞\s]*＞)|(｜)", re.DOTALL)
_HALF_WIDTH = str.maketrans("（）｜＜＞：＝", "()|<>:=")


def parse_pattern(text: str, entities: Collection[str]) -> tuple[Pattern | None, tuple[Problem, ...]]:
    """The pattern an author wrote, or None and what is wrong with it; offsets count in `text`."""
    if len(text) > MAX_PATTERN:
        return None, (refusals.too_long(len(text), MAX_PATTERN),)
    if text.startswith("/"):
        return _parse_regex(text)
    return _parse_phrase(text, entities)


def _parse_regex(text: str) -> tuple[Regex | None, tuple[Problem, ...]]:
    match = _REGEX.fullmatch(text.rstrip())
    if match is None:
        return None, (refusals.unclosed_regex(text.rstrip()),)
    source, flags = match[1], match[2]
    if not source:
        return None, (refusals.empty_regex(len(text)),)
    translated, problems = translate(source, flags)
    if translated is None:
        return None, tuple(replace(problem, start=problem.start + 1, end=problem.end + 1) for problem in problems)
    captures = tuple(Capture(group.name, TextType(), group.optional) for group in translated.names)
    return Regex(
        source,
        translated.re2,
        translated.groups,
        translated.placed,
        captures,
        tuple((group.name, group.index) for group in translated.names),
        translated.optional_groups,
        translated.required,
    ), ()


def _parse_phrase(text: str, entities: Collection[str]) -> tuple[Phrase | None, tuple[Problem, ...]]:
    mode: Mode = _MODES.get(text[:1], "contains")
    start = 0 if mode == "contains" else 1
    if problem := _find_full_width(text, start):
        return None, (problem,)
    options, problems = parse_phrase(text, start, entities)
    if problems:
        return None, tuple(problems)
    parts = options[0] if len(options) == 1 else (Alternatives(options),)
    found = variants(parts)
    refused = _refused_variants(found, mode, start, len(text))
    if refused:
        return None, refused
    captures, conflicts = _captures(found)
    return (None, conflicts) if conflicts else (Phrase(mode, parts, captures, found), ())


def _find_full_width(text: str, start: int) -> Problem | None:
    """Punctuation of a Chinese keyboard where notation is meant; a backslash before it says that it is not."""
    if text.startswith("＝"):
        return refusals.full_width(0, 1, "=")
    for match in _FULL_WIDTH.finditer(text, start):
        if match.lastindex:
            return refusals.full_width(match.start(), match.end(), match[0].translate(_HALF_WIDTH))
    return None


def _refused_variants(found: tuple[Variant, ...], mode: str, start: int, end: int) -> tuple[Problem, ...]:
    if len(found) > MOST_VARIANTS:
        return (refusals.too_many_ways(start, end, MOST_VARIANTS),)
    if () in found:
        return (refusals.empty(start if end > start else 0, end),)
    slots = [atom for variant in found for atom in variant if isinstance(atom, Slot)]
    if mode == "typo" and slots:
        return (refusals.slot_with_typos(slots[0].start, slots[0].end),)
    return ()


def _captures(found: tuple[Variant, ...]) -> tuple[tuple[Capture, ...], tuple[Problem, ...]]:
    """The names of all variants; one that is not in every variant is optional."""
    first: dict[str, Slot] = {}
    counts: dict[str, int] = {}
    problems: dict[tuple[int, int], Problem] = {}
    for variant in found:
        names: set[str] = set()
        for slot in variant:
            if not isinstance(slot, Slot):
                continue
            place = (slot.start, slot.end)
            if slot.name in names:
                problems[place] = refusals.slot_twice(slot.name, *place)
            known = first.setdefault(slot.name, slot)
            if known.type != slot.type:
                problems[place] = refusals.two_types(slot.name, known.type, slot.type, *place)
            names.add(slot.name)
        for name in names:
            counts[name] = counts.get(name, 0) + 1
    captures = tuple(Capture(name, slot.type, counts[name] < len(found)) for name, slot in first.items())
    return captures, tuple(problems.values())
