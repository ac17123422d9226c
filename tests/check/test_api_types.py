from __future__ import annotations

import pytest

from interpreter.catalogue.fields import read_fields
from interpreter.catalogue.methods import every_method
from interpreter.catalogue.samples import sample_answer
from interpreter.check.api_types import answer_type, never_takes
from interpreter.expr.fields import field_type
from interpreter.types.kinds import (
    AnyType,
    BoolType,
    DateTimeType,
    IntType,
    ListType,
    MapType,
    NumberType,
    OptionalType,
    RecordType,
    TextType,
    Type,
)


def test_an_answer_is_a_record_of_what_is_known() -> None:
    kind = answer_type("user.info")
    assert isinstance(kind, RecordType)
    assert {"openid", "subscribe", "errcode"} <= set(kind.fields)
    tag = answer_type("tag.create")
    assert isinstance(tag, RecordType)
    assert isinstance(tag.fields["tag"], RecordType)


@pytest.mark.parametrize("name", ["wxa.submit_audit", "media.get", "menu.delete", "nobody.info"])
def test_what_is_not_known_is_any(name: str) -> None:
    assert answer_type(name) == AnyType()


def test_a_field_that_is_like_no_other_may_be_new() -> None:
    kind = answer_type("user.info")
    assert field_type(kind, "nickname") == AnyType()
    assert field_type(kind, "subscrib") is None


def test_every_sample_has_the_fields_of_its_type() -> None:
    for method in every_method():
        kind = answer_type(method.full_name)
        if isinstance(kind, RecordType):
            assert set(sample_answer(method)) <= set(kind.fields)


@pytest.mark.parametrize(
    ("notation", "kind", "is_refused"),
    [
        ("str", IntType(), False),
        ("str", BoolType(), True),
        ("str", OptionalType(ListType()), True),
        ("str", AnyType(), False),
        ("int", TextType(), False),
        ("int", NumberType(), False),
        ("int", DateTimeType(), True),
        ("float", TextType(), True),
        ("flag", BoolType(), False),
        ("bool", IntType(), True),
        ("object", TextType(), True),
        ("object", MapType(), False),
        ("list[str]", TextType(), False),
        ("list[str]", MapType(), True),
        ("list[str]", ListType(), False),
        ("json", DateTimeType(), False),
        ("file", TextType(), False),
        ("file", IntType(), True),
    ],
)
def test_what_a_parameter_never_takes(notation: str, kind: Type, is_refused: bool) -> None:
    (field,) = read_fields({"x": notation})
    assert never_takes(field, kind) is is_refused


def test_a_value_of_a_template_may_be_written_short() -> None:
    (data,) = read_fields({"data.{key}.value": "str!"})
    (value,) = data.fields
    assert not never_takes(value, TextType())
    assert never_takes(value, BoolType())
