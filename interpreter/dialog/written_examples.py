"""How what stands under a key is written: an example for whoever wrote something else there."""

from __future__ import annotations

from interpreter.diagnostics.wording import Wording
from interpreter.dialog.shapes import (
    ByItems,
    ByKeys,
    ByKind,
    Fields,
    Flag,
    Leaf,
    ListOf,
    Locales,
    Ref,
    Shape,
    Whole,
    Words,
)
from interpreter.dialog.shapes_bot import SHAPES

_UNDER_KEYS = {
    "dialog": "1",
    "name": "my-bot",
    "rules": "{hi: hello}",
    "replies": "{hi: hello}",
    "vars": "{count: int = 0}",
    "args": "{topic: text}",
    "states": "{guess: {prompt: …, rules: {…}}}",
    "flows": "{order: [{ask: …, into: dish}, {reply: …}]}",
    "texts": "{bye: see you}",
    "entities": "{cities: [北京, 上海]}",
    "media": "{cat: cat.jpg}",
    "domains": "{member: {guard: user.member, else: …}}",
    "services": "{geo: {url: 'https://api.example.com', operations: {at: {get: /at}}}}",
    "operations": "{at: {get: /at}}",
    "menu": "{今日歌曲: {reply: …}, 官网: {url: 'https://www.example.com'}}",
    "items": "{今日歌曲: {reply: …}}",
    "account": "{token: $(env.WX_TOKEN)}",
    "accounts": "{main: {path: /main, token: $(env.WX_TOKEN)}}",
    "imports": "[faq.yaml]",
    "locales": "[zh, en]",
    "renamed": "{old_name: new_name}",
    "examples": "[hi, hello]",
    "choices": "{1: {label: …, reply: …}}",
    "form": "{city: {ask: …}, phone: {ask: …, type: phone}}",
    "with": "{topic: text}",
    "set": "count = 1",
    "let": "count = 1",
    "each": "item in items",
    "choose": "[{if: count > 1, reply: …}, {else: …}]",
    "fetch": "geo.at()",
    "do": "[{reply: …}]",
    "then": "[{reply: …}]",
    "else": "[{reply: …}]",
    "fallback": "…",
    "failure": "…",
    "before": "[{set: count += 1}]",
    "after": "[{set: count += 1}]",
    "if": "count > 1",
    "guard": "user.member",
    "ask": "…",
    "reply": "…",
    "prompt": "…",
    "label": "…",
    "title": "…",
    "url": "https://www.example.com",
    "news": "{title: …, url: 'https://www.example.com'}",
    "music": "{title: …, url: 'https://www.example.com/a.mp3'}",
    "mini": "{app_id: …, page: pages/index, url: 'https://www.example.com'}",
    "sequence": "[…, …]",
    "cycle": "[…, …]",
    "shuffle": "[…, …]",
    "once": "[…, …]",
    "tests": "{greets: {talk: …}}",
    "talk": "|  # > hi / < hello",
    "headers": "{X-Name: …}",
    "mock": "{body: {…}}",
    "given": "{random: 1}",
    "slow": "[hold, push]",
    "pack": "…",
    "get": "/path",
    "event": "subscribe",
    "message": "image",
    "pattern": "你好|hi",
    "domain": "member",
    "interrupt": "leave",
    "tries": "3",
    "retry": "1",
    "timeout": "10m",
    "transfer": "true",
}
"""What may stand under the keys of which the shape alone would make a poor example."""

_DEEPEST = 3


def written_as(key: str | None, shape: Shape) -> str:
    """An example of a shape, behind the key under which it stands if that is known."""
    if key is None:
        return example_of(shape)
    known = _UNDER_KEYS.get(key)
    return f"{key}: {example_of(shape) if known is None else known}"


def write_it(key: str | None, shape: Shape) -> Wording:
    """What to write there, as a sentence."""
    written = written_as(key, shape)
    return Wording(f"write it like `{written}`", f"例如写成 `{written}`")


def example_of(shape: Shape, depth: int = 0) -> str:
    """The shortest thing of a shape."""
    if depth > _DEEPEST:
        return "…"
    match shape:
        case Leaf(examples=examples):
            return examples[0].partition("\n")[0] if examples else "…"
        case Words(words=words):
            return words[0]
        case Flag():
            return "true"
        case Whole(low=low, high=high):
            return str(min(max(low, 1), high))
        case ListOf(item=item):
            return f"[{example_of(item, depth + 1)}]"
        case Locales(item=item):
            return f"{{zh: {example_of(item, depth + 1)}, en: {example_of(item, depth + 1)}}}"
        case Fields():
            return _example_of_fields(shape, depth)
        case ByKind(scalar=scalar, list=list_, map=map_):
            return example_of(scalar or list_ or map_ or Leaf(shape.title), depth)
        case ByKeys(otherwise=otherwise):
            return "{reply: …}" if "reply" in shape.words else example_of(otherwise, depth)
        case ByItems(shape=steps):
            return example_of(steps, depth)
        case Ref(name=name):
            return example_of(SHAPES[name], depth)


def _example_of_fields(shape: Fields, depth: int) -> str:
    names = shape.required or shape.any_of[:1] or tuple(shape.by_name)[:1]
    if not names and shape.rest is not None:
        return f"{{name: {example_of(shape.rest, depth + 1)}}}"
    entries = (f"{name}: {_UNDER_KEYS.get(name) or example_of(shape.by_name[name].shape, depth + 1)}" for name in names)
    return f"{{{', '.join(entries)}}}"
