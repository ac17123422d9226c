"""Words what the source stage found wrong with a file: one row for each kind of problem.

In a sentence `{}` is the piece of the file that the problem quotes, made visible where it is not.
"""

from __future__ import annotations

from msgspec import Struct

from interpreter.diagnostics.diagnostic import Applicability, Diagnostic, Edit, Fix, Label
from interpreter.diagnostics.wording import Wording
from interpreter.source.faults import MAX_BYTES, MAX_DEPTH, MAX_EXPANDED, MAX_NODES, FaultKind, Mend, ReadProblem

_SAFE, _UNSAFE = Applicability.SAFE, Applicability.UNSAFE
_MAX_SHOWN = 120


class _Words(Struct, frozen=True):
    """What is said about one kind of problem, and who may apply its mend."""

    code: str
    message: Wording
    label: Wording | None = None
    help: Wording | None = None
    related: Wording | None = None
    applicability: Applicability = _SAFE


_QUOTE_IT = Wording("a text like this needs quotes", "这样的文本要加引号")
_SAVE_IT = Wording("save what comes out of it as a file", "把它输出的内容存成文件")
_NAME_IT = Wording("name a file that can be read, such as `bot.yaml`", "请给出可以读取的文件，例如 `bot.yaml`")
_OPENED_HERE = Wording("the reader was stopped here", "读到这里无法继续")
_UNCLOSED = Wording("opened here and never closed", "在这里打开，之后没有关闭")

