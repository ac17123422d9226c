"""The shape of a whole bot file, and the table of all shapes that have names."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from interpreter.diagnostics.wording import Wording
from interpreter.dialog.shapes import ByKind, Fields, Key, ListOf, Shape, Whole, Words, key, named
from interpreter.dialog.shapes_leaves import (
    BOT_NAME,
    DATA,
    DECLARATIONS,
    DURATION,
    EXPRESSIONS,
    FILE,
    LOCALE_TAG,
    MOMENT,
    NAME,
    PLAIN_TEXT,
    TALK,
    TEXT,
)
from interpreter.dialog.shapes_replies import LOCALIZED, TEXT_REPLY
from interpreter.dialog.shapes_rules import DOMAINS, FALLBACK, FLOWS, RULES, STATES
from interpreter.dialog.shapes_rules import SHAPES as RULE_SHAPES
from interpreter.dialog.shapes_services import ACCOUNT, MENU, SERVICES
from interpreter.dialog.shapes_services import SHAPES as SERVICE_SHAPES
from interpreter.dialog.shapes_steps import SHAPES as STEP_SHAPES
from interpreter.dialog.shapes_steps import STEPS
from interpreter.values import MAX_INT

# ---------------------------------------------------------------------------------------------------- names and texts

_NAMES = ListOf(Wording("a list of names", "名称列表"), PLAIN_TEXT)

_ENTITY = ByKind(
    Wording("a list of names or a map of names to lists of synonyms", "名称列表，或名称到同义词列表的映射"),
    list=_NAMES,
    map=named(
        "a map of names to lists of synonyms",
        "名称到同义词列表的映射",
        ListOf(Wording("a list of synonyms", "同义词列表"), PLAIN_TEXT),
    ),
)

_LOCALES = ListOf(Wording("a list of locales", "语言列表"), LOCALE_TAG, at_least=1)

# ---------------------------------------------------------------------------------------------------- what it imports

_IMPORT = ByKind(
    Wording("a file or a map with `pack`", "文件，或含 `pack` 的映射"),
    scalar=FILE,
    map=Fields(
        Wording("an imported pack", "导入的包"),
        (
            key("pack", FILE, "The pack's file.", "包文件。", required=True),
            key("as", NAME, "The name under which the pack's names live.", "包内名称所在的命名空间。"),
            key("with", EXPRESSIONS, "Values for the pack's inputs.", "包的输入值。"),
        ),
    ),
)

_PERMISSIONS = Fields(
    Wording("the permissions of a pack", "包的权限"),
    (
        key("services", _NAMES, "Services it calls.", "要调用的服务。"),
        key("api", _NAMES, "Families of WeChat's API it calls.", "要调用的微信接口类别。"),
        key("env", _NAMES, "Environment variables it reads.", "要读取的环境变量。"),
    ),
)

_PACK = Fields(
    Wording("a pack", "包"),
    (
        key("name", BOT_NAME, "The pack's name.", "包的名称。"),
        key("version", PLAIN_TEXT, "The pack's version.", "包的版本。"),
        key("licence", PLAIN_TEXT, "The licence under which it may be used.", "使用许可。"),
        key("description", LOCALIZED, "What it is for.", "用途说明。"),
        key("inputs", DECLARATIONS, "What whoever imports it may set.", "导入者可以设置的输入。"),
        key("permissions", _PERMISSIONS, "What it needs.", "所需的权限。"),
    ),
)

# ---------------------------------------------------------------------------------------------------- tests

_GIVEN = Fields(
    Wording("what a test starts from", "测试的前提"),
    (
        key("now", MOMENT, "The time at which it begins.", "测试开始的时间。"),
        key(
            "random",
            Whole(Wording("a whole number", "整数"), -MAX_INT, MAX_INT, literal=True),
            "What `random` gives, and which item is picked.",
            "`random` 的结果，以及选中列表的第几项。",
        ),
    ),
    rest=DATA,
)

_TEST = Fields(
    Wording("a test", "测试"),
    (
        key("given", _GIVEN, "Variables, `now`, `random`, answers of services.", "变量、`now`、`random`、服务的响应。"),
        key("talk", TALK, "The conversation, line by line.", "逐行的对话。", required=True),
    ),
)

# ---------------------------------------------------------------------------------------------------- the bot

_BOT_KEYS: tuple[Key, ...] = (
    key(
        "dialog",
        Words(Wording("a language version", "语言版本"), ("1",)),
        "The language version.",
        "语言版本。",
        required=True,
    ),
    key("name", BOT_NAME, "The bot's name: a-z, 0-9 and -.", "机器人的名称：a-z、0-9 和 -。", required=True),
    key("version", PLAIN_TEXT, "The bot's version.", "机器人的版本。"),
    key("description", PLAIN_TEXT, "What the bot is for.", "机器人的用途。"),
    key("locales", _LOCALES, "Its locales; the first is the default.", "支持的语言，第一个为默认。"),
    key("timezone", PLAIN_TEXT, "Its time zone (default Asia/Shanghai).", "时区（默认 Asia/Shanghai）。"),
    key("session", DURATION, "Idle time after which a conversation is forgotten.", "对话闲置多久后被忘记。"),
    key("timeout", DURATION, "The timeout of waits without their own.", "未单独设置的等待的超时。"),
    key("account", ACCOUNT, "How it connects to WeChat.", "如何接入微信。"),
    key(
        "accounts",
        named("a map of accounts", "账号的映射", ACCOUNT),
        "Several accounts by name.",
        "按名称列出的多个账号。",
    ),
    key("vars", DECLARATIONS, "Its memory: `name: type = default`.", "记忆：`名称: 类型 = 默认值`。"),
    key(
        "imports", ListOf(Wording("a list of imports", "导入列表"), _IMPORT), "Other files and packs.", "其他文件和包。"
    ),
    key("services", SERVICES, "HTTP services it may call.", "可以调用的 HTTP 服务。"),
    key("entities", named("a map of entities", "实体的映射", _ENTITY), "Named lists of things.", "命名的事物列表。"),
    key("texts", named("a map of texts", "文本的映射", TEXT_REPLY), "Named texts.", "命名的文本。"),
    key("media", named("a map of files", "文件的映射", FILE), "Files beside the bot, by name.", "机器人旁的媒体文件。"),
    key("choice", TEXT, "How a choice is written: `$(key) - $(label)`.", "选项的写法：`$(key) - $(label)`。"),
    key("domains", DOMAINS, "Guarded zones.", "受保护的域。"),
    key("before", STEPS, "Steps before any rule.", "任何规则之前的步骤。"),
    key("rules", RULES, "What starts a conversation.", "开始对话的规则。"),
    key("states", STATES, "Where it waits.", "等待消息的状态。"),
    key("flows", FLOWS, "Scripts of steps with questions.", "由步骤和提问组成的流程。"),
    key("fallback", FALLBACK, "Steps when nothing matched.", "没有规则匹配时的步骤。"),
    key("failure", STEPS, "Steps when a step failed.", "步骤失败时的步骤。"),
    key("after", STEPS, "Steps on every reply.", "每次回复之后的步骤。"),
    key("menu", MENU, "The custom menu.", "自定义菜单。"),
    key(
        "renamed",
        named("a map of old names to new ones", "旧名到新名的映射", NAME),
        "Old names of states, flows, rules and questions.",
        "状态、流程、规则和问题的旧名。",
    ),
    key("pack", _PACK, "What makes it a pack.", "作为包发布的说明。"),
    key("tests", named("a map of tests", "测试的映射", _TEST), "Conversations that must hold.", "必须成立的对话。"),
)

BOT = Fields(Wording("a bot", "机器人"), _BOT_KEYS, apart=((("account",), ("accounts",)),))

PART = Fields(
    Wording("a file of a bot", "机器人的一个文件"),
    tuple(replace(entry, required=False) for entry in _BOT_KEYS),
    apart=BOT.apart,
)
"""A file that a bot imports: the same keys, of which none is required."""

SHAPES: Mapping[str, Shape] = {**STEP_SHAPES, **RULE_SHAPES, **SERVICE_SHAPES}
"""Every shape that a `Ref` may name."""
