from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from interpreter.dialog import shapes
from interpreter.dialog.plain import to_plain
from interpreter.dialog.schema import bot_schema, schema_text
from interpreter.dialog.shapes import Fields, Shape
from interpreter.dialog.shapes_bot import BOT, SHAPES
from interpreter.dialog.structure import check_structure
from interpreter.source.reader import read_text
from interpreter.source.spans import SourceFile, Span
from interpreter.source.tree import Entry, Mapping, Node, Scalar, Sequence

ROOT = Path(__file__).parents[2]
VALIDATOR = Draft202012Validator(bot_schema())


def is_valid(tree: Node) -> bool:
    return VALIDATOR.is_valid(to_plain(tree))


# ---------------------------------------------------------------------------------------------------- as published


def test_the_published_schema_is_the_one_that_is_written() -> None:
    published = (ROOT / "schemas" / "bot.schema.json").read_text("utf-8")
    assert published == schema_text(), "run python -m interpreter.dialog.schema"


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(bot_schema())


def test_every_reference_has_a_definition() -> None:
    schema = bot_schema()
    references = {str(node["$ref"]) for node in nodes(schema) if "$ref" in node}
    assert references == {f"#/$defs/{name}" for name in schema["$defs"]}  # type: ignore[attr-defined]


def test_every_key_is_described_in_english_and_chinese() -> None:
    for node in nodes(bot_schema()):
        if node.get("additionalProperties") is False:
            for key in node["properties"].values():  # type: ignore[attr-defined]
                english, chinese = key["description"].split("\n")
                assert english.endswith(".")
                assert chinese.endswith("。")


def nodes(schema: object) -> Iterator[dict[str, object]]:
    match schema:
        case dict():
            yield schema
            for part in schema.values():
                yield from nodes(part)
        case list():
            for part in schema:
                yield from nodes(part)


# ---------------------------------------------------------------------------------------------------- like structure


def read_chunks() -> Iterator[tuple[str, str, bool]]:
    text = (ROOT / "tests/data/dialog/structure.txt").read_text("utf-8")
    for chunk in text.split("### ")[1:]:
        name, _, rest = chunk.partition("\n")
        source, _, expected = rest.partition("---\n")
        if "(spelling)" not in name:
            yield name, source, not expected.strip()


@pytest.mark.parametrize(
    ("source", "is_good"), [pytest.param(source, is_good, id=name) for name, source, is_good in read_chunks()]
)
def test_schema_and_structure_agree_on_every_example(source: str, is_good: bool) -> None:
    text = source if source.startswith("dialog:") else f"dialog: 1\nname: demo\n{source}"
    tree, _ = read_text("bot.yaml", text)
    assert tree is not None
    assert is_valid(tree) is is_good


@pytest.mark.parametrize("path", sorted(ROOT.glob("bots/*/*.yaml")), ids=lambda path: path.parent.name)
def test_bots_that_are_shared_are_valid(path: Path) -> None:
    tree, _ = read_text(path.name, path.read_text("utf-8"))
    assert tree is not None
    assert [error.json_path for error in VALIDATOR.iter_errors(to_plain(tree))] == []


@pytest.mark.parametrize("seed", range(20))
def test_grown_bots_are_valid_to_both(seed: int) -> None:
    gardener = Gardener(seed)
    for _ in range(100):
        bot = gardener.bot()
        assert [diagnostic.message.en for diagnostic in check_structure(bot)] == []
        assert is_valid(bot), show(bot)


@pytest.mark.parametrize("seed", range(20))
def test_broken_bots_are_judged_alike_by_both(seed: int) -> None:
    gardener = Gardener(seed)
    broken = 0
    for _ in range(150):
        bot = gardener.damage(gardener.bot())
        said = [f"{diagnostic.code} {diagnostic.message.en}" for diagnostic in check_structure(bot)]
        assert is_valid(bot) is (not said), f"{said}\n{show(bot)}"
        broken += bool(said)
    assert broken > 50


@pytest.mark.parametrize("seed", range(20))
def test_carelessly_written_bots_are_judged_alike_by_both(seed: int) -> None:
    """Each with a few places at which one line of the tables was not followed."""
    gardener = Gardener(seed, care=0.96)
    for _ in range(300):
        bot = gardener.bot()
        said = [f"{diagnostic.code} {diagnostic.message.en}" for diagnostic in check_structure(bot)]
        assert is_valid(bot) is (not said), f"{said}\n{show(bot)}"


def show(bot: Node) -> str:
    return json.dumps(to_plain(bot), ensure_ascii=False)


# ---------------------------------------------------------------------------------------------------- growing bots

