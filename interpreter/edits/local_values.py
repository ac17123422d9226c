"""DL902, DL907: what a waiting conversation holds in locals, and what the new steps behind its place read of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from interpreter.check.lints.leaves import leaves_of_step
from interpreter.check.traversal import inner_lists
from interpreter.check.waiting import Routine, Site, sites
from interpreter.diagnostics.diagnostic import Diagnostic, Label
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.leaves import Expression, Text
from interpreter.dialog.model.steps import (
    ApiStep,
    AskStep,
    CallStep,
    CancelStep,
    EachStep,
    EndStep,
    FetchStep,
    FormStep,
    GotoStep,
    LetStep,
    Question,
    ReturnStep,
    SetStep,
    Step,
    Steps,
    WaitStep,
)
from interpreter.edits.edit import Edit
from interpreter.edits.variables import still_fits
from interpreter.expr.tree import Comprehension, Name
from interpreter.expr.walk import walk
from interpreter.source.spans import Span
from interpreter.types.kinds import OptionalType, Type, show

CHANGED = "DL902"
MISSING = "DL907"

Reads = dict[str, Span]
"""Names that steps read before they give them a value, and where first."""


def missing_locals(edit: Edit) -> Iterator[Diagnostic]:
    """Values that the steps behind a place read, and that conversations standing there cannot have."""
    said: set[tuple[str, str]] = set()
    declared = {variable.name.text for variable in edit.new.bot.variables}
    for old, new, reads in _continued(edit):
        lacking = reads.keys() & _locals_of(new.routine) - old.known - declared - _reads_behind(old).keys()
        lacking -= _with_defaults(edit, new.routine)
        for name, span in reads.items():
            if name in lacking and (new.routine.name, name) not in said:
                said.add((new.routine.name, name))
                yield Diagnostic(
                    MISSING,
                    span,
                    Wording(
                        f"conversations that wait at `{_short(new)}` do not have `{name}`, which is read here",
                        f"停在 `{_short(new)}` 的对话还没有 `{name}`，而这里要读取它",
                    ),
                    label=Wording("here they are told to start over", "它们会在这里被告知重新开始"),
                    related=(Label(new.span, Wording("they wait here", "对话停在这里")),),
                    help=Wording(
                        "set it behind that place too, or give the question there another name (`into`)",
                        "在那之后也给它赋值，或者给那里的问题换个名字（`into`）",
                    ),
                )


def changed_locals(edit: Edit) -> Iterator[Diagnostic]:
    """Locals that conversations hold with a value of another type than the steps behind their place read."""
    said: set[tuple[str, str]] = set()
    for old, new, reads in _continued(edit):
        before, now = _types_of(old.routine), _types_of(new.routine)
        for name in reads:
            if name not in old.known or name not in before or name not in now or (new.routine.name, name) in said:
                continue
            (was, place), (kind, span) = before[name], now[name]
            if not still_fits(kind, was):
                said.add((new.routine.name, name))
                yield _changed(name, new, was, kind, place, span)


def _changed(name: str, new: Site, old_type: Type, new_type: Type, place: Span, span: Span) -> Diagnostic:
    was, kind = show(old_type), show(new_type)
    return Diagnostic(
        CHANGED,
        span,
        Wording(
            f"`{name}` is `{kind}` now, and conversations that wait at `{_short(new)}` hold a value of `{was}`",
            f"`{name}` 现在是 `{kind}`，停在 `{_short(new)}` 的对话却存着 `{was}` 的值",
        ),
        label=Wording("where it is read, they are told to start over", "读到它时，对话会被告知重新开始"),
        related=(Label(place, Wording(f"it was `{was}`", f"原来是 `{was}`")),),
        help=Wording("give it another name", "换个名字"),
    )


def _continued(edit: Edit) -> Iterator[tuple[Site, Site, Reads]]:
    """The places of the old bot, where they are in the new one, and what is read from there on."""
    for old in edit.old.sites.values():
        new = edit.new_site(old)
        if new is not None:
            yield old, new, _reads_behind(new)


def _short(site: Site) -> str:
    return site.path.partition(".")[2] or site.path


# ---------------------------------------------------------------------------------------------------- locals


def _with_defaults(edit: Edit, routine: Routine) -> frozenset[str]:
    """The arguments that have a value where none is given."""
    flow = edit.new.bot.flows.get(routine.name.removeprefix("flows."))
    parameters = flow.parameters if flow is not None else ()
    return frozenset(
        parameter.name.text
        for parameter in parameters
        if parameter.default is not None or isinstance(parameter.type, OptionalType)
    )


def _locals_of(routine: Routine) -> frozenset[str]:
    """Names that only its own steps give a value."""
    return frozenset(_types_of(routine)) | {name for site in sites(routine) for name in site.known if "." not in name}


def _types_of(routine: Routine) -> Mapping[str, tuple[Type, Span]]:
    """The locals whose types are written: arguments, captures, answers."""
    found = {name: (kind, routine.owner.name) for name, kind in routine.given.items()}
    for site in sites(routine):
        question = site.step
        if isinstance(question, Question) and question.into and question.type and "." not in question.into.text:
            found[question.into.text] = (question.type, question.into.span)
    return found


# ---------------------------------------------------------------------------------------------------- reading


def _reads_behind(site: Site) -> Reads:
    reader = _Reader()
    step = site.step
    if isinstance(step, CallStep):
        reader.known.update((step.into.text,) if step.into else ())
    else:
        reader.known.update((step.into.text,) if step.into else ())
        reader.read_leaves(AskStep(step, step.span))
    if all(map(reader.through, site.rest)) and site.routine.result is not None:
        reader.read(site.routine.result)
    return reader.found


class _Reader:
    """Follows steps; what any way through them gives a value counts as known, so that nothing is claimed rashly."""

    def __init__(self) -> None:
        self.known: set[str] = set()
        self.found: Reads = {}

    def through(self, steps: Steps) -> bool:
        """Whether what follows these steps may be reached."""
        for step in steps:
            self._take(step)
            if isinstance(step, (GotoStep, EndStep, CancelStep, ReturnStep, WaitStep)):
                return False
        return True

    def _take(self, step: Step) -> None:
        match step:
            case FormStep(fields=fields):
                for question in fields:
                    self.read_leaves(AskStep(question, question.span))
                    self._know(question.into.text if question.into else None)
            case SetStep(assignments=assignments) | LetStep(assignments=assignments):
                for assignment in assignments:
                    self.read(assignment.value)
                    self._know(assignment.target.text)
            case _:
                self.read_leaves(step)
        match step:
            case (
                AskStep(question=Question(into=into)) | CallStep(into=into) | FetchStep(into=into) | ApiStep(into=into)
            ):
                self._know(into.text if into else None)
            case EachStep(variable=variable):
                self._know(variable.text)
        for inner in inner_lists(step):
            self.through(inner)

    def _know(self, name: str | None) -> None:
        if name is not None:
            self.known.add(name)

    def read_leaves(self, step: Step) -> None:
        """The names in a step's own expressions and texts."""
        for leaf in leaves_of_step(step):
            self.read(leaf)

    def read(self, leaf: Expression | Text) -> None:
        """The names in an expression or a text."""
        holes = [leaf.node] if isinstance(leaf, Expression) else [hole.node for hole in leaf.template.holes]
        offset = leaf.offset if isinstance(leaf, Expression) else 0
        for node in holes:
            nodes = list(walk(node))
            bound = {each.name for each in nodes if isinstance(each, Comprehension)}
            for each in nodes:
                if isinstance(each, Name) and each.name not in bound | self.known:
                    self.found.setdefault(each.name, leaf.scalar.place(offset + each.start, offset + each.end))
