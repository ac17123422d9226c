"""What to do about a finding whose own words do not say: by its code, with an example.

A check says the way out itself wherever it knows more than the code does; these are for the rest.
"""

from __future__ import annotations

from interpreter.diagnostics.wording import Wording

WAYS: dict[str, Wording] = {
    "DL003": Wording("give one of the two another name, or delete it", "给其中一个换个名称，或删去它"),
    "DL101": Wording(
        "define it (`states: {guess: …}`, `flows: {order: …}`), or write a name that is defined",
        "先定义它（`states: {guess: …}`、`flows: {order: …}`），或改成已定义的名称",
    ),
    "DL102": Wording(
        "declare a variable of your own and set that: `vars: {count: int = 0}`, `set: count = 1`",
        "请声明自己的变量并给它赋值：`vars: {count: int = 0}`、`set: count = 1`",
    ),
    "DL103": Wording(
        "leave it out, or write the name of an argument that is there", "去掉它，或改成确实有的参数名"
    ),
    "DL104": Wording(
        "only maps, records and what a service returns have fields: `message.type`, `answer.city`",
        "只有映射、记录和服务返回的内容才有字段：`message.type`、`answer.city`",
    ),
    "DL107": Wording(
        "types are written like `text`, `int(1..9)`, `digits(6)`, `list(int)`, `满意 | 一般 | 不满意`",
        "类型写成 `text`、`int(1..9)`、`digits(6)`、`list(int)`、`满意 | 一般 | 不满意` 这样",
    ),
    "DL112": Wording(
        "write the name of a file beside this one, such as `faq.yaml`", "请写本文件旁的文件名，例如 `faq.yaml`"
    ),
    "DL113": Wording("take another name, such as `my_text`", "请换个名称，例如 `my_text`"),
    "DL200": Wording(
        "an expression is written like `n + 1`, `name ?? \"朋友\"`, `len(items) > 2`, an assignment like `n = n + 1`",
        "表达式写成 `n + 1`、`name ?? \"朋友\"`、`len(items) > 2` 这样，赋值写成 `n = n + 1`",
    ),
    "DL201": Wording(
        "turn the value into that type, as with `int(x)`, `number(x)`, `split(x, \"、\")`, or use another value",
        "用 `int(x)`、`number(x)`、`split(x, \"、\")` 等把值转换成该类型，或改用别的值",
    ),
    "DL202": Wording(
        "give each argument one value of its type, as in `f(1, name=\"x\")`; `int(x)` and `number(x)` read a text",
        "每个参数给一个类型相符的值，例如 `f(1, name=\"x\")`；`int(x)`、`number(x)` 可以读取文本中的数",
    ),
    "DL205": Wording(
        "give a value for the case: `x ?? 0`, or ask `x != null` first", "给出缺省值：`x ?? 0`，或先判断 `x != null`"
    ),
    "DL206": Wording(
        "divide by something else, or ask first: `a / n if n != 0 else 0`",
        "请换个除数，或先判断：`a / n if n != 0 else 0`",
    ),
    "DL210": Wording(
        "give it a value of its type (`n = 1`; `number(x)` reads a text), or change its type under `vars`",
        "请给它类型相符的值（`n = 1`；`number(x)` 可以读取文本中的数），或在 `vars` 里改它的类型",
    ),
    "DL217": Wording(
        "take it apart: a `let` for a part, or a text of its own under `texts`",
        "请拆开：用 `let` 存一部分，或在 `texts` 里另写一段文本",
    ),
    "DL302": Wording("do it in a rule, a state or a flow", "请在规则、状态或流程里做这件事"),
    "DL305": Wording("take one of these out of the circle", "请让其中一处不再指向另一处"),
    "DL401": Wording(
        "patterns are written like `你好|hi`, `=help`, `我叫<name>`, `/^s (?<q>.+)$/i`",
        "模式写成 `你好|hi`、`=help`、`我叫<name>`、`/^s (?<q>.+)$/i` 这样",
    ),
    "DL402": Wording(
        "write it without, with a second rule or an `if` for what it should tell apart",
        "请不用它：要区分的情况写成另一条规则或 `if`",
    ),
    "DL404": Wording("write several shorter patterns: `[first, second]`", "请写成几个短一些的模式：`[甲, 乙]`"),
    "DL502": Wording("make fewer buttons, or put them into a submenu (`items`)", "请减少按钮，或放进子菜单（`items`）"),
    "DL504": Wording("shorten it", "请缩短它"),
    "DL505": Wording("write the key of a button that is there", "请写确实存在的按钮的 key"),
    "DL510": Wording(
        "give each account a path of its own, such as `/wechat` and `/shop`",
        "请给每个账号单独的路径，例如 `/wechat`、`/shop`",
    ),
    "DL512": Wording(
        "name a file under `media` that is of this kind: `media: {cat: cat.jpg}`",
        "请在 `media` 之下给出同类的文件：`media: {cat: cat.jpg}`",
    ),
    "DL515": Wording(
        "leave it out, or change `type` and `kind` under `account` if the account is another one",
        "去掉它；如果账号类型不同，请改 `account` 里的 `type` 和 `kind`",
    ),
    "DL519": Wording("shorten the value, or write one: `left(text, 20)`", "请缩短或补上这个值：`left(text, 20)`"),
    "DL520": Wording("write a value within these limits", "请写在此限制之内的值"),
    "DL521": Wording("call the method that took its place, or leave it out", "请改用替代它的接口，或去掉这个调用"),
    "DL522": Wording("call the method that took its place", "请改用替代它的接口"),
    "DL702": Wording(
        "write the host itself, such as `https://api.example.com`", "请直接写主机，例如 `https://api.example.com`"
    ),
    "DL801": Wording(
        "a conversation is written like `> hi`, `< hello`, `~ 10m`, `? n == 1`",
        "对话脚本写成 `> hi`、`< hello`、`~ 10m`、`? n == 1` 这样",
    ),
}  # fmt: skip
"""By code; only codes of which some finding has neither a fix nor a help of its own."""
