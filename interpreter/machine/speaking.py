"""From reply plans to replies: picking one of several, filling texts, counting sequences."""

from __future__ import annotations

from collections.abc import Sequence

from interpreter.expr.env import TextClosure
from interpreter.machine.limits import REPLY_LIMIT
from interpreter.machine.replies import (
    Article,
    ImageReply,
    MusicReply,
    NewsReply,
    Reply,
    TextReply,
    TransferReply,
    VideoReply,
    VoiceReply,
)
from interpreter.machine.running import Running
from interpreter.program.media import symbolic
from interpreter.program.replies import (
    ArticlePlan,
    ReplyPlan,
    SayByLocale,
    SayMedia,
    SayMusic,
    SayNews,
    SayNothing,
    SayOneOf,
    SayText,
    SayTransfer,
    SayWords,
)
from interpreter.values import MAX_TEXT, Fault, Value

Locals = dict[str, Value]


def speak(turn: Running, plan: ReplyPlan | None, locals: Locals) -> None:
    """Say a reply: add it to what the turn says. Texts that follow one another become one."""
    if type(plan) is SayWords:  # what is said most often
        add_text(turn, plan.text.rstrip("\r\n"))
    elif type(plan) is SayText:
        add_text(turn, turn.say(plan.text, locals).rstrip("\r\n"))
    elif type(plan) is SayNothing:
        turn.is_silent = True
    elif isinstance(plan, (SayOneOf, SayByLocale)):
        speak(turn, _choose(turn, plan), locals)
    elif plan is not None and (reply := _render(turn, plan, locals)) is not None:
        _add(turn.replies, reply)


def _add(replies: list[Reply], reply: Reply) -> None:
    if len(replies) >= REPLY_LIMIT:
        raise Fault("budget", f"more than {REPLY_LIMIT} replies in one turn")
    replies.append(reply)


def add_text(turn: Running, text: str) -> None:
    """Add a text to what the turn says; an empty one is not said."""
    if not text:
        return
    replies = turn.replies
    if not replies:
        replies.append(TextReply(text))
    elif isinstance(last := replies[-1], TextReply):
        if len(last.text) + len(text) >= MAX_TEXT:
            raise Fault("budget", f"the texts of one turn are longer than {MAX_TEXT} characters together")
        replies[-1] = TextReply(f"{last.text}\n{text}")
    else:
        _add(replies, TextReply(text))


def plain_text(turn: Running, plan: ReplyPlan, locals: Locals) -> str:
    """The text of a reply that can only be a text (`texts.NAME`, a description)."""
    chosen = _choose(turn, plan)
    match chosen:
        case SayWords(text=words):
            return words
        case SayText(text=text):
            return turn.say(text, locals)
        case _:
            return ""


def render(turn: Running, plan: ReplyPlan, locals: Locals) -> Reply | None:
    """A reply by itself, for sending it elsewhere; None for silence."""
    chosen = _choose(turn, plan)
    return _render(turn, chosen, locals) if chosen is not None and not isinstance(chosen, SayNothing) else None


def _choose(turn: Running, plan: ReplyPlan) -> ReplyPlan | None:
    """Walk through lists and locales to the one reply to say; None when a `once` has nothing left."""
    while True:
        match plan:
            case SayOneOf():
                index = _pick(turn, plan)
                if index is None:
                    return None
                plan = plan.items[index]
            case SayByLocale():
                plan = plan.plans.get(turn.env.locale) or _by_language(plan, turn.env.locale)
            case _:
                return plan


def _by_language(plan: SayByLocale, locale: str) -> ReplyPlan:
    language = locale.partition("-")[0]
    found = next((key for key in plan.plans if key.partition("-")[0] == language), plan.default)
    return plan.plans[found]


def _pick(turn: Running, plan: SayOneOf) -> int | None:
    count = len(plan.items)
    if count == 0:
        return None
    if plan.by_try:
        return max(0, min(turn.tries - 1, count - 1)) if plan.mode == "sequence" else _pick_by_try(turn, plan)
    match plan.mode:
        case "random":
            return _pick_random(turn, plan.id, count)
        case "sequence":
            return min(_count(turn, plan.id), count - 1)
        case "cycle":
            return _count(turn, plan.id) % count
        case "once":
            index = _count(turn, plan.id)
            return index if index < count else None
        case "shuffle":
            return _pick_shuffled(turn, plan.id, count)


