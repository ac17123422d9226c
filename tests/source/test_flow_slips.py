"""Values inside brackets that YAML cannot take as they stand."""

import pytest

from interpreter.source.flow_slips import closing_bracket, torn_values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("{pattern: =a, set: xs = xs[:-1]}", ["xs = xs[:-1]"]),
        ("{args: {names: list(text) = []}, do: []}", ["list(text) = []"]),
        ('{reply: 从 $(f(d, "x")) 开始, end: true}', ['从 $(f(d, "x")) 开始']),
        ('{if: "vip" in tags, reply: [a, "b"]}', ['"vip" in tags']),
        ("[[可爱] 你好, {a: b}]", ["[可爱] 你好"]),
        ("[a, f(b, c)", ["f(b, c)"]),
        ("{a: b: c, d: e}", ["b: c"]),
        ('{if: n == "a #b", reply: x}', ['n == "a #b"']),
        ("{a: \"x\", 'b': [c, {d: e}], f, g: h}", []),
        ("[a,\n  $(xs[0]),  # c\n  b]", ["$(xs[0])"]),
        ("{a: $(f(x}", []),
        ('["a" "b"]', []),
        ("[a", []),
    ],
)
def test_the_whole_value_is_found(text: str, values: list[str]) -> None:
    assert [text[start:end] for start, end, _ in torn_values(text, 0)] == values


@pytest.mark.parametrize("text", ["[", "{", "[[[[", "{a", "{a:", "[,,,", "{]", "[}", '{"', "{a: [b}", "[#"])
def test_any_rubbish_comes_to_an_end(text: str) -> None:
    assert not list(torn_values(text, 0))


def test_a_bracket_finds_its_partner_behind_quotes() -> None:
    text = "[a, ']', {b: c}] d"
    assert closing_bracket(text, 0, len(text)) == text.index("] d")
    assert closing_bracket("[a}", 0, 3) is None
