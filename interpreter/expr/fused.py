"""Expressions as one Python function each.

What an expression costs is calls: between closures, and into Python's operators as functions. So the operators of an
expression are written into the body of one function, in which Python's own do the work wherever inference vouches for
the operands:

    age * 2 + len(city) > 10 and vip        becomes

    (((t0 * s1 if (t0 := L[s0]) <= I and t0 >= J else beyond()) + (len(t1) if …)) > s3) and L[s4]

The body says what is usual. In all other cases (a variable without a value, a value that is not what its type promised,
a result beyond the limits, a division by zero) the expression begins anew as `general`, which is made of closures that
look at everything and know what to say. That can be done because evaluating changes nothing; an expression that asks
chance is not fused, for it would be given two chances.

The source has no text of a bot in it: names and constants are parameters, `s0`, `s1` and so on. Expressions of one
shape and of the same kinds therefore share one source, which is compiled once.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from types import CodeType, FunctionType
from typing import NoReturn, cast

from interpreter.expr import dynamic
from interpreter.expr.calls import bind_call
from interpreter.expr.combining import charged_equal, is_among, is_member, paid
from interpreter.expr.env import Closure
from interpreter.expr.findings import Findings
from interpreter.expr.fused_source import MOST_OF_INTS, MOST_OF_NUMBERS, NAMES, Writer, natives_of
from interpreter.expr.tree import Binary, Call, Conditional, Node, Unary
from interpreter.expr.typed import Parts

Make = Callable[..., Closure]


def _beyond() -> NoReturn:
    raise ArithmeticError


_GLOBALS: dict[str, object] = {
    "__builtins__": {"len": len, "type": type, "str": str, "list": list, "tuple": tuple},
    "unusual": (LookupError, TypeError, AttributeError, ArithmeticError),
    "I": MOST_OF_INTS,
    "J": -MOST_OF_INTS,
    "F": MOST_OF_NUMBERS,
    "G": -MOST_OF_NUMBERS,
    "beyond": _beyond,
    "charged_equal": charged_equal,
    "index": dynamic.index,
    "is_among": is_among,
    "is_member": is_member,
    "negate": dynamic.negate,
    "paid": paid,
    "truth": dynamic.truth,
    **{name: dynamic.OPERATIONS[symbol] for symbol, name in NAMES.items()},
}
"""All that the source of a function can name."""


def is_fusible(node: Node) -> bool:
    """Whether an expression has operators, or calls, that gain by being written into one function."""
    if isinstance(node, Call):
        bound = bind_call(node, Findings())
        return bound is not None and natives_of(bound) is not None
    return isinstance(node, (Binary, Unary, Conditional))


def fuse(
    node: Node,
    parts: Parts,
    closure_of: Callable[[Node], Closure],
    general_of: Callable[[Node], Closure],
    *,
    is_condition: bool,
) -> Closure:
    """An expression as one function.

    Args:
        node: its tree, one that is fusible.
        parts: the types of its parts.
        closure_of: makes the closure of a part that is not.
        general_of: makes a closure that looks at everything.
        is_condition: whether the value must be true or false; `general_of` the whole sees to that, too.

    Raises:
        NotFused: it asks chance, or is too large.
    """
    writer = Writer(parts, closure_of, general_of)
    text = writer.condition(node) if is_condition else writer.value(node)
    return _maker(_source(text, writer))(general_of(node), *writer.slots)


def _source(text: str, writer: Writer) -> str:
    names = "".join(f", s{place}" for place in range(len(writer.slots)))
    lines = [f"def make(general{names}):", " def run(env):"]
    lines += ["  L = env.locals"] if "L" in text else []
    lines += ["  steps = env.steps"] if writer.has_closures else []
    lines += ["  try:", f"   return {text}", "  except unusual:", "   pass"]
    lines += ["  env.steps = steps"] if writer.has_closures else []
    # Python's operators adapt themselves to the kinds they meet, so other kinds have code of their own.
    return "\n".join([*lines, "  return general(env)", f" return run  # {' '.join(writer.kinds)}"])


@lru_cache(maxsize=1024)
def _maker(source: str) -> Make:
    module = compile(source, "<expression>", "exec", dont_inherit=True)
    (code,) = (each for each in module.co_consts if isinstance(each, CodeType))
    return cast("Make", FunctionType(code, _GLOBALS))
