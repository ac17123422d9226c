"""The shapes of replies: a text, a random pick, a locale map, or one of the forms of a mapping."""

from __future__ import annotations

from interpreter.diagnostics.wording import Wording
from interpreter.dialog.shapes import ByKeys, ByKind, Case, Fields, Leaf, ListOf, Locales, Ref, Shape, key
from interpreter.dialog.shapes_leaves import LOOP, TEXT
from interpreter.dialog.words import LIST_MODES

REPLY = Ref("reply")
TEXT_REPLY = Ref("text_reply")

LOCALIZED = ByKind(
    Wording("a text or a text per locale", "文本，或按语言分列的文本"),
    scalar=TEXT,
    map=Locales(Wording("a map of locales", "语言到文本的映射"), TEXT),
)

_ARTICLE = Fields(
    Wording("an article", "图文"),
    (
        key("title", LOCALIZED, "The article's headline.", "图文的标题。", required=True),
        key("text", LOCALIZED, "The lines under the headline.", "标题下的描述。"),
        key("pic", LOCALIZED, "The address of its picture.", "图片的地址。"),
        key("url", LOCALIZED, "The page that a tap opens.", "点击后打开的网页。"),
        key("each", LOOP, "One article per item of a list: `item in items`.", "列表中每项一条图文：`item in items`。"),
    ),
)

_NEWS = ByKind(
    Wording("an article or a list of articles", "一条图文或图文列表"),
    list=ListOf(Wording("a list of articles", "图文列表"), _ARTICLE, at_least=1),
    map=_ARTICLE,
)

_MUSIC = Fields(
    Wording("a piece of music", "音乐"),
    (
        key("title", LOCALIZED, "The name of the piece.", "音乐的标题。"),
        key("text", LOCALIZED, "The line under the name.", "标题下的描述。"),
        key("url", LOCALIZED, "The address of the sound.", "音乐的地址。"),
        key("hq", LOCALIZED, "The address of the sound for Wi-Fi.", "Wi-Fi 下使用的高音质地址。"),
        key("thumb", LOCALIZED, "The media id of its cover.", "封面的媒体 id。"),
    ),
)

_VIDEO_FIELDS = Fields(
    Wording("a video", "视频"),
    (
        key("id", LOCALIZED, "A media id, or a name from `media`.", "媒体 id，或 `media` 中的名称。", required=True),
        key("title", LOCALIZED, "The video's title.", "视频的标题。"),
        key("text", LOCALIZED, "The line under the title.", "标题下的描述。"),
    ),
)

_VIDEO = ByKind(
    Wording("a media id or a map of `id`, `title` and `text`", "媒体 id，或含 `id`、`title`、`text` 的映射"),
    scalar=TEXT,
    map=ByKeys(
        Wording("a video", "视频"),
        (Case(("id", "title", "text"), _VIDEO_FIELDS),),
        Locales(Wording("a map of locales", "语言到文本的映射"), TEXT),
    ),
)

_TRANSFER = ByKind(
    Wording("`true` or a customer service account", "`true` 或客服账号"),
    scalar=Leaf(Wording("`true` or a customer service account", "`true` 或客服账号"), refused=("false",)),
    map=Locales(Wording("a map of locales", "语言到客服账号的映射"), TEXT),
)


def _picks(item: Ref) -> tuple[tuple[str, ListOf, str, str], ...]:
    items = ListOf(Wording("a list of replies", "回复列表"), item, at_least=1)
    return (
        ("sequence", items, "One after another, up to the last, which stays.", "依次回复，到最后一条为止并停在那里。"),
        ("cycle", items, "One after another, round and round.", "依次回复，循环往复。"),
        ("shuffle", items, "All of them in a random order, then again.", "随机顺序全部回复一遍，再重新开始。"),
        ("once", items, "Each at most once, then no more.", "每条最多回复一次，用完即止。"),
    )


_LIST_FORMS = Fields(
    Wording("a reply", "回复"),
    tuple(key(*row) for row in _picks(TEXT_REPLY)),
    any_of=LIST_MODES,
    apart=(tuple((mode,) for mode in LIST_MODES),),
)

_FORM_KEYS = (
    *(key(*row) for row in _picks(REPLY)),
    key("news", _NEWS, "News articles.", "图文消息。"),
    key("music", _MUSIC, "A piece of music.", "音乐。"),
    key("image", LOCALIZED, "An image: a media id, or a name from `media`.", "图片：媒体 id，或 `media` 中的名称。"),
    key("voice", LOCALIZED, "A voice: a media id, or a name from `media`.", "语音：媒体 id，或 `media` 中的名称。"),
    key("video", _VIDEO, "A video: a media id, or a name from `media`.", "视频：媒体 id，或 `media` 中的名称。"),
    key("transfer", _TRANSFER, "Hands over to human customer service.", "转接人工客服。"),
)

FORM_NAMES = tuple(form.name for form in _FORM_KEYS)

_FORMS = Fields(Wording("a reply", "回复"), _FORM_KEYS, apart=(tuple((name,) for name in FORM_NAMES),))

REPLY_MAP = ByKeys(
    Wording("a reply", "回复"),
    (Case(FORM_NAMES, _FORMS),),
    Locales(Wording("a reply per locale", "按语言分列的回复"), REPLY),
)

REPLY_LIST = ListOf(Wording("a list of replies", "回复列表"), REPLY, at_least=1)

SHAPES: dict[str, Shape] = {
    "reply": ByKind(
        Wording("a reply (a text, a list or a map)", "回复（文本、列表或映射）"),
        scalar=TEXT,
        list=REPLY_LIST,
        map=REPLY_MAP,
    ),
    "text_reply": ByKind(
        Wording("a text, a list of texts or a text per locale", "文本、文本列表或按语言分列的文本"),
        scalar=TEXT,
        list=ListOf(Wording("a list of texts", "文本列表"), TEXT_REPLY, at_least=1),
        map=ByKeys(
            Wording("a text", "文本"),
            (Case(LIST_MODES, _LIST_FORMS),),
            Locales(Wording("a text per locale", "按语言分列的文本"), TEXT_REPLY),
        ),
    ),
}
"""The shapes of replies by the names that tables refer to them by."""