_WORDS: dict[FaultKind, _Words] = {
    "missing-file": _Words(
        "DL002", Wording("the file does not exist", "文件不存在"), help=Wording("check its name", "检查文件名")
    ),
    "not-a-file": _Words(
        "DL002",
        Wording("this is a directory, not a file", "这是目录，不是文件"),
        help=Wording("name the file in it, such as `bot.yaml`", "请写出其中的文件，例如 `bot.yaml`"),
    ),
    "a-pipe": _Words("DL002", Wording("this is a pipe, not a file", "这是管道，不是文件"), help=_SAVE_IT),
    "a-socket": _Words("DL002", Wording("this is a socket, not a file", "这是套接字，不是文件"), help=_NAME_IT),
    "a-device": _Words("DL002", Wording("this is a device, not a file", "这是设备，不是文件"), help=_NAME_IT),
    "not-permitted": _Words(
        "DL002",
        Wording("no permission to read the file", "没有读取该文件的权限"),
        help=Wording("make it readable for the user who runs this program", "让运行本程序的用户可以读取它"),
    ),
    "unreadable": _Words("DL002", Wording("the file cannot be read: {}", "文件无法读取：{}"), help=_NAME_IT),
    "encoding": _Words(
        "DL002",
        Wording("the file is not UTF-8 text", "文件不是 UTF-8 文本"),
        Wording("the first byte that is not UTF-8 follows here", "从这里开始不是 UTF-8"),
        Wording("save it as UTF-8 in your editor", "在编辑器里另存为 UTF-8"),
    ),
    "too-big": _Words(
        "DL006",
        Wording(f"the file is larger than {MAX_BYTES >> 20} MiB", f"文件超过 {MAX_BYTES >> 20} MiB"),
        help=Wording("split it and list the parts under `imports`", "拆成几个文件，用 `imports` 引入"),
    ),
    "too-deep": _Words(
        "DL006",
        Wording(
            f"lists and maps stand in one another more than {MAX_DEPTH} deep", f"列表和映射的嵌套超过 {MAX_DEPTH} 层"
        ),
        Wording("one level too deep", "从这里起过深"),
        Wording("put the inner part into a flow or a text of its own", "把里面的部分写成单独的流程或文本"),
    ),
    "too-many-nodes": _Words(
        "DL006",
        Wording(f"the file holds more than {MAX_NODES:,} values", f"文件中的值超过 {MAX_NODES:,} 个"),
        help=Wording("split it and list the parts under `imports`", "拆成几个文件，用 `imports` 引入"),
    ),
    "alias-budget": _Words(
        "DL006",
        Wording(
            f"aliases of this file stand for more than {MAX_EXPANDED:,} values",
            f"文件的别名展开后超过 {MAX_EXPANDED:,} 个值",
        ),
        Wording("`*{}` goes beyond it", "`*{}` 超出上限"),
        Wording("use a flow, a text or an entity in place of repeated parts", "重复的部分请写成流程、文本或实体"),
    ),
    "alias-cycle": _Words(
        "DL006",
        Wording("`*{}` stands inside the value that it names", "`*{}` 出现在它自己所指的值里"),
        Wording("this would never end", "会无限循环"),
        Wording(
            "write what is meant instead, or put quotes around a text that begins with `*`",
            "请写出具体内容；以 `*` 开头的文本请加引号",
        ),
    ),
    "control-character": _Words(
        "DL001",
        Wording("the file holds an invisible character {}", "文件中有不可见字符 {}"),
        Wording("delete it", "删除它"),
        applicability=_UNSAFE,
    ),
    "byte-order-mark": _Words(
        "DL001",
        Wording("a byte order mark {}, which nobody sees, inside the file", "文件中间有看不见的字节顺序标记 {}"),
        Wording("delete it", "删除它"),
        Wording("it came along with the text of another file", "它是从别的文件复制文字时带来的"),
    ),
    "invisible-in-key": _Words(
        "DL001",
        Wording("the key holds an invisible character {}", "这个键里有不可见字符 {}"),
        Wording("delete it", "删除它"),
        Wording(
            "nobody sees it, yet with it the key is another one: type the key anew",
            "虽然看不见，但有了它就是另一个键：请重新输入这个键",
        ),
    ),
    "invisible-key": _Words(
        "DL001",
        Wording("nothing but the invisible character {} stands in the key", "这个键里只有不可见字符 {}"),
        Wording("nobody sees it", "谁也看不见它"),
        Wording("type the key, or delete the line", "请输入这个键，或删去这一行"),
    ),
    "empty": _Words(
        "DL001",
        Wording("the file is empty", "文件是空的"),
        help=Wording("a bot begins with `dialog: 1` and `name: …`", "机器人文件以 `dialog: 1` 和 `name: …` 开头"),
    ),
    "several-documents": _Words(
        "DL001",
        Wording("a second YAML document begins here", "这里开始了第二个 YAML 文档"),
        Wording("a file holds one bot", "一个文件只写一个机器人"),
        Wording("put it into a file of its own", "把它放进单独的文件"),
    ),
    "duplicate-key": _Words(
        "DL003",
        Wording("the key `{}` stands twice in this map", "键 `{}` 在同一个映射中出现了两次"),
        Wording("this one would be lost", "这一个会被忽略"),
        Wording(
            "put both together, as in `hi: [one, two]`, or give one another name and write `pattern: …` under it",
            "请合并成一个，例如 `hi: [一, 二]`；或给其中一个换个名称，并在其下写 `pattern: …`",
        ),
        related=Wording("first written here", "第一次写在这里"),
    ),
    "tag": _Words(
        "DL004",
        Wording("`{}` is a YAML tag, which has no meaning here", "`{}` 是 YAML 标签，在这里没有意义"),
        Wording("a value cannot begin with `!`", "值不能以 `!` 开头"),
        Wording(
            "write `not x` for a negation, and put quotes around a text", "取反请写 `not x`；若是文本，请加引号"
        ),
        applicability=_UNSAFE,
    ),
    "merge-key": _Words(
        "DL004",
        Wording("merge keys (`<<`) are not part of the language", "不支持合并键（`<<`）"),
        help=Wording(
            "write the entries out, or share them as a flow, text or service",
            "把各项写出来，或用流程、文本、服务来共用",
        ),
    ),
    "complex-key": _Words(
        "DL001",
        Wording("a key must be a text, not a list or map", "键必须是文本，不能是列表或映射"),
        help=Wording("put quotes around it if it is meant as a text", "如果是文本，请加引号"),
    ),
    "unknown-alias": _Words(
        "DL001",
        Wording("`*{}` refers to an anchor `&{}` that the file does not have", "`*{}` 引用了不存在的锚点 `&{}`"),
        Wording("a text that begins with `*` needs quotes", "以 `*` 开头的文本要加引号"),
        applicability=_UNSAFE,
    ),
    "unused-anchor": _Words(
        "DL018",
        Wording("nothing refers to the anchor `&{}`", "没有任何地方引用锚点 `&{}`"),
        Wording("it is not part of the text", "它不会成为文本的一部分"),
        Wording("if a text should begin with `&`, put quotes around it", "如果文本要以 `&` 开头，请加引号"),
    ),
    "not-yaml": _Words(
        "DL001",
        Wording("YAML cannot be read from here on", "从这里起不是合法的 YAML"),
        help=Wording(
            "check the indentation and the quotes of this line and the one before it",
            "检查这一行和上一行的缩进与引号",
        ),
    ),
    "colon-in-text": _Words(
        "DL001",
        Wording("this text holds a colon and a space, which YAML takes for a key", "文本里有冒号加空格，YAML 会当成键"),
        _QUOTE_IT,
    ),
    "reserved-start": _Words(
        "DL001",
        Wording("`{}` has a meaning of its own at the beginning of a value", "`{}` 在值的开头有特殊含义"),
        _QUOTE_IT,
    ),
    "cut-value": _Words(
        "DL007",
        Wording("YAML cuts this value at ` #`", "YAML 在 ` #` 处截断了这个值"),
        Wording("the rest is a comment to YAML, yet something is still open", "后面会被当成注释，而括号或引号还没关闭"),
        Wording("put the whole value in quotes", "给整个值加引号"),
    ),
    "swallowed-value": _Words(
        "DL007",
        Wording("to YAML `{}` is a comment, so nothing is written here", "YAML 把 `{}` 当成注释，这里等于什么也没写"),
        Wording("a value cannot begin with `#`", "值不能以 `#` 开头"),
        Wording("put the value in quotes", "给值加引号"),
    ),
    "numbered-comment": _Words(
        "DL017",
        Wording("to YAML `{}` is a comment and no part of the text", "YAML 把 `{}` 当成注释，它不属于文本"),
        Wording("a space and `#` begin a comment", "空格加 `#` 表示注释的开始"),
        Wording(
            "put the whole text in quotes; if it is a comment, write a space behind `#`",
            "给整段文本加引号；如果确实是注释，请在 `#` 后加一个空格",
        ),
        applicability=_UNSAFE,
    ),
    "spoken-comment": _Words(
        "DL017",
        Wording("to YAML `{}` is a comment and no part of the text", "YAML 把 `{}` 当成注释，它不属于文本"),
        Wording("the text ends before it", "文本到它前面为止"),
        Wording(
            "put the whole text in quotes; if it is a comment, write two spaces before `#`",
            "给整段文本加引号；如果确实是注释，请在 `#` 前写两个空格",
        ),
        applicability=_UNSAFE,
    ),
    "torn-value": _Words(
        "DL008",
        Wording(
            "inside { } and [ ] YAML tears this value apart at its brackets and commas",
            "在 { } 和 [ ] 中，YAML 会在括号和逗号处拆开这个值",
        ),
        Wording("one value to you, several to YAML", "你写的是一个值，YAML 读成了几个"),
        Wording("put the whole value in quotes", "给整个值加引号"),
    ),
    "text-after-quote": _Words(
        "DL009",
        Wording(
            "the value begins with a quote, so nothing may follow the second one",
            "值以引号开头，后一个引号之后不能再有内容",
        ),
        Wording("to YAML this is the whole value", "YAML 认为值到此为止"),
        Wording("put the whole value in quotes", "给整个值加引号"),
    ),
    "text-after-bracket": _Words(
        "DL009",
        Wording(
            "the value begins with `{}`, so to YAML it is a list or map and nothing may follow it",
            "值以 `{}` 开头，YAML 会当成列表或映射，后面不能再有内容",
        ),
        Wording("to YAML this is the whole value", "YAML 认为值到此为止"),
        Wording("put the whole value in quotes if it is a text or an expression", "如果是文本或表达式，给整个值加引号"),
    ),
    "unclosed-quote": _Words(
        "DL001",
        Wording("the quote `{}` is never closed", "引号 `{}` 没有关闭"),
        _UNCLOSED,
        Wording("add the missing quote", "补上缺少的引号"),
        _OPENED_HERE,
        _UNSAFE,
    ),
    "unclosed-bracket": _Words(
        "DL001",
        Wording("the bracket `{}` is never closed", "括号 `{}` 没有关闭"),
        _UNCLOSED,
        Wording("add the missing bracket", "补上缺少的括号"),
        _OPENED_HERE,
        _UNSAFE,
    ),
    "extra-bracket": _Words(
        "DL001",
        Wording("`{}` closes nothing", "`{}` 没有对应的开括号"),
        Wording("no bracket of this kind is open", "前面没有打开的这种括号"),
        Wording("delete it, or put quotes around a text that holds it", "删除它；如果它属于文本，请给文本加引号"),
        related=Wording("this one is open", "打开的是这一个"),
        applicability=_UNSAFE,
    ),
    "extra-comma": _Words(
        "DL001", Wording("nothing stands before this comma", "这个逗号前面没有内容"), applicability=_UNSAFE
    ),
    "bad-escape": _Words(
        "DL001",
        Wording("`{}` is no escape that a text in double quotes can hold", "双引号文本里没有 `{}` 这种转义"),
        Wording("a backslash begins an escape here", "反斜杠在这里表示转义"),
        Wording("write the text in single quotes, or the backslash twice", "改用单引号，或把反斜杠写两遍"),
    ),
    "tab": _Words(
        "DL001",
        Wording("a tab in the indentation", "缩进里有制表符（Tab）"),
        Wording("YAML is indented with spaces only", "YAML 只能用空格缩进"),
        applicability=_UNSAFE,
    ),
    "full-width-colon": _Words(
        "DL001",
        Wording("a full-width colon does not make a key", "全角冒号不能分隔键和值"),
        Wording("write `: `, a half-width colon and a space", "请写 `: `，半角冒号加空格"),
    ),
    "full-width-comma": _Words(
        "DL001",
        Wording("a full-width `{}` does not part the entries of a map", "全角的 `{}` 不能分隔映射里的各项"),
        Wording("write `, `, a half-width comma and a space", "请写 `, `，半角逗号加空格"),
    ),
    "full-width-bracket": _Words(
        "DL001",
        Wording("a full-width `{}` does not begin a map", "全角的 `{}` 不能开始一个映射"),
        Wording("write half-width { }", "请写半角的 { }"),
    ),
    "wide-indent": _Words(
        "DL001",
        Wording("a full-width space (U+3000) in the indentation", "缩进里有全角空格（U+3000）"),
        Wording("YAML is indented with half-width spaces only", "YAML 只能用半角空格缩进"),
        applicability=_UNSAFE,
    ),
    "strange-indent": _Words(
        "DL001",
        Wording("a space in the indentation that is none to YAML ({})", "缩进里有 YAML 不认的空格（{}）"),
        Wording("it looks like a space and came along with a copied text", "看起来是空格，往往是复制文字时带来的"),
        Wording("indent these lines with the space bar", "请用空格键重新缩进这几行"),
    ),
    "missing-bar": _Words(
        "DL001",
        Wording("the lines of a conversation need a `|` behind `{}:`", "对话的各行之前，`{}:` 后面要写 `|`"),
        Wording("without it YAML does not keep the lines", "没有它，YAML 不会保留换行"),
    ),
    "block-indent": _Words(
        "DL001",
        Wording("the text under `|` must be indented further than its key", "`|` 下面的文本要比它的键缩进更多"),
        Wording("indent these lines", "请缩进这几行"),
        applicability=_UNSAFE,
    ),
    "wide-space": _Words(
        "DL001",
        Wording("a full-width space (U+3000) does not separate key and value", "全角空格（U+3000）不能分隔键和值"),
        Wording("write `: `, a half-width colon and a space", "请写 `: `，半角冒号加空格"),
    ),
    "strange-space": _Words(
        "DL001",
        Wording("this space ({}) does not separate key and value", "这种空格（{}）不能分隔键和值"),
        Wording("write `: `, a half-width colon and a space", "请写 `: `，半角冒号加空格"),
    ),
    "missing-space": _Words(
        "DL001",
        Wording("no space follows the colon, so this is no key", "冒号后面没有空格，所以这不是键"),
        Wording("write `: `", "请写 `: `"),
    ),
    "missing-colon": _Words(
        "DL001",
        Wording("this line is neither `key: value` nor an item of a list", "这一行既不是 `键: 值`，也不是列表项"),
        help=Wording(
            "indent it further if it continues the text above, or write the colon",
            "如果它接着上一行的文本，请增加缩进；否则补上冒号",
        ),
    ),
    "missing-comma": _Words(
        "DL001",
        Wording("a comma is missing before this item", "这一项前面缺少逗号"),
        help=Wording("part the items by `, `: `[a, b]`", "各项用 `, ` 分隔：`[a, b]`"),
        applicability=_UNSAFE,
    ),
    "indentation": _Words(
        "DL001",
        Wording("this line is indented unlike the lines that it could belong to", "这一行的缩进与它所属的部分对不上"),
        Wording("indent it by {} spaces?", "缩进 {} 个空格？"),
        applicability=_UNSAFE,
    ),
    "list-and-map": _Words(
        "DL001",
        Wording(
            "list items (`- …`) and keys (`key: …`) cannot stand side by side",
            "列表项（`- …`）和键（`键: …`）不能并列",
        ),
        help=Wording("indent what belongs to the line above", "把属于上一行的内容缩进"),
    ),
    "not-json": _Words(
        "DL001",
        Wording("JSON cannot be read from here on", "从这里起不是合法的 JSON"),
        help=Wording("a file that is YAML must be named .yaml", "如果内容是 YAML，文件名应以 .yaml 结尾"),
    ),
    "json-comment": _Words(
        "DL001",
        Wording("JSON has no comments", "JSON 不能写注释"),
        Wording("a comment begins with `{}`", "注释以 `{}` 开头"),
        Wording("delete it, or rename the file to .yaml", "删除注释，或把文件改名为 .yaml"),
    ),
    "json-trailing-comma": _Words("DL001", Wording("a comma before `{}`", "`{}` 前面多了逗号")),
    "json-single-quote": _Words("DL001", Wording("JSON texts stand in double quotes", "JSON 文本要用双引号")),
    "json-bare-word": _Words("DL001", Wording("`{}` needs double quotes", "`{}` 要加双引号")),
}  # fmt: skip