def _pick_by_try(turn: Running, plan: SayOneOf) -> int | None:
    count, tried = len(plan.items), max(0, turn.tries - 1)
    match plan.mode:
        case "cycle":
            return tried % count
        case "once":
            return tried if tried < count else None
        case "shuffle":
            return _pick_shuffled(turn, plan.id, count)
        case _:
            return _pick_random(turn, plan.id, count)


def _count(turn: Running, name: str) -> int:
    seen = turn.counters.get(name)
    count = seen if isinstance(seen, int) else 0
    turn.counters = {**turn.counters, name: count + 1}
    return count


def _pick_random(turn: Running, name: str, count: int) -> int:
    if count == 1:
        return 0
    last = turn.picks.get(name)
    if turn.is_pinned or last is None or last >= count:
        index = turn.chance.pick(count)
    else:
        index = turn.chance.pick(count - 1)
        index += index >= last
    turn.picks = {**turn.picks, name: index}
    return index


def _pick_shuffled(turn: Running, name: str, count: int) -> int:
    """Deal from a shuffled deck; a new deck does not begin with the card dealt last."""
    deck = turn.counters.get(name)
    left = [item for item in deck if isinstance(item, int) and item < count] if isinstance(deck, (list, tuple)) else []
    if not left:
        left = list(range(count))
        if count > 1 and not turn.is_pinned and name in turn.picks:
            left.remove(turn.picks[name] % count)
            index = left.pop(turn.chance.pick(len(left)))
            left.append(turn.picks[name] % count)
            return _deal(turn, name, left, index)
    index = left.pop(turn.chance.pick(len(left)))
    return _deal(turn, name, left, index)


def _deal(turn: Running, name: str, left: list[int], index: int) -> int:
    turn.counters = {**turn.counters, name: left}
    turn.picks = {**turn.picks, name: index}
    return index


def _render(turn: Running, plan: ReplyPlan, locals: Locals) -> Reply | None:
    match plan:
        case SayWords(text=words):
            return _text_reply(words)
        case SayText(text=text):
            return _text_reply(turn.say(text, locals))
        case SayNews(articles=articles):
            shown = tuple(article for plan in articles for article in _articles(turn, plan, locals))
            return NewsReply(shown) if shown else None
        case SayMusic():
            return MusicReply(
                turn.say(plan.title, locals),
                turn.say(plan.text, locals),
                turn.say(plan.url, locals),
                turn.say(plan.hq, locals),
                _media_id(turn, plan.thumb, locals),
            )
        case SayMedia(kind="image"):
            return ImageReply(_media_id(turn, plan.id, locals))
        case SayMedia(kind="voice"):
            return VoiceReply(_media_id(turn, plan.id, locals))
        case SayMedia():
            return VideoReply(
                _media_id(turn, plan.id, locals), turn.say(plan.title, locals), turn.say(plan.text, locals)
            )
        case SayTransfer(account=account):
            return TransferReply(turn.say(account, locals) or None)
        case _:
            return None


def _text_reply(text: str) -> TextReply:
    return TextReply(text.rstrip("\r\n"))


def _media_id(turn: Running, text: TextClosure | None, locals: Locals) -> str:
    return media_id(turn, turn.say(text, locals))


def media_id(turn: Running, written: str) -> str:
    """A media id; of a file beside the bot, what stands for one until the file is sent."""
    return symbolic(written) if written in turn.program.media else written


def _articles(turn: Running, plan: ArticlePlan, locals: Locals) -> list[Article]:
    if plan.each is None:
        return [_article(turn, plan, locals)]
    name, closure = plan.each
    items = turn.evaluate(closure, locals)
    if not isinstance(items, Sequence) or isinstance(items, str):
        raise Fault("type", "`each` goes through a list, and this value is not one")
    if len(items) > REPLY_LIMIT:
        items = items[:REPLY_LIMIT]
    return [_article(turn, plan, {**locals, name: item}) for item in items]


def _article(turn: Running, plan: ArticlePlan, locals: Locals) -> Article:
    return Article(
        turn.say(plan.title, locals),
        turn.say(plan.text, locals),
        turn.say(plan.pic, locals),
        turn.say(plan.url, locals),
    )
