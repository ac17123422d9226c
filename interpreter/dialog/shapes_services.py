"""The shapes of what reaches out of a bot: services, the WeChat account and its custom menu."""

from __future__ import annotations

from interpreter.diagnostics.wording import Wording
from interpreter.dialog.shapes import ByKeys, ByKind, Case, Fields, ListOf, Need, Ref, Shape, Whole, Words, key, named
from interpreter.dialog.shapes_leaves import (
    COUNT,
    DATA,
    DATUM,
    DECLARATIONS,
    DURATION,
    EXPRESSION,
    FLAG,
    LITERAL_FLAG,
    PLAIN_TEXT,
    TEXT,
    TEXTS,
    TRUE,
    URL,
)
from interpreter.dialog.shapes_rules import EFFECTS, GUARDS, RULE_SIDES
from interpreter.dialog.words import TARGETS

# ---------------------------------------------------------------------------------------------------- services

_RETRY = Whole(Wording("a whole number from 0 to 10", "0 到 10 的整数"), 0, 10)

_METHODS = ("get", "post", "put", "delete")

_MOCK = Fields(
    Wording("a mocked answer", "模拟的响应"),
    (
        key(
            "status",
            Whole(Wording("an HTTP status", "HTTP 状态码"), 100, 599, literal=True),
            "The status (default 200).",
            "状态码（默认 200）。",
        ),
        key("headers", TEXTS, "The headers of the answer.", "响应头。"),
        key("body", DATA, "The body: text, or data for JSON.", "响应体：文本，或 JSON 数据。"),
        key("timeout", LITERAL_FLAG, "Doesn't answer in time.", "不在时限内响应。"),
    ),
)

_OPERATION = Fields(
    Wording("an operation", "操作"),
    (
        key("args", DECLARATIONS, "Its arguments and their types.", "参数及其类型。"),
        *(
            key(
                method,
                TEXT,
                f"The path of a {method.upper()} request; values are percent-encoded.",
                f"{method.upper()} 请求的路径，值会做百分号编码。",
            )
            for method in _METHODS
        ),
        key("query", TEXTS, "Values of the query string.", "查询字符串的各项。"),
        key("headers", TEXTS, "Headers of this request.", "本请求的请求头。"),
        key("json", DATA, "The body, sent as JSON.", "以 JSON 发送的请求体。"),
        key("form", TEXTS, "The body, sent as a form.", "以表单发送的请求体。"),
        key("timeout", DURATION, "How long to wait for the answer.", "等待响应的时长。"),
        key("retry", _RETRY, "How often to try again; idempotent methods only.", "重试次数，仅限幂等方法。"),
        key("cache", DURATION, "How long an answer may be used again.", "响应可以重复使用的时长。"),
        key(
            "pick",
            EXPRESSION,
            "What `into` receives, of `status`, `headers` and `body`.",
            "`into` 得到的值，取自 `status`、`headers`、`body`。",
        ),
        key("mock", _MOCK, "The answer in tests and in the simulator.", "测试和模拟器中的响应。"),
    ),
    any_of=_METHODS,
    apart=(tuple((method,) for method in _METHODS), (("json",), ("form",))),
)

_SERVICE = Fields(
    Wording("a service", "服务"),
    (
        key("url", URL, "What every path is appended to.", "所有路径的前缀地址。", required=True),
        key("headers", TEXTS, "Headers of every request.", "每个请求都带的请求头。"),
        key("timeout", DURATION, "How long to wait for an answer.", "等待响应的时长。"),
        key("retry", _RETRY, "How often to try again; idempotent methods only.", "重试次数，仅限幂等方法。"),
        key("private", FLAG, "Allows private and link-local addresses.", "允许访问内网地址。"),
        key(
            "operations",
            named("a map of operations", "操作的映射", _OPERATION),
            "What it can be asked.",
            "可以调用的操作。",
            required=True,
        ),
    ),
)

SERVICES = named("a map of services", "服务的映射", _SERVICE)

# ---------------------------------------------------------------------------------------------------- the account


def _words(en: str, zh: str, *words: str) -> Words:
    return Words(Wording(en, zh), words)


def _secrets(en: str, zh: str) -> ByKind:
    """A secret, or the current one and those before it, while it is changed."""
    return ByKind(Wording(en, zh), scalar=TEXT, list=ListOf(Wording(en, zh), TEXT, at_least=1))


