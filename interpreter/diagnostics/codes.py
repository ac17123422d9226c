"""The registry of diagnostic codes: one line each, stable once released."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from interpreter.diagnostics.wording import Wording


class Severity(StrEnum):
    """How much a finding hurts: an error stops the bot from being run."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Code(Struct, frozen=True):
    """A kind of finding; the name says what it flags."""

    code: str
    name: str
    severity: Severity
    title: Wording


_E, _W, _I = Severity.ERROR, Severity.WARNING, Severity.INFO

_TABLE = (
    # DL0xx is about the file
    Code("DL001", "not-yaml", _E, Wording("the file is not YAML", "文件不是合法的 YAML")),
    Code("DL002", "unreadable-file", _E, Wording("the file cannot be read", "文件无法读取")),
    Code("DL003", "duplicate-key", _E, Wording("a key stands twice", "键重复")),
    Code("DL004", "tag-or-merge-key", _E, Wording("a YAML tag or merge key", "YAML 标签或合并键")),
    Code(
        "DL005",
        "full-width-look-alike",
        _W,
        Wording("full-width characters where YAML's own were meant", "应写半角符号的地方写了全角符号"),
    ),
    Code(
        "DL006",
        "too-big-or-deep",
        _E,
        Wording("the file is too large, too deep or expands too far", "文件过大、嵌套过深或展开过多"),
    ),
    Code(
        "DL007",
        "cut-value",
        _E,
        Wording("a value that YAML cuts at ` #`", "值在 ` #` 处被 YAML 截断"),
    ),
    Code(
        "DL008",
        "torn-value",
        _E,
        Wording("a value that YAML tears inside { } or [ ]", "值在 { } 或 [ ] 中被 YAML 拆开"),
    ),
    Code(
        "DL009",
        "text-behind-value",
        _E,
        Wording("a value that begins with a quote or bracket and goes on", "值以引号或括号开头，后面还有内容"),
    ),
    Code(
        "DL010",
        "face-read-as-list",
        _W,
        Wording("a WeChat face that YAML reads as a list", "微信表情被当成列表"),
    ),
    Code("DL011", "unknown-key", _E, Wording("an unknown key", "未知的键")),
    Code("DL012", "missing-key", _E, Wording("a key is missing", "缺少键")),
    Code("DL013", "wrong-shape", _E, Wording("a value of the wrong shape", "值的形式不对")),
    Code("DL014", "not-allowed-value", _E, Wording("a value that is not allowed here", "此处不允许的值")),
    Code("DL015", "conflicting-keys", _E, Wording("keys that exclude each other", "互斥的键")),
    Code("DL016", "idle-ignore", _W, Wording("an ignore comment that does nothing", "不起作用的忽略注释")),
    Code(
        "DL017",
        "comment-in-text",
        _W,
        Wording("a comment that was hardly meant as one", "看起来不是注释的注释"),
    ),
    Code("DL018", "unused-anchor", _I, Wording("an anchor that nothing refers to", "未被引用的锚点")),
    Code("DL019", "stale-rename", _W, Wording("a renamed entry that leads nowhere", "`renamed` 中指向不存在名称的项")),
    # DL1xx is about names
    Code(
        "DL101",
        "unknown-target",
        _E,
        Wording("an unknown state, flow, rule, domain or text", "未知的状态、流程、规则、域或文本"),
    ),
    Code("DL102", "undefined-variable", _E, Wording("an undefined variable", "未定义的变量")),
    Code("DL103", "unknown-function", _E, Wording("an unknown function or argument name", "未知的函数或参数名")),
    Code("DL104", "unknown-field", _E, Wording("an unknown field of a known record", "已知记录中没有的字段")),
    Code(
        "DL105",
        "unknown-operation",
        _E,
        Wording("an unknown operation of a service or method of the API", "未知的服务操作或接口方法"),
    ),
    Code("DL107", "unknown-type", _E, Wording("an unknown type, entity or locale", "未知的类型、实体或语言")),
    Code("DL108", "missing-capture", _E, Wording("a capture that the pattern does not have", "模式中没有的捕获")),
    Code("DL109", "unused-variable", _W, Wording("a variable that nothing reads or sets", "没有被读取或设置的变量")),
    Code("DL110", "unused-definition", _W, Wording("something to which nothing refers", "没有任何地方用到的定义")),
    Code("DL111", "unused-capture", _I, Wording("a capture that nothing reads", "没有用到的捕获")),
    Code("DL112", "bad-import", _E, Wording("a missing, circular or conflicting import", "导入的文件缺失、循环或冲突")),
    Code(
        "DL113",
        "bad-name",
        _E,
        Wording("a name that hides a built-in or is no identifier", "名称遮蔽内置名或不是标识符"),
    ),
    Code("DL115", "ambiguous-synonym", _W, Wording("a word that means two things", "同一个词指两样东西")),
    Code("DL116", "ambiguous-choice", _W, Wording("two choices with the same answer", "两个选项的回答相同")),
    Code(
        "DL117", "missing-result", _W, Wording("the result of a flow that gives none", "流程没有返回值，却要取它的值")
    ),
    Code("DL118", "unused-local", _W, Wording("a local value that nothing reads", "没有用到的局部值")),
    Code("DL119", "unused-parameter", _W, Wording("an argument that nothing reads", "没有用到的参数")),
    # DL2xx is about expressions
    Code("DL200", "expression-syntax", _E, Wording("an expression that cannot be read", "表达式无法解析")),
    Code("DL201", "operator-on-wrong-types", _E, Wording("an operator on the wrong types", "运算符用于错误的类型")),
    Code("DL202", "wrong-arguments", _E, Wording("wrong number or type of arguments", "参数个数或类型不对")),
    Code("DL203", "condition-not-boolean", _E, Wording("a condition that is not a boolean", "条件不是布尔值")),
    Code(
        "DL204",
        "text-compared-with-number",
        _E,
        Wording("values of different kinds are compared", "比较了不同种类的值"),
    ),
    Code("DL205", "possibly-null", _E, Wording("a value that may be null is used", "使用了可能为 null 的值")),
    Code("DL206", "division-by-zero", _E, Wording("division by constant zero", "除以常数零")),
    Code(
        "DL207",
        "constant-condition",
        _W,
        Wording("a condition that is always true or always false", "永远成立或永远不成立的条件"),
    ),
    Code("DL208", "chained-comparison", _E, Wording("a chained comparison", "连续比较")),
    Code("DL209", "impossible-value", _W, Wording("a comparison with a value that never occurs", "与不可能的值比较")),
    Code(
        "DL210", "assignment-does-not-fit", _E, Wording("a value does not fit the declared type", "值不符合声明的类型")
    ),
    Code("DL211", "foreign-operator", _E, Wording("an operator of another language", "其他语言的运算符")),
    Code(
        "DL212", "full-width-punctuation", _E, Wording("full-width punctuation in an expression", "表达式中的全角标点")
    ),
    Code("DL213", "template-in-expression", _E, Wording("`$(` inside an expression", "表达式里写了 `$(`")),
    Code(
        "DL214",
        "unprintable-in-text",
        _E,
        Wording("a list, map or null printed in text", "文本中输出了列表、映射或 null"),
    ),
    Code("DL215", "duplicate-map-key", _W, Wording("a key stands twice in a map", "映射中重复的键")),
    Code("DL216", "redundant-operator", _I, Wording("an operator that changes nothing", "不起作用的运算")),
    Code("DL217", "expression-too-large", _E, Wording("an expression or number that is too large", "表达式或数字过大")),
    Code(
        "DL218",
        "impossible-argument",
        _W,
        Wording("an argument with which a function always fails", "必然出错的函数参数"),
    ),
    Code("DL219", "compared-with-itself", _W, Wording("a value compared with itself", "与自身比较")),
    Code("DL220", "assigned-to-itself", _W, Wording("a variable assigned to itself", "给自身赋值")),
    Code(
        "DL221",
        "repeated-condition",
        _W,
        Wording("a branch that an earlier one leaves nothing to", "前面的分支已全部覆盖的分支"),
    ),
    # DL3xx is about the flow of a dialog
    Code(
        "DL301",
        "unreachable-place",
        _W,
        Wording("a state, flow or rule that nothing reaches", "无法到达的状态、流程或规则"),
    ),
    Code("DL302", "misplaced-step", _E, Wording("a step where it cannot work", "步骤放在了不起作用的地方")),
    Code(
        "DL303",
        "shadowed-rule",
        _W,
        Wording("a rule that an earlier one leaves nothing to", "被前面的规则完全遮住的规则"),
    ),
    Code("DL304", "step-never-run", _W, Wording("a step that never runs", "永远不会执行的步骤")),
    Code("DL305", "endless-loop", _E, Wording("a loop in which nothing waits", "循环中没有任何等待")),
    Code("DL306", "dead-end-state", _E, Wording("a state that answers nothing", "状态不回答任何消息")),
    Code(
        "DL307",
        "endless-wait",
        _W,
        Wording("a wait whose timeout is missing or never comes", "缺少超时或永远等不到超时的等待"),
    ),
    Code(
        "DL308", "endless-question", _W, Wording("a question that is asked again without end", "没完没了地重问的问题")
    ),
    Code("DL309", "missing-last-words", _I, Wording("no `failure` or no `fallback`", "缺少 `failure` 或 `fallback`")),
    Code("DL310", "rule-without-effect", _W, Wording("a rule without effect", "没有任何作用的规则")),
    Code("DL311", "silent-end", _W, Wording("a conversation that ends without a word", "一言不发就结束的对话")),
    Code(
        "DL313", "trapped-user", _W, Wording("a wait that nothing interrupts or cancels", "既不可打断也无法取消的等待")
    ),
    Code("DL316", "choose-without-else", _W, Wording("a `choose` that may say nothing", "可能什么都不说的 `choose`")),
    Code("DL317", "read-before-set", _W, Wording("a variable that is read before it is set", "赋值之前就被读取的变量")),
    Code(
        "DL319",
        "swallowed-answer",
        _W,
        Wording("an answer that a rule with `anywhere` takes", "被 `anywhere` 规则接走的回答"),
    ),
    Code("DL320", "hidden-choices", _W, Wording("a menu whose choices can all be hidden", "选项可能全部隐藏的菜单")),
    Code("DL321", "nested-flow", _W, Wording("a flow that is started inside itself", "在自身之中又开始一遍的流程")),
    # DL4xx is about patterns
    Code("DL401", "pattern-syntax", _E, Wording("a pattern that cannot be read", "模式无法解析")),
    Code("DL402", "look-around-or-back-reference", _E, Wording("look-around or a back-reference", "环视或反向引用")),
    Code("DL403", "nested-quantifier", _W, Wording("a repetition within a repetition", "重复里又套了重复")),
    Code("DL404", "pattern-too-large", _E, Wording("a pattern that is too large", "模式过大")),
    Code("DL405", "catch-all-pattern", _W, Wording("a pattern that every message matches", "任何消息都匹配的模式")),
    Code("DL406", "impossible-pattern", _W, Wording("a pattern that no message matches", "没有消息能匹配的模式")),
    Code(
        "DL407",
        "operator-after-word",
        _W,
        Wording("punctuation that is an operator in a regular expression", "正则表达式中被当作运算符的标点"),
    ),
    Code(
        "DL408",
        "half-bound-alternatives",
        _W,
        Wording("`^` or `$` that binds one alternative only", "只作用于一个备选的 `^` 或 `$`"),
    ),
    Code(
        "DL409",
        "redundant-alternative",
        _W,
        Wording("an alternative that another one covers", "已被其他备选覆盖的备选"),
    ),
    Code("DL414", "one-character-phrase", _I, Wording("a phrase of one common character", "只有一个常用字的短语")),
    Code("DL415", "unreached-example", _E, Wording("an example that does not reach its rule", "到不了所属规则的示例")),
    Code(
        "DL416",
        "unslashed-regex",
        _W,
        Wording("a phrase that looks like a regular expression", "看起来像正则表达式的短语"),
    ),
    # DL5xx is about WeChat
    Code("DL501", "long-text", _W, Wording("a text longer than one message", "超过一条消息长度的文本")),
    Code("DL502", "menu-size", _E, Wording("a menu with too many buttons or levels", "菜单的按钮或层级过多")),
    Code("DL503", "menu-keys", _E, Wording("two buttons that are taken for one another", "会互相混淆的两个按钮")),
    Code(
        "DL504",
        "menu-lengths",
        _E,
        Wording("a name, key or address of a button that is too long", "按钮的名称、key 或地址过长"),
    ),
    Code(
        "DL505",
        "orphan-key",
        _W,
        Wording("a button without a rule, or a key without a button", "没有规则的按钮，或没有按钮的 key"),
    ),
    Code(
        "DL506",
        "unknown-event",
        _E,
        Wording("an event or message type that is unknown or cannot be answered", "未知或无法回复的事件或消息类型"),
    ),
    Code("DL507", "surplus-articles", _W, Wording("more articles than WeChat shows", "图文数量超过微信显示的条数")),
    Code(
        "DL508",
        "undeliverable-reply",
        _W,
        Wording("a second message that the account cannot send", "账号发不出去的第二条消息"),
    ),
    Code(
        "DL509",
        "slow-turn",
        _W,
        Wording("a turn that may take longer than WeChat waits", "可能超过微信等待时间的一轮处理"),
    ),
    Code("DL510", "account-settings", _E, Wording("a setting of an account that cannot be", "不可能成立的账号设置")),
    Code(
        "DL511", "raw-markup", _W, Wording("markup or characters that a message cannot hold", "消息不支持的标签或字符")
    ),
    Code("DL512", "media-without-id", _E, Wording("media given by an address or a file", "用地址或文件名代替媒体 id")),
    Code(
        "DL513", "missing-address", _E, Wording("an address that is missing or not absolute", "地址缺失或不是绝对地址")
    ),
    Code("DL514", "late-transfer", _W, Wording("a transfer that is not the first reply", "不是第一条回复的转接")),
    Code("DL515", "missing-power", _W, Wording("something that the account cannot do", "账号没有权限做的事")),
    Code("DL516", "missing-choices", _W, Wording("`$(choices)` where there are none", "没有选项却写了 `$(choices)`")),
    Code("DL518", "media-file", _E, Wording("a media file that WeChat would not take", "微信不会接受的媒体文件")),
    Code("DL519", "message-parts", _W, Wording("a message that WeChat would not send", "微信不会发出的消息")),
    Code("DL520", "impossible-api-value", _E, Wording("a value that WeChat's API refuses", "微信接口不接受的值")),
    Code("DL521", "closed-method", _E, Wording("a method that WeChat has closed", "微信已关闭的接口")),
    Code("DL522", "outdated-method", _W, Wording("a method that another one has replaced", "已被取代的接口")),
    Code(
        "DL523",
        "unguarded-call",
        _W,
        Wording("a call with wide effects that anybody can trigger", "任何人都能触发的影响面很大的调用"),
    ),
    # DL6xx is about texts
    Code("DL601", "foreign-placeholder", _W, Wording("a placeholder of another language", "其他语言的占位写法")),
    Code(
        "DL602", "uneven-translations", _W, Wording("a translation that is missing or tells less", "缺少或不一致的译文")
    ),
    Code("DL603", "repeated-reply", _W, Wording("a reply that stands twice or is empty", "重复或空的回复")),
    Code("DL604", "written-escape", _W, Wording("an escape that is said as it stands", "会原样发出去的转义")),
    Code(
        "DL605",
        "word-for-silence",
        _W,
        Wording("a word that is said where silence was meant", "想静默却会发出去的词"),
    ),
    # DL7xx is about security
    Code("DL701", "secret-in-clear", _E, Wording("a secret is written in the file", "文件里写了明文密钥")),
    Code("DL702", "undeclared-host", _E, Wording("a host that is not declared", "未声明的主机")),
    Code(
        "DL703", "user-text-in-markup", _W, Wording("text of the user in a link or header", "链接或请求头里的用户文本")
    ),
    Code("DL704", "plain-http", _W, Wording("a service without encryption", "未加密的服务")),
    Code("DL705", "personal-data", _W, Wording("personal data in a log or an address", "日志或网址里的个人信息")),
    Code("DL706", "ignored-retry", _W, Wording("a retry that never happens", "不会发生的重试")),
    # DL8xx is about tests
    Code("DL801", "bad-test-line", _E, Wording("a test script line that cannot be read", "测试脚本中无法解析的行")),
    Code("DL802", "unpinned-chance", _W, Wording("a test that depends on chance", "依赖随机的测试")),
    Code("DL804", "empty-test", _W, Wording("a test that expects nothing", "没有任何期望的测试")),
    Code("DL805", "idle-given", _W, Wording("something given that nothing uses", "给定了用不到的内容")),
    Code("DL806", "unknown-click", _W, Wording("a click on a button that is not there", "点击了不存在的按钮")),
    # DL9xx is about what an edit does to conversations that are under way
    Code(
        "DL901",
        "vanished-wait",
        _W,
        Wording("a place where conversations wait is gone", "对话正在等待的地方没有了"),
    ),
    Code(
        "DL902",
        "changed-variable-type",
        _W,
        Wording("a remembered value no longer fits its type", "记住的值不再符合类型"),
    ),
    Code("DL903", "vanished-variable", _W, Wording("a remembered variable is gone", "记住的变量没有了")),
    Code(
        "DL904",
        "changed-question-type",
        _W,
        Wording("a question that was asked already wants another answer", "已经问出的问题改变了答案类型"),
    ),
    Code(
        "DL905",
        "changed-choice",
        _W,
        Wording("a choice on show means something else", "已经列出的选项改变了含义"),
    ),
    Code(
        "DL906",
        "vanished-thing",
        _W,
        Wording("a thing that may be remembered is gone from its entity", "实体中可能已被记住的值没有了"),
    ),
    Code(
        "DL907",
        "value-not-there-yet",
        _W,
        Wording("waiting conversations lack a value that is read", "正在等待的对话缺少要读取的值"),
    ),
)

CODES: dict[str, Code] = {code.code: code for code in _TABLE}
