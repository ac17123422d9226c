"""A place for expressions to stand in: names of every storage and kind, and the values they have there."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from interpreter.expr.env import Env
from interpreter.expr.scope import Binding, Scope, Storage
from interpreter.types.kinds import (
    AnyType,
    BoolType,
    DateTimeType,
    DateType,
    DurationType,
    EntityType,
    EnumType,
    IntType,
    ListType,
    MapType,
    MediaType,
    NumberType,
    OptionalType,
    RecordType,
    TextType,
    TimeType,
    Type,
)
from interpreter.values import Value

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 1, 2, 8, 30, 15, tzinfo=ZONE)

LOCALS: dict[str, tuple[Type, Value]] = {
    "n": (IntType(), 7),
    "big": (IntType(), 2**53 - 1),
    "x": (NumberType(), 2.5),
    "huge": (NumberType(), 1e308),
    "s": (TextType(), "hello"),
    "long": (TextType(), "字" * 40_000),
    "t": (OptionalType(TextType()), None),
    "k": (OptionalType(IntType()), None),
    "名字": (TextType(), "小明"),
    "flag": (BoolType(), True),
    "maybe": (OptionalType(BoolType()), None),
    "xs": (ListType(IntType()), [1, 2, 3]),
    "names": (ListType(TextType()), ["a", "b"]),
    "many": (ListType(IntType()), list(range(6_000))),
    "perhaps": (OptionalType(ListType(TextType())), None),
    "m": (MapType(IntType()), {"a": 1}),
    "data": (AnyType(), {"items": [{"title": "T"}], "n": 1, "no": None, "yes": True, "text": "x"}),
    "five": (AnyType(), 5),
    "word": (AnyType(), "word"),
    "list_": (AnyType(), [1, True, "a"]),
    "nothing": (AnyType(), None),
    "moment": (AnyType(), NOW),
    "naive": (DateTimeType(), datetime(2026, 1, 2)),  # noqa: DTZ001 - what must not happen and must not crash
    "d": (DateType(), date(2026, 1, 2)),
    "last": (DateType(), date.max),
    "tm": (TimeType(), time(9, 5)),
    "dur": (DurationType(), timedelta(hours=1, minutes=30)),
    "score": (EnumType(("满意", "一般", "不满意")), "满意"),
    "city": (EntityType("cities"), "北京"),
    "photo": (MediaType("image"), {"pic_url": "https://a.b/c.jpg"}),
    "liar": (IntType(), "not an int"),
    "lies": (RecordType("lies", {"x": IntType()}), {"x": None}),
    "card": (RecordType("card", {"title": TextType()}), {"title": "T"}),
    "lost": (RecordType("card", {"title": TextType()}), None),
    "flat": (RecordType("card", {"title": TextType()}), 3),
    "no_day": (DateType(), None),
    "absent": (OptionalType(IntType()), 0),
    "missing": (IntType(), 0),
    "gap": (RecordType("card", {"title": TextType()}), None),
}
SESSION: dict[str, tuple[Type, Value]] = {
    "answer": (IntType(1, 9), 4),
    "ratio": (NumberType(), 0.5),
    "topic": (TextType(), "酒"),
    "later": (IntType(), 0),
}
PLACE = RecordType("location", {"lat": NumberType(), "lng": NumberType(), "label": OptionalType(TextType())})
RULE = RecordType("rule", {"name": TextType(), "description": OptionalType(TextType())})
USER = RecordType(
    "user",
    {
        "id": TextType(),
        "name": TextType(),
        "nick": OptionalType(TextType()),
        "member": BoolType(),
        "vip": OptionalType(BoolType()),
        "phone": TextType("phone"),
        "place": OptionalType(PLACE),
    },
)
ROOTS: dict[str, tuple[Type, Value]] = {
    "text": (TextType(), "早上好"),
    "message": (
        RecordType("message", {"id": TextType(), "location": PLACE, "raw": AnyType()}),
        {
            "id": "m1",
            "location": {"lat": 30.2, "lng": 120.1, "label": "西湖"},
            "raw": {"FromUserName": "u1"},
        },
    ),
    "state": (RecordType("state", {"name": OptionalType(TextType()), "tries": IntType()}), {"name": None, "tries": 2}),
    "bot": (
        RecordType("bot", {"version": TextType(), "rules": ListType(RULE)}),
        {
            "version": "1.10.0",
            "rules": [{"name": "hi", "description": "says hi"}, {"name": "bye", "description": None}],
        },
    ),
    "env": (RecordType("env", {}), {"KEY": "secret"}),
    "match": (ListType(OptionalType(TextType())), ("abc", None)),
    "now": (DateTimeType(), NOW),
    "today": (DateType(), NOW.date()),
    "gone": (RecordType("gone", {"x": IntType()}), None),
}
UNSET = frozenset({"absent", "later"})
NOT_THERE = UNSET | {"missing", "gap"}

SCOPE = Scope(
    {
        **{name: Binding(kind, Storage.LOCAL, name in UNSET) for name, (kind, _) in LOCALS.items()},
        **{name: Binding(kind, Storage.SESSION, name in UNSET) for name, (kind, _) in SESSION.items()},
        **{name: Binding(kind, Storage.ROOT) for name, (kind, _) in ROOTS.items()},
        "user": Binding(USER, Storage.USER),
        "texts": Binding(RecordType("texts", {"hello": TextType(), "bye": TextType()}), Storage.TEXTS),
    },
    entities={"cities": ("北京", "上海")},
)


class FirstOfAll:
    """Chance that always takes the least."""

    def between(self, low: int, high: int) -> int:
        return min(low, high)

    def pick(self, count: int) -> int:
        return 0 * count


def make_env() -> Env:
    return Env(
        locals={name: value for name, (_, value) in LOCALS.items() if name not in NOT_THERE},
        vars={name: value for name, (_, value) in SESSION.items() if name not in UNSET},
        user={"id": "u1", "name": "朋友", "member": False},
        roots={name: value for name, (_, value) in ROOTS.items() if name != "gone"},
        chance=FirstOfAll(),
        locale="zh",
        say_text=lambda name: f"<{name}>",
    )