ACCOUNT = Fields(
    Wording("an account", "账号"),
    (
        key(
            "type",
            _words("a type of account", "账号类型", "official", "wecom"),
            "Official account or WeCom, which cannot be served yet.",
            "公众号或企业微信；企业微信暂不支持。",
        ),
        key(
            "kind",
            _words("a kind of account", "公众号种类", "subscription", "service"),
            "Subscription or service account.",
            "订阅号或服务号。",
        ),
        key("verified", FLAG, "Whether the account is verified.", "账号是否已认证。"),
        key("path", TEXT, "The path that WeChat posts to.", "微信推送的路径。"),
        key(
            "token",
            _secrets("a token or a list of tokens", "令牌或令牌列表"),
            "The token of the server settings: `$(env.…)`. A list while it is changed: the new one, then the old one.",
            "服务器配置中的令牌：`$(env.…)`。更换期间可写列表：先新后旧。",
        ),
        key("app_id", TEXT, "The AppID: `$(env.…)`.", "AppID：`$(env.…)`。"),
        key("app_secret", TEXT, "The AppSecret: `$(env.…)`.", "AppSecret：`$(env.…)`。"),
        key(
            "aes_key",
            _secrets("an EncodingAESKey or a list of them", "EncodingAESKey 或其列表"),
            "The EncodingAESKey: `$(env.…)`. A list while it is changed: the new one, then the old one.",
            "EncodingAESKey：`$(env.…)`。更换期间可写列表：先新后旧。",
        ),
        key(
            "encryption",
            _words("a mode of encryption", "加密方式", "plain", "compatible", "safe"),
            "How messages are encrypted.",
            "消息的加解密方式。",
        ),
        key("agent_id", TEXT, "The application's id in WeCom.", "企业微信应用的 id。"),
        key(
            "slow",
            ListOf(
                Wording("a list of `hold`, `push`, `later`", "`hold`、`push`、`later` 的列表"),
                _words("a way to answer late", "延迟回复的方式", "hold", "push", "later"),
                at_least=1,
            ),
            "What to do when WeChat won't wait: the first that the account can.",
            "微信等不及时的办法：取账号能做到的第一个。",
        ),
        key(
            "notice",
            TEXT,
            "What a user is told whose answer does not come in time; it sees `env` only.",
            "来不及回复时先告诉用户的话，只能使用 `env`。",
        ),
    ),
)

# ---------------------------------------------------------------------------------------------------- the custom menu

_MINI = Fields(
    Wording("a mini program", "小程序"),
    (
        key("app_id", TEXT, "The mini program's AppID.", "小程序的 AppID。", required=True),
        key("page", TEXT, "The page to open.", "要打开的页面。", required=True),
        key("url", TEXT, "The page for old clients.", "旧版客户端打开的网页。", required=True),
    ),
)

_HANDLERS = ("reply", "do", "set", "replies", *TARGETS)
_SENDING = ("scan", "photo", "location")


_OPENING = ("url", "mini", "media", "open_media", "article", "open_article")
_KINDS = ("items", *_OPENING)

_BUTTONS = named("a map of menu buttons", "菜单按钮的映射", Ref("button"))

_BUTTON = Fields(
    Wording("a menu button", "菜单按钮"),
    (
        key("label", PLAIN_TEXT, "What phones show (default: its name).", "手机上显示的文字（默认：名称）。"),
        key("key", PLAIN_TEXT, "The key that a click sends.", "点击时发送的 key。"),
        *GUARDS,
        *EFFECTS,
        key("items", _BUTTONS, "The buttons of a submenu.", "子菜单的按钮。"),
        key("url", TEXT, "The page that a tap opens.", "点击后打开的网页。"),
        key("scan", _words("`push` or `wait`", "`push` 或 `wait`", "push", "wait"), "Scans a code.", "扫码。"),
        key("photo", _words("a source of photos", "照片来源", "camera", "album", "any"), "Sends a photo.", "发图。"),
        key("location", TRUE, "Sends a location.", "发送位置。"),
        key("mini", _MINI, "Opens a mini program.", "打开小程序。"),
        key("media", TEXT, "Sends a permanent material, by its media id.", "下发永久素材，填媒体 id。"),
        key("open_media", TEXT, "Opens a permanent news material.", "打开永久图文素材的网页。"),
        key("article", TEXT, "Sends a published article, by its id.", "下发已发布的图文，填 article_id。"),
        key("open_article", TEXT, "Opens a published article.", "打开已发布的图文。"),
    ),
    any_of=("reply", "url", "items", "key", *_HANDLERS[1:], *_SENDING, *_OPENING[1:]),
    apart=(
        *RULE_SIDES,
        tuple((kind,) for kind in (*_KINDS, *_SENDING)),
        (_KINDS, ("key", "if", "domain", *_HANDLERS)),
    ),
    needs=(Need("with", ("call", "goto")),),
)

_AUDIENCE = Fields(
    Wording("a condition of a menu", "菜单的条件"),
    (
        key("tag", COUNT, "The id of a user tag.", "用户标签的 id。"),
        key("platform", _words("a platform", "平台", "ios", "android", "other"), "The user's device.", "用户的设备。"),
    ),
    at_least=1,
)

_CONDITIONAL = Fields(
    Wording("a conditional menu", "个性化菜单"),
    (
        key("if", _AUDIENCE, "Who sees it.", "谁能看到。", required=True),
        key("items", _BUTTONS, "Its buttons.", "菜单的按钮。", required=True),
    ),
)

_MENUS = Fields(
    Wording("a default menu and conditional ones", "默认菜单和个性化菜单"),
    (
        key("default", _BUTTONS, "The menu of everybody else.", "其他用户的菜单。", required=True),
        key(
            "for",
            ListOf(Wording("a list of conditional menus", "个性化菜单列表"), _CONDITIONAL),
            "Menus for some.",
            "给部分用户的菜单。",
        ),
    ),
)

MENU = ByKeys(Wording("a map of menu buttons", "菜单按钮的映射"), (Case(("for",), _MENUS),), _BUTTONS)

SHAPES: dict[str, Shape] = {
    "button": _BUTTON,
    "data": ByKind(
        Wording("any value", "任意值"),
        scalar=DATUM,
        list=ListOf(Wording("a list", "列表"), DATA),
        map=named("a map", "映射", DATA),
    ),
}
"""The shapes of buttons and of structured data by the names that tables refer to them by."""
