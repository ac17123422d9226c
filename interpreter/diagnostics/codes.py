"""The registry of diagnostic codes: one line each, stable once released."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from interpreter.diagnostics.wording import Wording


class Severity(StrEnum):
    """How much a finding hurts: an error stops the bot from being run."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Code:
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
        "DL006",
        "too-big-or-deep",
        _E,
        Wording("the file is too large, too deep or expands too far", "文件过大、嵌套过深或展开过多"),
    ),
    Code("DL011", "unknown-key", _E, Wording("an unknown key", "未知的键")),
    Code("DL012", "missing-key", _E, Wording("a key is missing", "缺少键")),
    Code("DL013", "wrong-shape", _E, Wording("a value of the wrong shape", "值的形式不对")),
    Code("DL014", "not-allowed-value", _E, Wording("a value that is not allowed here", "此处不允许的值")),
    Code("DL015", "conflicting-keys", _E, Wording("keys that exclude each other", "互斥的键")),
    Code("DL018", "unused-anchor", _I, Wording("an anchor that nothing refers to", "未被引用的锚点")),
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
    Code("DL105", "unknown-operation", _E, Wording("an unknown service operation", "未知的服务操作")),
    Code("DL107", "unknown-type", _E, Wording("an unknown type, entity or locale", "未知的类型、实体或语言")),
    Code("DL108", "missing-capture", _E, Wording("a capture that the pattern does not have", "模式中没有的捕获")),
    Code("DL112", "bad-import", _E, Wording("a missing, circular or conflicting import", "导入的文件缺失、循环或冲突")),
    Code(
        "DL113",
        "bad-name",
        _E,
        Wording("a name that hides a built-in or is no identifier", "名称遮蔽内置名或不是标识符"),
    ),
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
    Code("DL217", "expression-too-large", _E, Wording("an expression or number that is too large", "表达式或数字过大")),
    # DL3xx is about the flow of a dialog
    Code("DL302", "misplaced-step", _E, Wording("a step where it cannot work", "步骤放在了不起作用的地方")),
    Code("DL305", "endless-loop", _E, Wording("a loop in which nothing waits", "循环中没有任何等待")),
    Code("DL306", "dead-end-state", _E, Wording("a state that answers nothing", "状态不回答任何消息")),
    # DL4xx is about patterns
    Code("DL401", "pattern-syntax", _E, Wording("a pattern that cannot be read", "模式无法解析")),
    Code("DL402", "look-around-or-back-reference", _E, Wording("look-around or a back-reference", "环视或反向引用")),
    Code("DL404", "pattern-too-large", _E, Wording("a pattern that is too large", "模式过大")),
    # DL5xx is about WeChat
    Code("DL506", "unknown-event", _E, Wording("an unknown event or message type", "未知的事件或消息类型")),
    # DL7xx is about security
    Code("DL701", "secret-in-clear", _E, Wording("a secret is written in the file", "文件里写了明文密钥")),
    Code("DL702", "undeclared-host", _E, Wording("a host that is not declared", "未声明的主机")),
    # DL8xx is about tests
    Code("DL801", "bad-test-line", _E, Wording("a test script line that cannot be read", "测试脚本中无法解析的行")),
)

CODES: dict[str, Code] = {code.code: code for code in _TABLE}
