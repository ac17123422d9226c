"""Reads YAML: what either parser accepts is accepted; what both refuse is explained, mended if it can be, and read on.

libyaml is asked first. It refuses a few things that YAML 1.2 allows, so pure Python gives a second opinion before a
syntax error is reported, unless the file is so long that it would take seconds. A mend is a guess, but a tested one:
it is kept, and offered to the author, only if the parsers get further with it.
"""

from __future__ import annotations

import re

from msgspec import Struct

from interpreter.source.building import TreeBuilder
from interpreter.source.drafts import Draft, Slip
from interpreter.source.faults import MAX_BYTES, FaultKind, Mend, ReadProblem
from interpreter.source.spaces import WIDE, Indent, entry_indents, indents, is_usual
from interpreter.source.spans import SourceFile, Span
from interpreter.source.tree import Node
from interpreter.source.yaml_events import SyntaxFault, check_fast, drive_fast, drive_pure, has_fast_parser

PURE_BUDGET = 80_000
"""How many characters of one file pure Python may read, all attempts together."""
_MENDING_BUDGET = 2_000_000
"""The same for libyaml once the first slip is met."""
_MAX_SLIPS = 20
_UNSURE: frozenset[FaultKind] = frozenset(
    ("unclosed-quote", "unclosed-bracket", "missing-comma", "indentation", "tab", "missing-colon")
)
_UNFIT = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff\u2028\u2029]")
_BOM = "\ufeff"
_LINE_BREAKS_OF_1_1 = "\x85\u2028\u2029"
_STAND_INS = range(0x10F000, 0x10FFFD)


def read_yaml(file: SourceFile) -> tuple[Node | None, tuple[ReadProblem, ...]]:
    """The tree of a YAML file, or None when nothing can be made of it, and every problem met."""
    if len(file.text) > MAX_BYTES:
        return None, (ReadProblem("too-big", Span(file, 0, 0)),)
    return _Reader(file).run()


class _Attempt(Struct, frozen=True):
    """What became of one draft: the builder that was fed, and the faults of both parsers if neither accepts it."""

    builder: TreeBuilder
    faults: tuple[SyntaxFault, ...] = ()


