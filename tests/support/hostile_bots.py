"""Hostile bots that are too big to be kept in files: deep, multiplying, huge, undecodable, importing badly."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

HEAD = "dialog: 1\nname: bad\n"
_SERVICE = (
    HEAD
    + """\
rules: {hi: {do: [{fetch: s.o()}]}}
services: {s: {url: "http://a.b", operations: {o: {post: /, json: #}}}}
"""
)


@dataclass(frozen=True)
class Case:
    """A bot, the files beside it, and the codes its diagnostics must have; none for a bot that is accepted."""

    name: str
    file: str
    files: dict[str, bytes]
    codes: frozenset[str]


def _bot(name: str, text: str, codes: str = "", file: str = "bot.yaml", **others: str) -> Case:
    files = {file: text.encode(), **{other.replace("_", "."): body.encode() for other, body in others.items()}}
    return Case(name, file, files, frozenset(codes.split()))


def _in_rules(text: str) -> str:
    return f"{HEAD}rules:\n{text}\n"


def _steps(opening: str, closing: str, depth: int) -> str:
    return _in_rules(f"  a: {{do: {opening * depth}[{{reply: x}}]{closing * depth}}}")


def _lines(count: int, line: Callable[[int], str]) -> str:
    return "".join(f"{line(index)}\n" for index in range(count))


def _flows(steps: str, called: str = "f0") -> str:
    return f"{HEAD}flows:\n{steps}rules: {{hi: {{call: {called}}}}}\n"


def _texts(texts: str) -> str:
    return f"{HEAD}texts:\n{texts}rules: {{hi: $(texts.t0)}}\n"


def _deep() -> Iterator[Case]:
    """Nesting of everything that nests."""
    for depth, codes in ((12, ""), (2_000, "DL006")):
        yield _bot(f"if in if, {depth}", _steps("[{if: true, then: ", "}]", depth), codes)
        yield _bot(f"each in each, {depth}", _steps('[{each: "x in [1]", do: ', "}]", depth), codes)
        yield _bot(f"choose in choose, {depth}", _steps("[{choose: [{if: true, do: ", "}]}]", depth), codes)
        yield _bot(f"failed in failed, {depth}", _steps("[{api: menu.get, failed: ", "}]", depth), codes or "")
        yield _bot(f"list in list of replies, {depth}", _in_rules(f"  a: {'[[a], ' * depth}x{']' * depth}"), codes)
        yield _bot(
            f"sequence in sequence, {depth}",
            _in_rules(f"  a: {{reply: {'{sequence: [' * depth}x{']}' * depth}}}"),
            codes,
        )
        yield _bot(
            f"replies in replies, {depth}",
            _in_rules(f"  a: {'{reply: x, replies: {b: ' * depth}x{'}}' * depth}"),
            codes,
        )
        yield _bot(
            f"menu in menu, {depth}",
            f"{HEAD}rules: {{hi: yo}}\nmenu: {'{a: {items: ' * depth}{{b: {{key: c}}}}{'}}' * depth}",
            codes,
        )
        yield _bot(
            f"data in data, {depth}",
            _SERVICE.replace("#", "{a: [" * depth + "1" + "]}" * depth),
            codes,
        )
    many = 100_000
    yield _bot("open brackets", HEAD + "rules: " + "[" * many, "DL006")
    yield _bot("open braces", HEAD + "rules: " + "{a: " * many, "DL006")
    yield _bot("both kinds of brackets", HEAD + "rules: " + "[{a: " * many + "]}" * many, "DL006")
    yield _bot("brackets that close", HEAD + "rules: " + "[" * many + "]" * many, "DL006")
    yield _bot("dashes", HEAD + "rules: " + "- " * many, "DL001")
    yield _bot("question marks", HEAD + "rules:\n  " + "? " * many, "DL006")
    yield _bot("a staircase", HEAD + "rules:\n" + _lines(2_000, lambda i: f"{' ' * (i + 2)}a:"), "DL006")
    yield _bot("a staircase of anchors", _lines(2_000, lambda i: f"{' ' * i}a: &a{i}"), "DL006")
    yield _bot("brackets in JSON", "[" * many, "DL006", "bot.json")
    yield _bot("braces in JSON", '{"a":' * many, "DL006", "bot.json")
    for depth in (40, 10_000):
        codes = "" if depth < 64 else "DL2"
        yield _bot(f"brackets in an expression, {depth}", _in_rules(f"  a: $({'(' * depth}1{')' * depth})"), codes)
        yield _bot(f"lists in an expression, {depth}", _in_rules(f"  a: '$(len({'[' * depth}1{']' * depth}))'"), codes)
        yield _bot(
            f"maps in an expression, {depth}",
            _in_rules("  a: >-\n    $(len(" + '{"a": ' * depth + "1" + "}" * depth + "))"),
            codes,
        )
        yield _bot(f"not in an expression, {depth}", _in_rules(f"  a: {{if: {'not ' * depth}true, reply: x}}"), codes)
        yield _bot(f"minus in an expression, {depth}", _in_rules(f"  a: $({'- ' * depth}1)"), codes)
        yield _bot(f"calls in an expression, {depth}", _in_rules(f"  a: $({'abs(' * depth}1{')' * depth})"), codes)
        yield _bot(f"conditions in an expression, {depth}", _in_rules(f"  a: $({'1 if true else ' * depth}1)"), codes)
        yield _bot(
            f"comprehensions in an expression, {depth}",
            _in_rules("  a: '$(len(" + "[x for x in " * depth + "[1]" + "]" * depth + "))'"),
            codes,
        )
        yield _bot(f"fields in an expression, {depth}", _in_rules(f"  a: $(message.raw{'.a' * depth})"), codes)
        yield _bot(f"indexes in an expression, {depth}", _in_rules(f"  a: $(text{'[0]' * depth})"), codes)
        yield _bot(
            f"groups in a phrase, {depth}",
            _in_rules(f"  a: {{pattern: '{'(' * depth}a{')' * depth}', reply: x}}"),
            "DL404",
        )
        yield _bot(
            f"groups in a regular expression, {depth}",
            _in_rules(f"  a: {{pattern: '/{'(' * depth}a{')' * depth}/', reply: x}}"),
            "DL404" if depth > 64 else "",
        )
        yield _bot(
            f"lists in a type, {depth}",
            f"{HEAD}vars: {{x: '{'list(' * depth}int{')' * depth}?'}}\nrules: {{hi: yo}}",
            "DL107",
        )
        yield _bot(
            f"brackets in a type, {depth}",
            f"{HEAD}vars: {{x: '{'(' * depth}int{')' * depth}?'}}\nrules: {{hi: yo}}",
            "DL107",
        )
    yield _bot("a sum without end", _in_rules(f"  a: $({'1 + ' * 20_000}1)"), "DL217")
    yield _bot("holes without end", _in_rules(f"  a: {'$(1)' * 20_000}"), "DL217")
    yield _bot("open holes without end", _in_rules(f"  a: {'$(' * 20_000}"), "DL200")
    yield _bot("quotes without end", _in_rules("  a: $(" + '"' * 20_001 + ")"), "DL200")


def _bombs() -> Iterator[Case]:
    """Little that stands for much."""
    level = "".join(f"l{i}: &l{i} [{', '.join([f'*l{i - 1}'] * 10)}]\n" for i in range(1, 30))
    yield _bot("aliases of aliases", f"l0: &l0 [x]\n{level}", "DL006")
    maps = "".join(f"m{i}: &m{i} {{a: *m{i - 1}, b: *m{i - 1}, c: *m{i - 1}}}\n" for i in range(1, 40))
    yield _bot("aliases of maps", f"m0: &m0 {{x: y}}\n{maps}", "DL006")
    yield _bot(
        "aliases as rules",
        f"{HEAD}texts: {{t: &t [{'x, ' * 5000}x]}}\nrules:\n{_lines(40, lambda i: f'  r{i}: *t')}",
        "DL006",
    )
    yield _bot("one long alias", f"{HEAD}rules: {{hi: *{'a' * 100_000}}}", "DL001")
    yield _bot("many anchors", HEAD + "rules:\n" + _lines(20_000, lambda i: f"  r{i}: &a{i} x"), "DL018")
    yield _bot(
        "named texts that double",
        _texts(_lines(30, lambda i: f"  t{i}: $(texts.t{i + 1})$(texts.t{i + 1})") + "  t30: ''\n"),
    )
    yield _bot(
        "named texts in a long chain",
        _texts(_lines(3_000, lambda i: f"  t{i}: $(texts.t{i + 1})") + "  t3000: x\n"),
    )
    yield _bot(
        "named texts in a long circle",
        f"{HEAD}texts:\n{_lines(3_000, lambda i: f'  t{i}: $(texts.t{(i + 1) % 3_000})')}rules: {{hi: $(texts.t0)}}\n",
        "DL305",
    )
    yield _bot(
        "flows in a long chain",
        _flows(_lines(3_000, lambda i: f"  f{i}: [{{call: f{i + 1}}}]") + "  f3000: [{reply: x}]\n"),
    )
    yield _bot(
        "flows in a long circle",
        _flows(_lines(3_000, lambda i: f"  f{i}: [{{call: f{(i + 1) % 3_000}}}]")),
        "DL305",
    )
    yield _bot(
        "rules in a long circle",
        f"{HEAD}rules:\n{_lines(3_000, lambda i: f'  r{i}: {{goto: rules.r{(i + 1) % 3_000}}}')}",
        "DL305",
    )
    yield _bot(
        "results in a long chain",
        _flows(
            _lines(2_000, lambda i: f"  f{i}: {{do: [{{call: f{i + 1}, into: x}}], return: x}}")
            + "  f2000: {do: [], return: 1}\n"
        ),
    )
    ways = "".join(f"(a{i}|b{i}|c{i})" for i in range(30))
    yield _bot("phrases that multiply", _in_rules(f"  a: {{pattern: '{ways}', reply: x}}"), "DL404")
    yield _bot("a long phrase", _in_rules(f"  a: {{pattern: '{'a' * 20_000}', reply: x}}"), "DL404")
    yield _bot(
        "a phrase of many bars",
        _in_rules(f"  a: {{pattern: '{'|'.join(f'w{i}' for i in range(5_000))}', reply: x}}"),
        "DL404",
    )
    yield _bot(
        "a phrase of many slots", _in_rules(f"  a: {{pattern: '{''.join(f'<s{i}>x' for i in range(60))}', reply: x}}")
    )
    yield _bot(
        "an expression that multiplies", _in_rules(f"  a: {{pattern: '/{'(' * 8}a{'{50})' * 8}/', reply: x}}"), "DL404"
    )
    yield _bot("a long expression", _in_rules(f"  a: {{pattern: '/{'(a|b)*' * 3_000}/', reply: x}}"), "DL404")
    yield _bot(
        "a wide class",
        _in_rules(f"  a: {{pattern: '/[{''.join(map(chr, range(0x4E00, 0x4E00 + 5_000)))}]/', reply: x}}"),
        "DL404",
    )
    digits = "9" * 5_000
    for place, codes in _DIGITS.items():
        yield _bot(
            f"5,000 digits in {place}",
            HEAD.replace(f"{place.partition(':')[0]}: 1\n", "") + place.replace("#", digits),
            codes,
        )


_DIGITS = {
    "dialog: #": "DL014",
    "version: #": "",
    "session: #m": "DL013",
    "timeout: #d": "DL013",
    "vars: {n: 'int(0..#)'}": "DL107",
    "vars: {n: 'digits(#)'}": "DL107",
    "vars: {n: int = #}": "DL217",
    "states: {s: {tries: #, rules: {a: b}}}": "DL014",
    "rules: {a: $(#)}": "DL217",
    "rules: {a: $(#d)}": "DL217",
    "rules: {a: $(0.#)}": "DL217",
    "rules: {a: $(1e#)}": "DL217",
    "rules: {a: '$(text[#])'}": "DL217",
    "rules: {a: {pattern: '/a{#}/', reply: x}}": "DL404",
    "rules: {a: {pattern: '<n:int(0..#)>', reply: x}}": "DL107",
    "services: {s: {url: 'http://a.b:#', retry: #, timeout: #s, operations: {o: {get: /}}}}": "DL013 DL014",
    "tests: {t: {given: {random: #}, talk: '~ #m'}}": "DL014",
    "tests: {t: {given: {now: '#-01-01'}, talk: '> @location #,1 x'}}": "DL013",
    "account: {agent_id: #}": "",
    "rules: {a: '$(date(\"#\") ?? today)'}": "DL217",
}


def _large() -> Iterator[Case]:
    """Very many of everything."""
    yield _bot("10 MB", HEAD + "rules: {hi: " + "x" * 10_000_000 + "}", "DL006")
    yield _bot("10 MB of JSON", '{"dialog": 1, "name": "' + "x" * 10_000_000 + '"}', "DL006", "bot.json")
    yield _bot("3 MB of one text", HEAD + "rules: {hi: " + "x" * 3_000_000 + "}", "DL217")
    yield _bot("3 MB of one name", HEAD + "rules: {" + "x" * 3_000_000 + ": yo}", "DL001")
    yield _bot("3 MB of comments", HEAD + "# x\n" * 750_000 + "rules: {hi: yo}")
    yield _bot("3 MB of blank lines", HEAD + "\n" * 3_000_000 + "rules: {hi: yo}")
    yield _bot("3 MB of spaces", HEAD + "rules: {hi: yo}\n" + " " * 3_000_000)
    yield _bot("3 MB of commas", HEAD + "rules: [" + "," * 3_000_000 + "]", "DL001")
    yield _bot("3 MB of colons", HEAD + "rules: " + ":" * 3_000_000, "DL001")
    yield _bot("3 MB of quotes", HEAD + "rules: " + "'" * 3_000_001, "DL001")
    yield _bot("3 MB of tabs", HEAD + "rules:\n" + "\t" * 3_000_000, "DL001")
    yield _bot(
        "20,000 rules on one line of JSON",
        '{"dialog": 1, "name": "bad", "rules": {' + ", ".join(f'"r{i}": "x"' for i in range(20_000)) + "}}",
        "",
        "bot.json",
    )
    yield _bot("a list of a million", HEAD + "rules: {hi: [" + "x," * 1_000_000 + "x]}", "DL006")
    yield _bot("10,000 rules", HEAD + "rules:\n" + _lines(10_000, lambda i: f"  r{i}: x"))
    yield _bot("3,000 broken rules", HEAD + "rules:\n" + _lines(3_000, lambda i: f"  r{i}: {{rply: $(nmae)}}"), "DL011")
    yield _bot("3,000 unknown names", HEAD + "rules:\n" + _lines(3_000, lambda i: f"  r{i}: $(nmae{i})"), "DL102")
    yield _bot(
        "10,000 states",
        HEAD + "rules: {hi: {wait: s0}}\nstates:\n" + _lines(10_000, lambda i: f"  s{i}: {{rules: {{a: b}}}}"),
    )
    yield _bot(
        "300 unknown targets",
        HEAD
        + "rules:\n"
        + _lines(300, lambda i: f"  r{i}: {{wait: stat{i}}}")
        + "states:\n"
        + _lines(300, lambda i: f"  state{i}: {{rules: {{a: b}}}}"),
        "DL101",
    )
    yield _bot(
        "10,000 variables", HEAD + "vars:\n" + _lines(10_000, lambda i: f"  v{i}: int = 0") + "rules: {hi: yo}\n"
    )
    yield _bot(
        "10,000 flows",
        HEAD + "flows:\n" + _lines(10_000, lambda i: f"  f{i}: [{{reply: x}}]") + "rules: {hi: {call: f0}}\n",
    )
    yield _bot(
        "10,000 texts", HEAD + "texts:\n" + _lines(10_000, lambda i: f"  t{i}: x") + "rules: {hi: $(texts.t0)}\n"
    )
    yield _bot(
        "10,000 entities",
        HEAD
        + "entities:\n  c:\n"
        + _lines(10_000, lambda i: f"    thing{i}: [t{i}]")
        + "rules: {hi: {pattern: '买<c:c>', reply: $(c)}}\n",
    )
    yield _bot(
        "10,000 tests", HEAD + "rules: {hi: yo}\ntests:\n" + _lines(10_000, lambda i: f"  t{i}: {{talk: '> hi'}}")
    )
    yield _bot(
        "10,000 examples",
        HEAD + "rules:\n  hi:\n    reply: yo\n    examples:\n" + _lines(10_000, lambda i: f"      - hi {i}"),
    )
    yield _bot("10,000 steps", HEAD + "rules:\n  hi:\n    do:\n" + _lines(10_000, lambda i: f"      - log: x{i}"))
    yield _bot("10,000 replies in a sequence", HEAD + "rules: {hi: {reply: {sequence: [" + "x, " * 10_000 + "x]}}}")
    yield _bot(
        "10,000 locales", HEAD + "rules: {hi: {reply: {" + ", ".join(f"l{i}: x" for i in range(10_000)) + "}}}", "DL011"
    )
    yield _bot("10,000 duplicate keys", HEAD + "rules:\n" + _lines(10_000, lambda _: "  hi: yo"), "DL003")
    yield _bot("1,000 unknown keys", HEAD + "rules: {hi: yo}\n" + _lines(1_000, lambda i: f"rule{i}: x"), "DL011")
    yield _bot("10,000 tags", HEAD + "rules:\n" + _lines(10_000, lambda i: f"  r{i}: !tag x"), "DL004")
    yield _bot(
        "10,000 lines of a talk",
        HEAD + "rules: {hi: yo}\ntests:\n  t:\n    talk: |\n" + _lines(10_000, lambda _: "      what"),
        "DL801",
    )
    yield _bot("10,000 unclosed quotes", HEAD + "rules:\n" + _lines(10_000, lambda i: f"  r{i}: 'x"), "DL001")
    yield _bot("10,000 wrong colons", HEAD + "rules:\n" + _lines(10_000, lambda i: f"  r{i}：x"), "DL0")
    yield _bot(
        "10,000 wrong indentations", HEAD + "rules:\n" + _lines(10_000, lambda i: f"{' ' * (i % 7)}r{i}: x"), "DL001"
    )
    yield _bot(
        "10,000 regular expressions",
        HEAD + "rules:\n" + _lines(5_000, lambda i: f"  r{i}: {{pattern: '/^(a{i}|b)+c$/', reply: x}}"),
    )
    yield _bot(
        "3,000 alternatives in a type",
        HEAD
        + f"vars: {{x: '{' | '.join(f'a{i}' for i in range(3_000))}'}}\nrules: {{hi: {{set: x = \"a1\", reply: yo}}}}",
    )
    yield _bot("one long key unknown", HEAD + "rules: {hi: yo}\n" + "r" * 100_000 + ": x", "DL001")
    yield _bot("a long line of errors", _in_rules("  a: [" + ", ".join("$(nmae)" for _ in range(5_000)) + "]"), "DL102")


def _encodings() -> Iterator[Case]:
    """Bytes that are no text, and text in other clothes."""
    good = f"{HEAD}rules: {{hi: 你好}}\n"
    given = {
        "a byte-order mark": (good.encode("utf-8-sig"), ""),
        "two byte-order marks": (b"\xef\xbb\xbf" + good.encode("utf-8-sig"), "DL001"),
        "a byte-order mark in the middle": (good.replace("rules", "\ufeffrules").encode(), "DL001"),
        "UTF-16": (good.encode("utf-16"), "DL002"),
        "UTF-16 without a mark": (good.encode("utf-16-le"), "DL001"),
        "UTF-32": (good.encode("utf-32"), "DL002"),
        "GBK": (good.encode("gbk"), "DL002"),
        "Latin-1": (good.replace("你好", "é").encode("latin-1"), "DL002"),
        "surrogates": (good.replace("你好", "\ud83d").encode("utf-8", "surrogatepass"), "DL002"),
        "overlong forms": (good.encode().replace(b"1", b"\xc0\xb1"), "DL002"),
        "cut in a character": (good.encode()[:-4], "DL002"),
        "NUL": (good.replace("你", "\0").encode(), "DL001"),
        "only NUL": (b"\0" * 1_000, "DL001"),
        "control characters": (
            good.replace("你好", "".join(map(chr, range(1, 32))).replace("\n", "").replace("\r", "")).encode(),
            "DL001",
        ),
        "Windows line breaks": (good.replace("\n", "\r\n").encode(), ""),
        "old Macintosh line breaks": (good.replace("\n", "\r").encode(), ""),
        "line breaks of Unicode": (good.replace("你", "\u2028\u2029\x85").encode(), ""),
        "every byte": (bytes(range(256)), "DL002"),
        "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 10, "DL002"),
        "a zip": (b"PK\x03\x04" + bytes(range(128)) * 10, "DL001"),
        "noncharacters": (good.replace("你", "\ufffe\uffff").encode(), "DL001"),
        "private characters": (good.replace("你", "\U0010f000\ue000").encode(), ""),
        "a no-break space before a value": (good.replace(": {", ":\xa0{").encode(), "DL0"),
        "the last character": (good.replace("你", "\U0010ffff").encode(), ""),
    }
    for name, (content, codes) in given.items():
        yield Case(name, "bot.yaml", {"bot.yaml": content}, frozenset(codes.split()))
        if name not in ("line breaks of Unicode", "old Macintosh line breaks"):
            whole = content.replace(good.encode(), b'{"dialog": 1, "name": "bad", "rules": {"hi": "x"}}')
            yield Case(
                f"{name} in JSON",
                "bot.json",
                {"bot.json": whole},
                frozenset({"DL0"} if b"dialog" not in whole or whole.count(b"\n") or codes else ()),
            )


def _imports() -> Iterator[Case]:
    """Files that import what they should not."""

    def importing(name: str, what: str, codes: str = "DL112", **others: str) -> Case:
        return _bot(name, f"{HEAD}imports: {what}\nrules: {{hi: yo}}\n", codes, **others)

    yield importing("a missing file", "[nowhere.yaml]")
    yield importing("itself", "[bot.yaml]")
    yield importing("itself by another way", "[./bot.yaml, x/../bot.yaml]")
    yield importing("a circle", "[a.yaml]", a_yaml="imports: [b.yaml]", b_yaml="imports: [a.yaml]")
    yield importing("a circle through the bot", "[a.yaml]", a_yaml="imports: [bot.yaml]")
    yield importing("the folder above", "[../bot.yaml]")
    yield importing("a folder far above", "['../../../../../../etc/passwd']")
    yield importing("an absolute name", "[/etc/passwd]")
    yield importing("a name on Windows", "['C:\\\\Windows\\\\win.ini', 'a\\\\b.yaml']")
    yield importing("an address", "['http://example.com/a.yaml', 'file:///etc/passwd']")
    yield importing("a link out of the folder", "[out.yaml]")
    yield importing("a link to itself", "[loop.yaml]")
    yield importing("a folder", "[folder, ., ./]", "DL112")
    yield importing("a pipe", "[pipe.yaml]")
    yield importing("a device", "[device.yaml]")
    yield importing("a name with NUL", '["a\\0b"]')
    yield importing("half of a surrogate pair", '["\\ud800"]', "DL112")
    yield importing("a name without end", f"[{'x' * 5_000}]")
    yield importing("a path without end", f"[{'x/' * 3_000}y]")
    yield importing("an empty name", "['', ' ', ~]")
    yield importing("a pack", "[{pack: x.dialogpack}]")
    yield importing("what is no name", "[{}, [], {a: b}]")
    yield importing("a list that is none", "a.yaml")
    yield importing("a binary file", "[a.yaml]", "DL001", a_yaml="PK\3\4\0\0")
    yield importing("a broken file", "[a.yaml]", "DL001", a_yaml="rules: [")
    yield importing("an empty file", "[a.yaml]", "DL112", a_yaml="")
    yield importing("a list", "[a.yaml]", "DL013", a_yaml="- x")
    yield importing("a file with an unknown key", "[a.yaml]", "DL011", a_yaml="rulse: {a: b}")
    yield importing("a file with the same rule", "[a.yaml]", "DL112", a_yaml="rules: {hi: yo}")
    yield importing("a file that sets the name", "[a.yaml]", "", a_yaml="dialog: 1\nname: other\nrules: {a: b}")
    yield importing("the same file twice", "[a.yaml, a.yaml]", "", a_yaml="rules: {a: b}")
    yield importing("a file with a bomb", "[a.yaml]", "DL006", a_yaml="a: " + "[" * 10_000)
    yield importing("1,000 missing files", f"[{', '.join(f'f{i}.yaml' for i in range(1_000))}]")
    chain = {f"f{i}_yaml": f"imports: [f{i + 1}.yaml]" for i in range(300)}
    yield importing("a long chain", "[f0.yaml]", "DL112", **chain)
    many = {f"g{i}_yaml": f"rules: {{r{i}: x}}" for i in range(300)}
    yield importing("300 files", f"[{', '.join(f'g{i}.yaml' for i in range(300))}]", "", **many)


BIG_GROUPS: dict[str, Callable[[], Iterator[Case]]] = {
    "deep": _deep,
    "bombs": _bombs,
    "large": _large,
    "encodings": _encodings,
    "imports": _imports,
}
