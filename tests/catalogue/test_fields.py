from __future__ import annotations

import pytest

from interpreter.catalogue.fields import Field, Limits, find_field, read_fields, read_notation


@pytest.mark.parametrize(
    ("notation", "expected"),
    [
        ("str", ("str", False, Limits())),
        ("str!", ("str", True, Limits())),
        ("str! =text", ("str", True, Limits(constant="text"))),
        ("int 0|1", ("int", False, Limits(choices=("0", "1")))),
        ("list[str]! 2..50", ("list[str]", True, Limits(least=2, most=50))),
        ("int 1..", ("int", False, Limits(least=1))),
        ("int ..9", ("int", False, Limits(most=9))),
        ("str <=128B", ("str", False, Limits(bytes=128))),
        ("str <=32c", ("str", False, Limits(characters=32))),
        ("str! :date", ("str", True, Limits(is_date=True))),
    ],
)
def test_a_notation_is_a_type_and_limits(notation: str, expected: object) -> None:
    assert read_notation(notation) == expected


def test_what_is_no_limit_is_an_error() -> None:
    with pytest.raises(ValueError, match="no limit"):
        read_notation("str soon")


def test_dots_and_brackets_nest() -> None:
    (button,) = read_fields({"button": "list[object]! 1..3", "button[].name": "str!", "button[].sub.x": "int"})
    assert button.is_list
    assert button.names == ("name", "sub")
    assert button.inside("sub") == Field("sub", "object", fields=(Field("x", "int"),))


def test_what_is_only_in_front_of_a_dot_is_required_by_what_is_inside() -> None:
    (tag,) = read_fields({"tag.id": "int!"})
    assert (tag.kind, tag.required) == ("object", True)
    (images,) = read_fields({"images[].id": "int"})
    assert (images.kind, images.required) == ("list[object]", False)


def test_a_free_name_stands_for_any() -> None:
    (data,) = read_fields({"data.{key}.value": "str!"})
    assert data.names == ()
    assert data.inside("anything") is not None
    assert find_field(read_fields({"{raw}": "str!"}), "anything") is None