class _Reader:
    """One file, its drafts, and what is left of the budgets."""

    def __init__(self, file: SourceFile) -> None:
        self._file = file
        self._is_usual = is_usual(file.text)
        self._pure_left = PURE_BUDGET
        self._mending_left = _MENDING_BUDGET if has_fast_parser() else PURE_BUDGET
        self._problems: list[ReadProblem] = []
        self._stand_ins: dict[int, str] = {}

    def run(self) -> tuple[Node | None, tuple[ReadProblem, ...]]:
        draft, attempt = self._first_attempt(Draft(self._readable(self._file.text)))
        while attempt.faults:
            mended = self._mend(draft, attempt) if len(self._problems) < _MAX_SLIPS else None
            if mended is None:
                self._give_up(draft, attempt)
                return None, tuple(self._problems)
            draft, attempt = mended
        builder = attempt.builder
        root = builder.finish()
        if root is None and not builder.stopped:
            builder.report("empty", 0, 0)
        problems = sorted((*self._problems, *builder.problems), key=lambda problem: problem.span.start)
        return root, tuple(problems)

    def _first_attempt(self, written: Draft) -> tuple[Draft, _Attempt]:
        """The file with its lines indented, or as it was written where only that can be read."""
        edits = [] if self._is_usual else indents(written.text)
        draft = written.mended(edits) if edits else written
        attempt = self._attempt(draft)
        if edits and attempt.faults and not (as_written := self._attempt(written)).faults:
            draft, attempt, edits = self._half_indented(written, as_written, edits)
        if attempt.faults or attempt.builder.spaced_keys:
            draft, attempt, edits = self._indented(written, draft, attempt, edits)
        if edits:
            self._note_indents(written, edits)
        return draft, attempt

    def _half_indented(
        self, written: Draft, as_written: _Attempt, edits: list[Indent]
    ) -> tuple[Draft, _Attempt, list[Indent]]:
        """The file as it was written, or its lines indented and what else is wrong mended where keys begin so."""
        spaced = as_written.builder.spaced_keys
        if any(start <= place < end for start, end, _ in edits for place in spaced):
            indented = written.mended(edits)
            noted, mended = len(self._problems), (indented, self._attempt(indented))
            while mended[1].faults and len(self._problems) < _MAX_SLIPS:
                better = self._mend(*mended)
                if better is None:
                    break
                mended = better
            if not mended[1].faults:
                return *mended, edits
            del self._problems[noted:]
        return written, as_written, []

    def _indented(
        self, written: Draft, draft: Draft, attempt: _Attempt, edits: list[Indent]
    ) -> tuple[Draft, _Attempt, list[Indent]]:
        """The file with its entries indented, too, where that makes it readable or a key is known to begin so."""
        spaced = attempt.builder.spaced_keys
        more = [
            edit
            for edit in entry_indents(written.text)
            if attempt.faults or any(edit[0] <= place < edit[1] for place in spaced)
        ]
        if more:
            candidate = written.mended(edits + more)
            again = self._attempt(candidate)
            if not again.faults:
                return candidate, again, sorted(edits + more)
        return draft, attempt, edits

    def _note_indents(self, written: Draft, edits: list[Indent]) -> None:
        start, end, _ = edits[0]
        char = written.text[start:end].lstrip(" ")[:1]
        kind: FaultKind = "wide-indent" if char == WIDE else "strange-indent"
        self._problems.append(self._explained(written, Slip(kind, start, end, char, tuple(edits))))

    def _readable(self, text: str) -> str:
        """The text with stand-ins for characters that a parser refuses or takes for line breaks, as YAML 1.1 did.

        The builder puts the characters back; those that no file should hold are reported.
        """
        unfit = {} if self._is_usual else {char: text.index(char) for char in sorted(set(_UNFIT.findall(text)))}
        if not unfit:
            return text
        free = (chr(code) for code in _STAND_INS if chr(code) not in text)
        table = dict(zip(unfit, free, strict=False))
        self._stand_ins = {ord(stand_in): char for char, stand_in in table.items()}
        for char, place in sorted(unfit.items(), key=lambda item: item[1])[:_MAX_SLIPS]:
            if char not in _LINE_BREAKS_OF_1_1:
                span = Span(self._file, place, place + 1)
                kind: FaultKind = "byte-order-mark" if char == _BOM else "control-character"
                self._problems.append(ReadProblem(kind, span, char, mend=Mend(span, "")))
        return text.translate({ord(char): stand_in for char, stand_in in table.items()})

    def _attempt(self, draft: Draft) -> _Attempt:
        """Has a draft read by libyaml, and by pure Python where that refuses it."""
        faults: tuple[SyntaxFault, ...] = ()
        if has_fast_parser():
            builder = self._builder(draft)
            fault = drive_fast(draft.text, builder)
            if fault is None:
                return _Attempt(builder)
            faults = (fault,)
            if len(draft.text) > self._pure_left:
                return _Attempt(builder, faults)
        self._pure_left -= len(draft.text)
        builder = self._builder(draft)
        fault = drive_pure(draft.text, builder)
        return _Attempt(builder) if fault is None else _Attempt(builder, (*faults, fault))

    def _builder(self, draft: Draft) -> TreeBuilder:
        return TreeBuilder(self._file, draft.origin if len(draft.marks) > 1 else None, self._stand_ins)

    def _mend(self, draft: Draft, failed: _Attempt) -> tuple[Draft, _Attempt] | None:
        """The draft without its first slip: the guess that makes all of it readable, else the first that helps."""
        reached = _reach(draft, failed.faults)
        agreed = has_fast_parser() and len({fault.position for fault in failed.faults}) == 1
        best: tuple[Slip, Draft] | None = None
        for slip in _all_guesses(draft, failed):
            self._mending_left -= len(draft.text)
            if self._mending_left < 0:
                break
            candidate = draft.mended(slip.edits)
            faults = self._faults(candidate, fast_only=agreed)
            if not faults:
                best = slip, candidate
                break
            passed = max(reached, draft.origin(max(slip.end, *(end for _, end, _ in slip.edits))))
            if best is None and _reach(candidate, faults) > passed:
                best = slip, candidate
        if best is None:
            return None
        slip, candidate = best
        problem = self._explained(draft, slip)
        if not (slip.kind == "indentation" and self._has_tab_at(problem.span.line)):
            self._problems.append(problem)
        return candidate, self._attempt(candidate)

    def _faults(self, draft: Draft, *, fast_only: bool) -> tuple[SyntaxFault, ...]:
        """What either parser says about a guess; where they agreed before, libyaml speaks for both."""
        if not fast_only:
            return self._attempt(draft).faults
        fault = check_fast(draft.text)
        return () if fault is None else (fault,)

    def _has_tab_at(self, line: int) -> bool:
        return any(problem.kind == "tab" and problem.span.line == line for problem in self._problems)

    def _explained(self, draft: Draft, slip: Slip) -> ReadProblem:
        span = Span(self._file, draft.origin(slip.start), draft.origin(slip.end))
        mend = self._offer(draft, slip) if slip.offered else None
        return ReadProblem(slip.kind, span, slip.detail.translate(self._stand_ins), mend=mend)

    def _offer(self, draft: Draft, slip: Slip) -> Mend:
        """The edits of a slip as one: from the first change to the last."""
        first, last = min(start for start, _, _ in slip.edits), max(end for _, end, _ in slip.edits)
        text = Draft(draft.text[first:last]).mended([(s - first, e - first, new) for s, e, new in slip.edits]).text
        return Mend(Span(self._file, draft.origin(first), draft.origin(last)), text.translate(self._stand_ins))

    def _give_up(self, draft: Draft, attempt: _Attempt) -> None:
        """Reports a fault that nothing mends, unless it may well come of the mend before it."""
        from interpreter.source.lines import mixes_list_and_map

        if self._problems and self._problems[-1].kind in _UNSURE:
            return
        text = self._file.text
        fault = max(attempt.faults, key=lambda fault: fault.context is not None)
        place = draft.origin(fault.position)
        context = len(text) if fault.context is None else draft.origin(fault.context)
        here = Span(self._file, place, min(place + 1, len(text)))
        opening = text[context : context + 1]
        kind: FaultKind = "not-yaml"
        related = None
        if opening in ("'", '"', "[", "{"):
            kind = "unclosed-quote" if opening in "'\"" else "unclosed-bracket"
            here, related = Span(self._file, context, context + 1), here
        elif text[place : place + 1] == "\t":
            kind = "tab"
        elif mixes_list_and_map(text, place):
            kind = "list-and-map"
        detail = opening if related else text[place : place + 1].strip()
        self._problems.append(ReadProblem(kind, here, detail, related))


def _all_guesses(draft: Draft, failed: _Attempt) -> list[Slip]:
    """The guesses at every fault of an attempt, each only once."""
    from interpreter.source.slips import guesses

    found: dict[tuple[object, ...], Slip] = {}
    for fault in failed.faults:
        for slip in guesses(draft.text, fault.position, fault.context):
            found.setdefault(slip.edits, slip)
    return list(found.values())


def _reach(draft: Draft, faults: tuple[SyntaxFault, ...]) -> int:
    """How far the parsers got in the author's text; what ran to the end unclosed got as far as its beginning."""
    places = [
        fault.context if fault.position >= len(draft.text.rstrip()) and fault.context is not None else fault.position
        for fault in faults
    ]
    return max(draft.origin(place) for place in places)