def explain(problem: ReadProblem) -> Diagnostic:
    """The finding that a problem of the source stage is."""
    words = _WORDS[problem.kind]
    detail = _visible(problem.detail)
    related = words.related if problem.related is not None else None
    return Diagnostic(
        words.code,
        problem.span,
        _fill(words.message, detail),
        label=None if words.label is None else _fill(words.label, detail),
        related=(Label(problem.related, related),) if problem.related is not None and related is not None else (),
        notes=_notes(problem),
        help=words.help,
        fix=None if problem.mend is None else _fix(problem.mend, words.applicability),
    )


def _fill(wording: Wording, detail: str) -> Wording:
    if detail == "`":
        return Wording(wording.en.replace("`{}`", "a back-tick"), wording.zh.replace("`{}`", "反引号"))
    return Wording(wording.en.replace("{}", detail), wording.zh.replace("{}", detail))


def _visible(detail: str) -> str:
    """One short line; a single character that cannot be seen by its number."""
    if len(detail) == 1 and not (detail.isprintable() and not detail.isspace()):
        return f"U+{ord(detail):04X}"
    line = detail.partition("\n")[0]
    return line if len(line) <= 40 else line[:39] + "…"


def _notes(problem: ReadProblem) -> tuple[Wording, ...]:
    if problem.kind == "encoding" and problem.detail:
        return (Wording(f"it looks like {problem.detail}", f"看起来是 {problem.detail} 编码"),)
    return ()


def _fix(mend: Mend, applicability: Applicability) -> Fix:
    """The mend with the line that it makes."""
    span = mend.span
    text = span.file.text
    first = text.rfind("\n", 0, span.start) + 1
    last = text.find("\n", span.end)
    stop = last if last >= 0 else len(text)
    before = text[first:stop].partition("\n")[0]
    after = (text[first : span.start] + mend.text + text[span.end : stop]).partition("\n")[0].rstrip()
    shown = after if after.strip() == before.strip() else after.strip()  # where only white space changes, all of it
    if len(shown) > _MAX_SHOWN:
        shown = shown[: _MAX_SHOWN - 1] + "…"
    return Fix(shown, (Edit(span, mend.text),), applicability)
