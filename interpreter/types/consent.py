"""The usual words of consent and refusal, by language; folded, for a whole message or a part of one."""

from __future__ import annotations

from collections.abc import Iterable

_YES = {
    "zh": "是 是的 是啊 是呀 是滴 对 对的 对啊 对呀 没错 好 好的 好啊 好呀 好吧 好哒 好滴 好嘞 好哦 "
    "行 行的 行啊 行吧 可以 可以的 可以啊 "
    "嗯 嗯嗯 嗯呐 恩 恩恩 要 要的 需要 想 想要 愿意 同意 确认 确定 当然 当然可以 "
    "没问题 成 必须的 ok okay yes y 👌 👍 "
    "對 對的 好喔 願意 確認 確定 當然 沒問題 沒錯 需要的",
    "en": "yes|y|yeah|yep|yup|yea|ya|ok|okay|k|"
    "sure|of course|certainly|right|correct|true|confirm|confirmed|agree|agreed|"
    "fine|alright|all right|sounds good|go ahead|please do|yes please|absolutely|definitely|👌|👍",
    "ja": "はい ええ うん そう そうです いいよ いいです お願いします もちろん 了解 ok オーケー",
    "ko": "네 예 응 그래 좋아 좋아요 맞아 맞아요 당연하지 ok 오케이",
}
_NO = {
    "zh": "不 不是 不是的 不对 不要 不要了 不用 不用了 不行 不好 不可以 不需要 不想 "
    "不愿意 不同意 不了 不必 不确定 别 别了 否 没有 没 错 "
    "算了 算了吧 拒绝 不 no n nope 不對 不願意 不確定 沒有 沒 錯 拒絕 👎",
    "en": "no|n|nope|nah|nay|not really|no way|no thanks|no thank you|never|wrong|incorrect|false|don't|do not|"
    "disagree|refuse|not now|👎",
    "ja": "いいえ いや ううん 違う 違います だめ ダメ 結構です やめます no",
    "ko": "아니|아니요|아니오|싫어|싫어요|안돼|안 돼요|no",
}
_DEFAULT = "en"


def consent_words(locales: Iterable[str]) -> tuple[str, ...]:
    """Words of consent in some locales (`zh-CN` counts as `zh`); English for a language without words of its own."""
    return _words(_YES, locales)


def refusal_words(locales: Iterable[str]) -> tuple[str, ...]:
    """Words of refusal in some locales."""
    return _words(_NO, locales)


def _words(table: dict[str, str], locales: Iterable[str]) -> tuple[str, ...]:
    languages = dict.fromkeys(locale.replace("_", "-").split("-")[0].lower() for locale in locales)
    found: dict[str, None] = {}
    for language in languages or {_DEFAULT: None}:
        words = table.get(language, table[_DEFAULT])
        found.update(dict.fromkeys(words.split("|" if "|" in words else None)))
    return tuple(found)