NOWHERE = Span(SourceFile("grown.yaml", ""), 0, 0)
TEXTS = ("你好", "hi $(user.name)", "no", "1.10", "42", "null", "true", "2024-01-01", "0571", "12:30", "0x1F", "x = 1")
FITTING = {
    shapes.LOCALE: ("zh", "en", "no", "zh-CN"),
    "^[a-z0-9-]+$": ("demo", "42", "true", "a-1"),
}
LOCALE_KEYS = ("zh", "en", "zh-CN", "fr")
MISFITS = ("soon", "-1", "1.5", "true", "false", "0", "resume", "你好", "text", "99999999999")
KEYS = ("reply", "wait", "goto", "do", "ask", "if", "else", "type", "choices", "with", "label", "zh", "news", "image")
KEYS += ("bogus_key", "replly", "text", "default", "for", "url", "items", "get", "json", "form", "key", "set")


def scalar(text: str, *, quoted: bool = False) -> Scalar:
    return Scalar(text, NOWHERE, "double" if quoted else "plain")


class Gardener:
    """Grows bots from the tables of the language, and damages them."""

    def __init__(self, seed: int, care: float = 1.0) -> None:
        self.care = care
        self.chance = random.Random(seed)

    def bot(self) -> Mapping:
        return self._fields(BOT, 5)

    def grow(self, shape: Shape, depth: int) -> Node:
        match shape:
            case shapes.Ref(name=name):
                return self.grow(SHAPES[name], depth)
            case shapes.Leaf() | shapes.Words() | shapes.Flag() | shapes.Whole():
                return self._leaf(shape) if self._careful() else scalar(self.chance.choice(MISFITS))
            case shapes.ListOf(item=item, at_least=least):
                count = max(least, self.chance.randint(0, 2) if depth > 0 else 0) if self._careful() else 0
                return self._list([self.grow(item, depth - 1) for _ in range(count)])
            case shapes.ByItems():
                return self._by_items(shape, depth)
            case shapes.ByKind():
                options = [option for option in (shape.scalar, shape.list, shape.map) if option is not None]
                return self.grow(options[0] if depth <= 0 else self.chance.choice(options), depth - 1)
            case shapes.ByKeys():
                return self._by_keys(shape, depth)
            case shapes.Locales(item=item):
                keys = self.chance.sample(LOCALE_KEYS, self.chance.randint(1, 2))
                keys = keys if self._careful() else self.chance.choice(([], ["bogus_key"], ["if"]))
                return self._mapping({key: self.grow(item, depth - 1) for key in keys})
            case Fields():
                return self._fields(shape, depth)

    def _leaf(self, shape: shapes.Leaf | shapes.Words | shapes.Flag | shapes.Whole) -> Scalar:
        quoted = self.chance.random() < 0.2
        match shape:
            case shapes.Leaf(pattern=pattern, examples=examples):
                return scalar(self.chance.choice(FITTING.get(pattern) or examples or URLS) if pattern else self._text())
            case shapes.Words(words=words):
                return scalar(self.chance.choice(words), quoted=quoted)
            case shapes.Flag(only_true=only_true, literal=literal):
                words = ("true",) if only_true else ("true", "false")
                return scalar(self.chance.choice(words), quoted=quoted and not literal)
            case shapes.Whole(low=low, high=high, literal=literal):
                number = self.chance.randint(max(low, -5), min(high, 300))
                return scalar(str(number), quoted=quoted and not literal)

    def _text(self) -> str:
        return self.chance.choice(TEXTS)

    def _by_items(self, shape: shapes.ByItems, depth: int) -> Sequence:
        if depth <= 0 or self.chance.random() < 0.2:
            return self._list([])
        if self.chance.random() < 0.3:
            return self._list([self.grow(shape.otherwise.item, depth - 1)])
        step = self._mapping({"reply": scalar("好的")})
        return self._list([step, *(self.grow(shape.shape.item, depth - 1) for _ in range(self.chance.randint(0, 2)))])

    def _by_keys(self, shape: shapes.ByKeys, depth: int) -> Mapping:
        case = self.chance.choice((*shape.cases, None))
        if case is not None:
            return self._under(case.shape, self.chance.choice(case.keys), depth)
        grown = self._map_of(shape.otherwise, depth)
        told = {key for case in shape.cases for key in case.keys}
        if any(entry.key.text in told for entry in grown.entries):
            return self._by_keys(shape, depth)
        return grown

    def _map_of(self, shape: Shape, depth: int) -> Mapping:
        grown = self.grow(shape, depth)
        return grown if isinstance(grown, Mapping) else self._map_of(shape, max(depth, 2))

    def _under(self, shape: Shape, word: str, depth: int) -> Mapping:
        """A mapping of a shape with a certain key."""
        match shape:
            case Fields():
                return self._fields(shape, depth, word)
            case shapes.Ref(name=name):
                return self._under(SHAPES[name], word, depth)
            case shapes.ByKind(map=option) if option is not None:
                return self._under(option, word, depth)
            case shapes.ByKeys():
                return self._under(shape.by_word[word], word, depth)
            case _:
                raise AssertionError(shape)

    def _fields(self, shape: Fields, depth: int, word: str | None = None) -> Mapping:
        wanted = {*shape.required, *([word] if word else [])}
        if depth > 0 and shape.keys:
            wanted |= {key.name for key in self.chance.sample(shape.keys, min(len(shape.keys), 3))}
        if shape.any_of and wanted.isdisjoint(shape.any_of):
            wanted.add(self.chance.choice(shape.any_of))
        for need in shape.needs:
            if need.key in wanted and wanted.isdisjoint(need.others):
                wanted.add(need.others[0])
        if not self._careful():
            return self._mapping({name: self._under_key(shape, name, depth) for name in self._careless(shape, wanted)})
        wanted = self._without_clashes(shape, wanted, word)
        if shape.any_of and wanted.isdisjoint(shape.any_of):
            return self._fields(shape, depth, word)
        grown = {key.name: self._under_key(shape, key.name, depth) for key in shape.keys if key.name in wanted}
        if shape.rest is not None:
            count = max(shape.at_least, self.chance.randint(0, 2) if depth > 0 else 0)
            grown |= {f"名字 {number}": self.grow(shape.rest, depth - 1) for number in range(count)}
        while len(grown) < shape.at_least:
            name = self.chance.choice(shape.keys).name
            grown[name] = self._under_key(shape, name, depth)
        return self._mapping(grown)

    def _under_key(self, shape: Fields, name: str, depth: int) -> Node:
        return self.grow(shape.by_name[name].shape, depth - 1)

    def _careful(self) -> bool:
        return self.care >= 1 or self.chance.random() < self.care

    def _careless(self, shape: Fields, wanted: set[str]) -> list[str]:
        """The keys of a mapping that breaks one of its rules, if it has any."""
        sound, least = self._without_clashes(shape, wanted, None), {*shape.required}
        flaws = [sound - {name} for name in shape.required]
        flaws += [sound - {*shape.any_of}] if shape.any_of else []
        flaws += [(sound - {*need.others}) | {need.key} for need in shape.needs]
        for sides in shape.apart:
            flaws += [least | {self.chance.choice(side) for side in self.chance.sample(sides, 2)} for _ in range(2)]
        return sorted(self.chance.choice(flaws or [set()]))

    def _without_clashes(self, shape: Fields, wanted: set[str], word: str | None) -> set[str]:
        kept: list[str] = []
        order = sorted(wanted, key=lambda name: (name != word, name not in shape.required, name))
        for name in order:
            apart = (sides for sides in shape.sides if name in sides)
            if all(sides.get(other, sides[name]) == sides[name] for sides in apart for other in kept):
                kept.append(name)
        return {name for name in kept if self._is_useful(shape, name, kept)}

    def _is_useful(self, shape: Fields, name: str, kept: list[str]) -> bool:
        return all(any(other in kept for other in need.others) for need in shape.needs if need.key == name)

    def _list(self, items: list[Node]) -> Sequence:
        return Sequence(tuple(items), NOWHERE, flow=True)

    def _mapping(self, grown: dict[str, Node]) -> Mapping:
        names = list(grown)
        self.chance.shuffle(names)
        return Mapping(tuple(Entry(scalar(name), grown[name]) for name in names), NOWHERE)

    # ------------------------------------------------------------------------------------------------ damage

    def damage(self, bot: Node) -> Node:
        """A copy with something changed in one place."""
        places = list(walk(bot))
        return change(bot, self.chance.choice(places), self._changed)

    def _changed(self, node: Node) -> Node:
        match node:
            case Mapping(entries=entries) if entries and self.chance.random() < 0.9:
                return Mapping(tuple(self._entries(list(entries))), NOWHERE)
            case Sequence(items=items) if items and self.chance.random() < 0.5:
                return self._list([*items, self._misfit()])
            case _:
                return self._misfit()

    def _entries(self, entries: list[Entry]) -> list[Entry]:
        at = self.chance.randrange(len(entries))
        kept = {entry.key.text for entry in entries}
        added = self.chance.choice([key for key in KEYS if key not in kept])
        match self.chance.randrange(4):
            case 0:
                del entries[at]
            case 1:
                entries[at] = Entry(scalar(added), entries[at].value)
            case 2:
                entries.insert(at, Entry(scalar(added), self._misfit()))
            case _:
                entries[at] = Entry(entries[at].key, self._misfit())
        return entries

    def _misfit(self) -> Node:
        word = scalar(self.chance.choice(MISFITS))
        step = self._mapping({"reply": word})
        locales = self._mapping({"zh": word, "en": word})
        return self.chance.choice((word, word, self._list([]), self._list([word]), self._list([step]), step, locales))


URLS = ("https://api.example.com", "http://a.b/c")


def walk(node: Node) -> Iterator[Node]:
    yield node
    match node:
        case Mapping(entries=entries):
            for entry in entries:
                yield from walk(entry.value)
        case Sequence(items=items):
            for item in items:
                yield from walk(item)


def change(node: Node, place: Node, changed: object) -> Node:
    if node is place:
        return changed(node)  # type: ignore[operator,no-any-return]
    match node:
        case Mapping(entries=entries):
            kept = tuple(Entry(entry.key, change(entry.value, place, changed)) for entry in entries)
            return Mapping(kept, node.span)
        case Sequence(items=items):
            return Sequence(tuple(change(item, place, changed) for item in items), node.span)
        case _:
            return node
