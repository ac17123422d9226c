"""The shape of a `send` step: everything that can be sent without an answer being due."""

from __future__ import annotations

from interpreter.diagnostics.wording import Wording
from interpreter.dialog.shapes import ByKeys, ByKind, Case, Fields, ListOf, Locales, key, named
from interpreter.dialog.shapes_leaves import EXPRESSION, FLAG, TEXT, TEXTS
from interpreter.dialog.shapes_replies import FORM_NAMES, LOCALIZED, REPLY, REPLY_LIST

_OPENED = Fields(
    Wording("a mini program to open", "要打开的小程序"),
    (
        key("app_id", TEXT, "The mini program's AppID.", "小程序的 AppID。", required=True),
        key("page", TEXT, "The page to open.", "要打开的页面。", required=True),
    ),
)

_TEMPLATE = Fields(
    Wording("a template message", "模板消息"),
    (
        key("template", TEXT, "The id of the template.", "模板的 id。", required=True),
        key("data", TEXTS, "The template's values.", "模板的数据。"),
        key("url", TEXT, "The page that a tap opens.", "点击后打开的网页。"),
        key("mini", _OPENED, "The mini program that a tap opens.", "点击后打开的小程序。"),
    ),
)

_NOTICE = Fields(
    Wording("a subscribe message", "订阅通知"),
    (
        key("subscribe", TEXT, "The id of the template.", "模板的 id。", required=True),
        key("data", TEXTS, "The template's values.", "模板的数据。"),
        key("url", TEXT, "The page that a tap opens.", "点击后打开的网页。"),
        key("mini", _OPENED, "The mini program that a tap opens.", "点击后打开的小程序。"),
    ),
)

_CHOICES = Fields(
    Wording("a list of choices", "选项列表"),
    (
        key(
            "choices",
            ByKind(
                Wording("a list of choices", "选项列表"),
                list=ListOf(Wording("a list of choices", "选项列表"), LOCALIZED, at_least=1),
                map=named("choices by their ids", "选项 id 到文字的映射", LOCALIZED),
            ),
            "What can be tapped; a tap sends its text.",
            "可以点击的选项，点击后发送其文字。",
            required=True,
        ),
        key("head", LOCALIZED, "The text above.", "选项上方的文字。"),
        key("tail", LOCALIZED, "The text below.", "选项下方的文字。"),
    ),
)

_PAGE = Fields(
    Wording("a page of a mini program", "小程序卡片"),
    (
        key("title", LOCALIZED, "The title of the page.", "卡片的标题。"),
        key("app_id", TEXT, "The mini program's AppID.", "小程序的 AppID。", required=True),
        key("page", TEXT, "The page to open.", "要打开的页面。", required=True),
        key(
            "thumb",
            TEXT,
            "Its picture: a media id, or a name from `media`.",
            "卡片的图片：媒体 id，或 `media` 中的名称。",
            required=True,
        ),
    ),
)

_CARD = Fields(
    Wording("a card", "卡券"),
    (
        key("id", TEXT, "The id of the card.", "卡券的 id。", required=True),
        key("ext", TEXT, "Its `card_ext`, as JSON.", "卡券的 `card_ext`，JSON 文本。"),
    ),
)

_ALONE = Fields(
    Wording("a message", "消息"),
    (
        key("mini_page", _PAGE, "A page of a mini program.", "小程序卡片。"),
        key(
            "card",
            ByKind(Wording("the id of a card, or a map", "卡券的 id 或映射"), scalar=TEXT, map=_CARD),
            "A card.",
            "卡券。",
        ),
        key("article", TEXT, "A published article, by its id.", "已发布的图文，填 article_id。"),
        key("typing", FLAG, "Shows that somebody is typing, or no longer.", "显示或取消“正在输入”。"),
    ),
    apart=((("mini_page",), ("card",), ("article",), ("typing",)),),
)

_MESSAGE = ByKind(
    Wording("a reply or a message", "回复或消息"),
    scalar=TEXT,
    list=REPLY_LIST,
    map=ByKeys(
        Wording("a reply or a message", "回复或消息"),
        (
            Case(("template",), _TEMPLATE),
            Case(("subscribe",), _NOTICE),
            Case(("choices",), _CHOICES),
            Case(("mini_page", "card", "article", "typing"), _ALONE),
            Case(FORM_NAMES, REPLY),
        ),
        Locales(Wording("a reply per locale", "按语言分列的回复"), REPLY),
    ),
)

SEND = Fields(
    Wording("a `send` step", "`send` 步骤"),
    (
        key("send", _MESSAGE, "Sends a message on the bot's own account.", "主动发送一条消息。"),
        key("to", EXPRESSION, "Whom to send it to (default: the user).", "发给谁（默认：当前用户）。"),
        key("as", TEXT, "The customer-service account in whose name.", "以哪个客服账号的名义发送。"),
    ),
)
