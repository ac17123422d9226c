"""Functions of places on earth."""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt

from interpreter.diagnostics.wording import Wording
from interpreter.expr.env import Env
from interpreter.expr.functions.limits import finite
from interpreter.expr.functions.locales import is_chinese
from interpreter.expr.functions.registry import NUMBER, TEXT, Family, Parameter
from interpreter.values import Fault, print_number

FAMILY = Family("place", Wording("Places", "地点"))

_EARTH = 6_371_008.8
"""The mean radius in metres."""


@FAMILY.function(
    "distance",
    Parameter("lat1", NUMBER),
    Parameter("lng1", NUMBER),
    Parameter("lat2", NUMBER),
    Parameter("lng2", NUMBER),
    result=NUMBER,
    zh="两地之间的距离，以米为单位。",
    examples={
        "round(distance(30.25, 120.15, 31.23, 121.47) / 1000)": "167",
    },
)
def distance(lat1: float, lng1: float, lat2: float, lng2: float) -> float:
    """The metres between two places, along a great circle."""
    if max(abs(lat1), abs(lat2)) > 90 or max(abs(lng1), abs(lng2)) > 360:
        raise Fault("argument", "distance: a latitude lies between -90 and 90, a longitude between -180 and 180")
    south, north = radians(lat1), radians(lat2)
    half = sin((north - south) / 2) ** 2 + cos(south) * cos(north) * sin(radians(lng2 - lng1) / 2) ** 2
    return round(2 * _EARTH * asin(sqrt(min(1.0, half))), 1)


@FAMILY.function(
    "format_distance",
    Parameter("metres", NUMBER),
    result=TEXT,
    needs_env=True,
    zh="用户语言中的距离：350米、1.2公里。",
    examples={
        "format_distance(350)": '"350米"',
        "format_distance(1234)": '"1.2公里"',
    },
)
def format_distance(env: Env, metres: float) -> str:
    """The distance in metres or kilometres, in the user's language."""
    near = abs(finite(metres)) < 1000
    amount = print_number(round(metres) if near else round(metres / 1000, 1))
    return amount + (("米" if near else "公里") if is_chinese(env) else (" m" if near else " km"))
