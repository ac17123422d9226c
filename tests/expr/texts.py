"""Random expressions as text: well-typed ones by kind, and wild ones over values that may be anything."""

from __future__ import annotations

from hypothesis import strategies as st

_LITERALS = {
    "int": st.integers(0, 9).map(str),
    "number": st.sampled_from(["0.5", "1.5", "2.0"]),
    "text": st.sampled_from(['"a"', '"你好"', '""', "'b'"]),
    "bool": st.sampled_from(["true", "false"]),
    "list": st.sampled_from(["[]", "[1, 2]", "[3]"]),
    "duration": st.sampled_from(["1d", "1h30m", "0s"]),
}
_NAMES = {
    "int": ["n", "answer", "big", "state.tries", "now.hour", "d.weekday", "xs[0]"],
    "number": ["x", "ratio", "huge", "message.location.lat"],
    "text": ["s", "名字", "topic", "text", "user.name", "score", "env.KEY", "texts.hello", "names[0]", "s[1:]"],
    "bool": ["flag", "user.member", "(xs == [1])", "(n in xs)", "(t == null)", "(later != null)"],
    "list": ["xs", "xs[1:]", "[len(i) for i in names]"],
    "duration": ["dur", "(now - now)", "(d - d)"],
    "any": ["five", "word", "list_", "nothing", "data", "data.n", "data.no", "data.yes", "data.items", "moment"],
}
_RECIPES = {
    "int": ["({int} + {int})", "({int} - {int})", "{int} * {int}", "({int} // {int})", "({int} % {int})", "(-{int})",
            "({int} if {bool} else {int})", "len({list})", "{list}[{int}]", "len({text})", "({int} ?? {int})"],
    "number": ["({int} / {int})", "({number} + {number})", "{number} * {int}", "({int} - {number})", "(-{number})",
               "({duration} / {duration})", "({number} if {bool} else {int})", "({number} // {int})"],
    "text": ["({text} + {text})", "({text} if {bool} else {text})", "upper({text})", "{text}[{int}]", "{text}[{int}:]",
             "(t ?? {text})", "(user.nick ?? {text})", "text({number})"],
    "bool": ["({int} < {int})", "({number} >= {int})", "({text} == {text})", "({bool} and {bool})",
             "({bool} or {bool})", "(not {bool})", "({text} in {text})", "({int} not in {list})",
             "({list} != {list})", "({duration} <= {duration})", "(({bool}) != ({bool}))", "(maybe ?? {bool})",
             "({text} < {text})", "({int} == {number})"],
    "list": ["({list} + {list})", "[i * {int} for i in {list}]", "[i for i in {list} if i < {int}]", "[{int}, {int}]",
             "{list}[{int}:{int}]", "({list} if {bool} else {list})", "[n for n in {list} if n != answer]"],
    "duration": ["({duration} + {duration})", "{duration} * {number}", "({duration} - {duration})", "(-{duration})",
                 "({duration} / {int})"],
}  # fmt: skip
_WILD = [
    "({any} + {any})", "({any} - {any})", "({any} * {any})", "({any} / {any})", "({any} // {any})", "({any} % {any})",
    "(-{any})", "(not {any})", "({any} and {any})", "({any} or {any})", "(({any}) == ({any}))", "(({any}) != ({any}))",
    "(({any}) < ({any}))", "(({any}) >= ({any}))",
    "(({any}) in ({any}))", "(({any}) not in ({any}))", "({any} ?? {any})",
    "({any} if {any} else {any})", "({any}).x", "({any}).hour", "({any}).n", "({any})[{any}]", "({any})[{any}:{any}]",
    "[i for i in {any}]", "[{any} for five in {any} if {any}]", "[{any}, {any}]", "<({any}): {any}>", "upper({any})",
    "join({any}, {any})", "len({any})", "data.items[{any}]", "text({any})", "number({any})",
]  # fmt: skip


def well_typed(kind: str = "bool", depth: int = 4) -> st.SearchStrategy[str]:
    """Expressions of a kind in which inference finds nothing wrong, but that may fail when they run."""
    leaf = st.sampled_from(_NAMES[kind]) | _LITERALS[kind]
    if depth == 0:
        return leaf
    return leaf | st.sampled_from(_RECIPES[kind]).flatmap(lambda recipe: _filled(recipe, depth - 1))


def wild(depth: int = 4) -> st.SearchStrategy[str]:
    """Expressions over values of which nothing is known; most of them fail when they run."""
    leaf = st.sampled_from(_NAMES["any"]) | st.sampled_from(list(_LITERALS)).flatmap(lambda kind: well_typed(kind, 1))
    if depth == 0:
        return leaf
    return leaf | st.sampled_from(_WILD).flatmap(lambda recipe: _filled(recipe, depth - 1))


def kinds() -> st.SearchStrategy[str]:
    """The kinds that `well_typed` knows."""
    return st.sampled_from(list(_RECIPES))


def _filled(recipe: str, depth: int) -> st.SearchStrategy[str]:
    """A recipe with an expression in each of its places; `<…>` stands for the braces of a map."""
    pieces = recipe.split("{")
    places = [piece.split("}")[0] for piece in pieces[1:]]
    rest = [piece.split("}")[1] for piece in pieces[1:]]
    inner = [wild(depth) if place == "any" else well_typed(place, depth) for place in places]

    def fill(texts: tuple[str, ...]) -> str:
        filled = pieces[0] + "".join(text + more for text, more in zip(texts, rest, strict=True))
        return f"{{{filled[1:-1]}}}" if filled.startswith("<") else filled

    return st.tuples(*inner).map(fill)
