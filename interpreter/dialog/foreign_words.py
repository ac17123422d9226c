"""What keys are called elsewhere: in webot, weixin-robot and wechat, in other bot languages, in Chinese.

Most have one name here; for the others there is a sentence on how the same thing is written.
"""

from __future__ import annotations

from collections.abc import Collection

from interpreter.diagnostics.wording import Wording

_OTHER_NAMES: dict[str, tuple[str, ...]] = {
    "wait": ("next", "state", "to", "waitrule", "wait_rule", "wait_for", "下一步", "等待"),
    "again": ("rewait", "repeat", "reask", "重问"),
    "end": ("exit", "stop", "quit", "finish", "done", "ended", "结束"),
    "cancel": ("nowait", "abort", "resolve", "取消"),
    "goto": ("jump", "go", "redirect", "exec", "跳转"),
    "call": ("run", "flow", "subflow", "调用"),
    "reply": (
        *("answer", "response", "respond", "say", "output", "回复", "回答", "handler", "handlers", "handle", "message"),
        *("messages", "utter", "send_text"),
    ),
    "pattern": (
        *("match", "regex", "regexp", "trigger", "keyword", "keywords", "patterns", "intent", "关键词", "模式", "匹配"),
        *("关键字", "触发"),
    ),
    "if": ("when", "condition", "cond", "条件", "如果"),
    "do": ("actions", "action", "steps", "callback", "步骤"),
    "set": ("assign", "save", "赋值"),
    "ask": ("question", "提问", "问"),
    "into": ("in", "as", "save", "variable", "var", "store", "result"),
    "type": ("kind", "类型"),
    "choices": ("options", "buttons", "quick_replies", "选项"),
    "invalid": ("error", "retry"),
    "tries": ("max_tries", "retries", "attempts"),
    "vars": ("variables", "variable", "slots", "变量"),
    "rules": ("intents", "规则"),
    "states": ("nodes", "状态"),
    "flows": ("dialogs", "stories", "流程"),
    "fallback": ("default", "otherwise", "404", "兜底"),
    "failure": ("error", "on_error", "500"),
    "description": ("desc", "about", "help", "描述"),
    "text": ("desc", "description", "summary", "digest", "描述"),
    "url": ("link", "href", "music_url", "musicurl", "链接"),
    "hq": ("hq_url", "hqurl", "hq_music_url", "hqmusicurl"),
    "pic": ("picurl", "pic_url", "image", "img", "cover", "picture", "图片"),
    "id": ("media_id", "mediaid"),
    "thumb": ("thumb_media_id", "thumbmediaid"),
    "key": ("event_key", "eventkey"),
    "event": ("events", "on", "事件"),
    "message": ("msgtype", "msg_type", "message_type"),
    "examples": ("example", "samples", "utterances", "例句"),
    "name": ("title", "名称"),
    "title": ("标题", "headline"),
}
"""Our names, and what others call the same; of two that a map may have, the first."""

_NONE = Wording("silence is written `reply: none`", "静默写作 `reply: none`")
_PICK = Wording("a list is a random pick: `reply: [one, two]`", "列表就是随机选一条：`reply: [一, 二]`")
_ITSELF = Wording("a text stands there itself: `reply: hello`", "文本直接写：`reply: 你好`")
_CAPTURE = Wording(
    "what is wanted of a message is captured by its pattern: `我叫<name>`, `/^s (?<q>.+)$/i`",
    "需要从消息里取的内容由模式捕获：`我叫<name>`、`/^s (?<q>.+)$/i`",
)
_CODE = Wording(
    "bots hold no code; what truly is a program is called as a service: `fetch: service.operation()`",
    "机器人里不写代码；确实需要的程序作为服务来调用：`fetch: 服务.操作()`",
)

_WAYS: dict[str, tuple[str, Wording]] = {
    **dict.fromkeys(("no_reply", "noreply", "silent", "silence", "静默", "不回复"), ("reply", _NONE)),
    **dict.fromkeys(("random", "one_of", "oneof", "any_of", "pick", "随机"), ("reply", _PICK)),
    **dict.fromkeys(("parser", "parse", "extract"), ("description", _CAPTURE)),
    **dict.fromkeys(("script", "code", "function", "func", "js", "eval"), ("reply", _CODE)),
}
"""For a word that no single key stands for: a key that its map may have, and how it is written here."""

_WAYS_OF_REPLIES: dict[str, Wording] = {
    **dict.fromkeys(("text", "content", "msg", "文本"), _ITSELF),
    **dict.fromkeys(("random", "one_of", "oneof", "any_of", "pick", "list", "随机"), _PICK),
    **dict.fromkeys(("no_reply", "noreply", "none"), _NONE),
}


def _folded(name: str) -> str:
    return name.casefold().replace("-", "_").replace(" ", "_")


def other_name(name: str, candidates: Collection[str]) -> str | None:
    """The key that is elsewhere called by this name."""
    folded = _folded(name)
    return next((ours for ours, theirs in _OTHER_NAMES.items() if folded in theirs and ours in candidates), None)


def other_way(name: str, candidates: Collection[str]) -> Wording | None:
    """How what a word stands for elsewhere is written here, where no key does."""
    folded = _folded(name)
    if "news" in candidates and "sequence" in candidates:
        return _WAYS_OF_REPLIES.get(folded)
    key, way = _WAYS.get(folded, ("", None))
    return way if key in candidates else None
