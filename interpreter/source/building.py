"""The tree builder: takes what a parser meets, one call for each, and judges everything that is not syntax.

It keeps its own stack, so depth never touches Python's. Duplicate keys, keys that are lists, merge keys, aliases and
all limits are its business, and the same for YAML and JSON.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Mapping as ReadOnly
from typing import Literal

from msgspec import Struct

from interpreter.source.cuts import cut_at_comment, numbered, spoken, swallowed_by_comment, torn_at_comma
from interpreter.source.faults import MAX_DEPTH, MAX_EXPANDED, MAX_NODES, MAX_PROBLEMS, FaultKind, Mend, ReadProblem
from interpreter.source.quoting import quote
from interpreter.source.spaces import INVISIBLE, begins_with_space
from interpreter.source.spans import SourceFile, Span
from interpreter.source.tree import Entry, Mapping, Node, Scalar, Sequence, Style

_USUAL_ANCHOR = re.compile(r"[A-Za-z0-9_-]+")
_OPENING = re.compile(r"[(\"']")
_MAY_BE_TORN = re.compile(r"[(\"'*]")
"""In what is written of a list or map without any of these, aliases included, no value goes on behind a comma."""
_MERGE_KEY = "<<"


class _Frame:
    """A list or map whose end has not been met."""

    __slots__ = (
        "anchor",
        "awaits_value",
        "end",
        "entries",
        "flow",
        "height",
        "is_map",
        "items",
        "key",
        "size",
        "start",
    )

    def __init__(self, start: int, anchor: str | None, *, flow: bool, is_map: bool) -> None:
        self.start = self.end = start
        self.anchor = anchor
        self.flow = flow
        self.is_map = is_map
        self.items: list[Node] = []
        self.entries: dict[str, Entry] = {}
        self.key: Scalar | None = None
        self.awaits_value = False
        self.size = 1
        self.height = 1


class _Anchored(Struct, frozen=True):
    """A node that aliases may name, the nodes below it counted with it, and its depth."""

    node: Node
    size: int
    height: int


class TreeBuilder:
    """Builds one tree. Once `stopped` is true nothing more may be added and there is no tree.

    A parser may have read a mended copy of the file: then `origin` leads from its offsets to those of the file, and
    `stand_ins` maps the characters that stood in for others to these.
    """

    def __init__(
        self,
        file: SourceFile,
        origin: Callable[[int], int] | None = None,
        stand_ins: ReadOnly[int, str] | None = None,
    ) -> None:
        self.problems: list[ReadProblem] = []
        self.stopped = False
        self.spaced_keys: list[int] = []
        """Where keys begin that are letters to YAML from a space on that it does not know."""
        self._file = file
        self._origin = origin
        self._stand_ins = stand_ins
        self._root: Node | None = None
        self._frames: list[_Frame] = []
        self._anchors: dict[str, _Anchored | None] = {}
        self._unused: dict[str, Span] = {}
        self._written = 0
        self._expanded = 0

    def scalar(self, text: str, start: int, end: int, style: Style, anchor: str | None = None) -> None:
        """Adds a leaf."""
        file = self._file
        if self._stand_ins:
            text = text.translate(self._stand_ins)
        self._written += 1
        if self._written > MAX_NODES:
            self._stop("too-many-nodes", start, end)
        if self._origin is not None:
            start, end = self._origin(start), self._origin(end)
            if style in ("single", "double") and not file.text.startswith(("'", '"'), start):
                style = "plain"  # its quotes are a mend
        node = Scalar(text, Span(file, start, end), style)
        if style == "plain" and file.text[end : end + 1] in (" ", "\t", "#"):
            node = self._uncut(node)
            end = node.span.end
        if anchor is not None:
            self._anchors[anchor] = _Anchored(node, 1, 0)
        self._add(node, end)

    def _uncut(self, node: Scalar) -> Scalar:
        """A plain leaf with what YAML took for a comment, where it can be none."""
        file, start, end = self._file, node.span.start, node.span.end
        if node.text == "":
            found = swallowed_by_comment(file.text, end)
            return self._whole("swallowed-value", *found) if found and self._frames and self._awaits_leaf() else node
        if file.text[start:end] != node.text:
            return node
        whole = cut_at_comment(file.text, start, end)
        if whole is not None:
            return self._whole("cut-value", start, whole)
        kind: FaultKind = "numbered-comment"
        rest = numbered(file.text, end)
        if rest is None:
            kind, rest = "spoken-comment", spoken(file.text, start, end)
        if rest is not None:
            mend = Mend(Span(file, start, rest[1]), quote(file.text[start : rest[1]]))
            self._note(ReadProblem(kind, Span(file, *rest), file.text[rest[0] : rest[1]], mend=mend))
        return node

    def _awaits_leaf(self) -> bool:
        """Whether the next node is an item or a value, not a key."""
        return not self._frames[-1].is_map or self._frames[-1].awaits_value

    def _whole(self, kind: FaultKind, start: int, end: int) -> Scalar:
        """The leaf that its author wrote, after a report of what YAML made of it."""
        span = Span(self._file, start, end)
        raw = self._file.text[start:end]
        self._note(ReadProblem(kind, span, raw, mend=Mend(span, quote(raw))))
        return Scalar(raw, span)

    def open(self, kind: Literal["map", "list"], start: int, *, flow: bool, anchor: str | None = None) -> None:
        """Begins a list or map; `close` ends it."""
        if anchor is not None:
            self._anchors[anchor] = None
        self._written += 1
        if self._written > MAX_NODES:
            self._stop("too-many-nodes", start, start + 1)
        if len(self._frames) >= MAX_DEPTH:
            self._stop("too-deep", start, start + 1)
        start = self._at(start)
        self._frames.append(_Frame(start, anchor, flow=flow, is_map=kind == "map"))

    def close(self, end: int) -> None:
        """Ends the innermost open list or map. A block ends where its last child does, whatever the parser says."""
        frame = self._frames.pop()
        end = self._at(end) if frame.flow else frame.end
        if frame.flow and _MAY_BE_TORN.search(self._file.text, frame.start, end):
            self._join(frame)
        span = Span(self._file, frame.start, end)
        node = (
            Mapping(tuple(frame.entries.values()), span, frame.flow, frame.entries)
            if frame.is_map
            else Sequence(tuple(frame.items), span, frame.flow)
        )
        if frame.anchor is not None:
            self._anchors[frame.anchor] = _Anchored(node, frame.size, frame.height)
        self._add(node, span.end, frame.size, frame.height)

    def _join(self, frame: _Frame) -> None:
        """Joins what YAML tore at commas inside brackets or quotes of one value."""
        entries = list(frame.entries.values())
        nodes = [entry.value for entry in entries] if frame.is_map else frame.items
        places = [entry.key.span.start for entry in entries] if frame.is_map else [n.span.start for n in nodes]
        ends = 0
        kept: list[int] = []
        for index, node in enumerate(nodes):
            if places[index] < ends:
                continue
            kept.append(index)
            following = nodes[index + 1] if index + 1 < len(nodes) else None
            if isinstance(node, Scalar) and (end := self._torn(node, following)) is not None:
                ends = end
                self._forget_duplicates(node.span.start, end)
                whole = self._whole("torn-value", node.span.start, end)
                if frame.is_map:
                    entries[index] = Entry(entries[index].key, whole)
                else:
                    frame.items[index] = whole
        if ends and frame.is_map:
            frame.entries = {entries[index].key.text: entries[index] for index in kept}
        elif ends:
            frame.items = [frame.items[index] for index in kept]

    def _torn(self, node: Scalar, following: Node | None) -> int | None:
        """The true end of a leaf that YAML ended at a comma too early; inside quotes, it could find no further ones."""
        start, end, text = node.span.start, node.span.end, self._file.text
        if "(" not in node.text and not (isinstance(following, Scalar) and following.style == "plain"):
            return None
        if "(" not in node.text and node.text[-1:] in ("'", '"') and node.text.count(node.text[-1]) == 1:
            return None  # a quote at the end opens nothing
        if node.style != "plain" or not _OPENING.search(node.text) or text[start:end] != node.text:
            return None
        return torn_at_comma(text, start, end)

    def _forget_duplicates(self, start: int, end: int) -> None:
        self.problems[:] = [
            problem
            for problem in self.problems
            if problem.kind != "duplicate-key" or not start <= problem.span.start < end
        ]

    def anchor(self, name: str, start: int, end: int) -> None:
        """Notes where the anchor of the next node is written."""
        self._unused[name] = Span(self._file, self._at(start), self._at(end))

    def alias(self, name: str, start: int, end: int) -> None:
        """Adds the node that an alias names once more; an alias that names none becomes the text that it is."""
        anchored = self._anchors.get(name)
        self._unused.pop(name, None)
        if anchored is None:
            if name in self._anchors:
                self.report("alias-cycle", start, end, name)
            else:
                self.report("unknown-alias", start, end, name, (start, end, f'"*{name}"'))
            self.scalar(f"*{name}", start, end, "plain")
            return
        self._expanded += anchored.size
        if self._expanded > MAX_EXPANDED:
            self._stop("alias-budget", start, end, name)
        elif len(self._frames) + anchored.height > MAX_DEPTH:
            self._stop("too-deep", start, end)
        self._add(anchored.node, self._at(end), anchored.size, anchored.height)

    def report(
        self, kind: FaultKind, start: int, end: int, detail: str = "", mend: tuple[int, int, str] | None = None
    ) -> None:
        """Notes a problem; `mend` is a range and what it should read."""
        if self._stand_ins:
            detail = detail.translate(self._stand_ins)
        change = None if mend is None else Mend(self._span(mend[0], mend[1]), mend[2].translate(self._stand_ins or {}))
        self._note(ReadProblem(kind, self._span(start, end), detail, None, change))

    def finish(self) -> Node | None:
        """The tree, once all of it has been added; anchors that nothing names are noted."""
        if self.stopped:
            return None
        for name, place in self._unused.items():
            self._note(self._unused_anchor(name, place))
        return self._root

    def _unused_anchor(self, name: str, place: Span) -> ReadProblem:
        """An anchor for nothing; `&可爱 你好` was rather meant as a text."""
        anchored = self._anchors.get(name)
        if anchored is None or not isinstance(anchored.node, Scalar) or _USUAL_ANCHOR.fullmatch(name):
            return ReadProblem("unused-anchor", place, name)
        whole = Span(self._file, place.start, anchored.node.span.end)
        raw = self._file.text[whole.start : whole.end]
        mend = None if "\n" in raw else Mend(whole, quote(raw))
        return ReadProblem("reserved-start", Span(self._file, place.start, place.start + 1), "&", mend=mend)

    def _note(self, problem: ReadProblem) -> None:
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(problem)

    def _span(self, start: int, end: int) -> Span:
        return Span(self._file, self._at(start), self._at(end))

    def _at(self, offset: int) -> int:
        return offset if self._origin is None else self._origin(offset)

    def _stop(self, kind: FaultKind, start: int, end: int, detail: str = "") -> None:
        if not self.stopped:
            del self.problems[MAX_PROBLEMS - 1 :]
            self.report(kind, start, end, detail)
        self.stopped = True

    def _add(self, node: Node, end: int, size: int = 1, height: int = 0) -> None:
        if not self._frames:
            self._root = node
            return
        frame = self._frames[-1]
        frame.end = end
        frame.size += size
        if height >= frame.height:
            frame.height = height + 1
        if not frame.is_map:
            frame.items.append(node)
        elif not frame.awaits_value:
            frame.key = self._key(frame, node)
            frame.awaits_value = True
        else:
            if frame.key is not None:
                frame.entries[frame.key.text] = Entry(frame.key, node)
            frame.awaits_value = False

    def _key(self, frame: _Frame, node: Node) -> Scalar | None:
        """The node as a key of the frame, or None when its entry must go."""
        if not isinstance(node, Scalar):
            return self._complex_key(node.span, flow=node.flow)
        node = node if node.text.isascii() else self._visible(node)
        if node.text == _MERGE_KEY and node.style == "plain":
            self._note(ReadProblem("merge-key", node.span))
        elif (first := frame.entries.get(node.text)) is not None:
            self._note(ReadProblem("duplicate-key", node.span, node.text, first.key.span))
        else:
            return node
        return None

    def _visible(self, key: Scalar) -> Scalar:
        """A key without the characters in it that nobody sees, after a report of them."""
        place, raw = key.span.start, self._file.text[key.span.start : key.span.end]
        if key.style == "plain" and begins_with_space(key.text):
            self.spaced_keys.append(place)
        found = INVISIBLE.search(raw)
        if found is None:
            return key
        if found[0] != "\ufeff":  # which no file should hold, whatever it stands in
            last = max(each.end() for each in INVISIBLE.finditer(raw))
            whole = Span(self._file, place + found.start(), place + last)
            is_empty = not INVISIBLE.sub("", key.text).strip()
            kind: FaultKind = "invisible-key" if is_empty else "invisible-in-key"
            mend = None if is_empty else Mend(whole, INVISIBLE.sub("", raw[found.start() : last]))
            at = Span(self._file, place + found.start(), place + found.end())
            self._note(ReadProblem(kind, at, found[0], mend=mend))
        return Scalar(INVISIBLE.sub("", key.text), key.span, key.style)

    def _complex_key(self, span: Span, *, flow: bool) -> Scalar | None:
        """A list or map as a key: on one line it was meant as a text."""
        raw = self._file.text[span.start : span.end]
        if not flow or "\n" in raw:
            self._note(ReadProblem("complex-key", span))
            return None
        self._note(ReadProblem("complex-key", span, raw, mend=Mend(span, quote(raw))))
        return Scalar(raw, span)
