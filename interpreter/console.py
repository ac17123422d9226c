"""Chatting with a bot in the terminal: the same machine as the server's, with a clock that can be moved on.

It reads lines and writes lines, so it works in a pipe as well. What begins with `/` is a command: every message a
user of WeChat can send (`/image URL`, `/event NAME`), and ways to look at the conversation and to change the player.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from interpreter.catalogue.samples import play
from interpreter.diagnostics.fault_words import fault_words
from interpreter.diagnostics.suggest import nearest
from interpreter.diagnostics.wording import Wording
from interpreter.machine.conversation import Conversation, Exchange
from interpreter.machine.effects import CallApi, LogLine, Send
from interpreter.machine.events import Message
from interpreter.machine.inspection import waiting_places
from interpreter.machine.replies import Article, MusicReply, NewsReply, Reply, TextReply, VideoReply
from interpreter.machine.shown import shown_call, shown_file, shown_lines, shown_send
from interpreter.machine.simulation import COMMANDS, UnknownWords, lacking, simulate, text_message
from interpreter.program.tables import Program
from interpreter.types.answers import read_answer
from interpreter.types.kinds import DurationType
from interpreter.types.lexicon import Lexicon
from interpreter.values import Value, kind_of, print_value

HELP = Wording(
    """/text TEXT  /image URL  /voice TEXT  /video ID  /location LAT,LNG LABEL  /link URL TITLE
/subscribe [SCENE]  /scan SCENE  /click KEY-or-button  /event NAME [KEY] k=v…  /message TYPE k=v…
/state  where the bot waits     /vars   what it remembers      /trace  what the last turn did
/clock +10m  move the time on   /as USER  be somebody else      /help   this list      /quit""",
    """/text 文本  /image 地址  /voice 识别文本  /video 编号  /location 纬度,经度 地名  /link 地址 标题
/subscribe [场景]  /scan 场景  /click 键或按钮  /event 名称 [键] k=v…  /message 类型 k=v…
/state  机器人在哪里等待    /vars   它记住了什么    /trace  上一轮做了什么
/clock +10m  把时间拨快    /as 用户  换一个用户    /help   本列表    /quit""",
)

Write = Callable[[str], None]


@dataclass(slots=True)
class Console:
    """One chat. `clock` gives the real time, `write` takes one line of output."""

    program: Program
    clock: Callable[[], datetime]
    write: Write
    language: str
    buttons: dict[str, str] = field(default_factory=dict)
    conversation: Conversation = field(init=False)
    user: str = "me"
    is_over: bool = False
    _ahead: timedelta = timedelta()
    _sent: int = 0

    def __post_init__(self) -> None:
        self.conversation = Conversation(self.program, self._now(), play_api=play)

    def _now(self) -> datetime:
        return self.clock().astimezone(ZoneInfo(self.program.timezone)) + self._ahead

    def run(self, lines: Iterable[str]) -> None:
        """Take lines until there are no more, or one says `/quit`."""
        for line in lines:
            self.take(line.rstrip("\r\n"))
            if self.is_over:
                return

    def take(self, line: str) -> None:
        """Take one line: a text to the bot, or a command."""
        if not line.strip():
            return
        if not line.startswith("/") or line.startswith("//"):
            self._send_text(line.removeprefix("/") if line.startswith("//") else line)
            return
        command, _, rest = line[1:].partition(" ")
        if command == "text":
            self._text(rest)
        elif command in self._commands:
            self._commands[command](self, rest.strip())
        else:
            self._simulate(command, line[1:])

    # ------------------------------------------------------------------------------------------------ sending

    def _text(self, text: str) -> None:
        if text.strip():
            self._send_text(text)
        else:
            self._say(Wording(*lacking("/", "text")))

    def _send_text(self, text: str) -> None:
        time, id = self._next()
        self._receive(text_message(text, user=self.user, account=self.program.name, time=time, id=id))

    def _simulate(self, command: str, words: str) -> None:
        time, id = self._next()
        try:
            message = simulate(words, user=self.user, account=self.program.name, time=time, id=id, buttons=self.buttons)
        except UnknownWords:
            self._say(_bad_command(command))
            return
        self._receive(message)

    def _next(self) -> tuple[int, str]:
        self._sent += 1
        self._tick()
        return int(self.conversation.now.timestamp()), str(self._sent)

    def _tick(self) -> None:
        """Set the conversation's clock, and say what its timers do."""
        now = self._now()
        with suppress(OverflowError):  # endless reminders; what they said so far is enough
            self.conversation.move_to(now)
        self.conversation.now = now
        self._show(self.conversation.last.replies)
        self._tell(self.conversation.last)

    def _receive(self, message: Message) -> None:
        exchange = self.conversation.receive(message)
        self._show(exchange.replies)
        if not exchange.replies:
            self._say(Wording("(no reply)", "（没有回复）"))
        self._tell(exchange)

    def _show(self, replies: Iterable[Reply]) -> None:
        for reply in replies:
            for line in _reply_lines(reply):
                self.write(printable(line))

    def _tell(self, exchange: Exchange) -> None:
        """Say what a user would not see: faults, log lines, calls of the API, messages that would be sent."""
        for item in exchange.trace:
            if item.kind == "fault":
                words = fault_words(item.name, item.detail)
                at = Wording(f" at {item.place}", f"在 {item.place} ") if item.place else Wording("", "")
                told = Wording(f"! fault{at.en}: {words.en}", f"! {at.zh}出错：{words.zh}")
                self.write(printable(told.say(self.language)))
        for effect in exchange.effects:
            if isinstance(effect, LogLine):
                self.write(printable(f"! log {effect.text}"))
            elif isinstance(effect, CallApi):
                self.write(printable(f"! api {shown_call(effect)}"))
            elif isinstance(effect, Send):
                self.write(printable(f"! send → {effect.to}: {shown_send(effect)}"))

    # ------------------------------------------------------------------------------------------------ looking

    def _state(self, _: str) -> None:
        session = self.conversation.session(self.user)
        places = waiting_places(self.program, session, self._now())
        self._say(Wording("waits nowhere", "没有在等待") if not places else _joined(places))

    def _vars(self, _: str) -> None:
        session = self.conversation.session(self.user)
        for name, value in session.vars.items():
            self.write(printable(f"{name} = {_shown(value)}"))
        for name, value in session.memory.items():
            self.write(printable(f"user.{name} = {_shown(value)}"))

    def _trace(self, _: str) -> None:
        for item in self.conversation.last.trace:
            place = f"  ({item.place})" if item.place else ""
            self.write(printable(f"{item.kind} {item.name} {item.detail}".rstrip() + place))

    def _clock(self, words: str) -> None:
        moved = (
            read_answer(DurationType(), words.removeprefix("+"), Lexicon({}, ("zh", "en"))) if words else timedelta()
        )
        if not isinstance(moved, timedelta):
            self._say(Wording("say `/clock +10m`", "请写成 `/clock +10m`"))
            return
        before = self._ahead
        try:
            self._ahead += moved
            self.write(print_value(self._now()))
            self._tick()
        except OverflowError:
            self._ahead = before
            self._say(Wording("the clock cannot move that far", "时钟无法拨到那么远"))

    def _as(self, user: str) -> None:
        if user:
            self.user = user
        self.write(printable(self.user))

    def _help(self, _: str) -> None:
        self._say(HELP)

    def _quit(self, _: str) -> None:
        self.is_over = True

    def _say(self, wording: Wording) -> None:
        for line in wording.say(self.language).split("\n"):
            self.write(line)

    _commands = {  # noqa: RUF012  a table of methods, never changed
        "state": _state,
        "vars": _vars,
        "trace": _trace,
        "clock": _clock,
        "as": _as,
        "help": _help,
        "quit": _quit,
        "exit": _quit,
    }


def _bad_command(command: str) -> Wording:
    if command in COMMANDS:
        return Wording(*lacking("/", command))
    known = (*COMMANDS, "text", *Console._commands)
    near = nearest(command, known)
    meant, meant_zh = (f"; did you mean `/{near}`?", f"；是不是 `/{near}`？") if near else ("; see /help", "，见 /help")
    return Wording(f"there is no command `/{command}`{meant}", f"没有命令 `/{command}`{meant_zh}")


def _joined(places: tuple[str, ...]) -> Wording:
    text = " > ".join(places)
    return Wording(text, text)


def _shown(value: Value) -> str:
    return (
        print_value(value)
        if kind_of(value) not in ("list", "map", "null")
        else ("null" if value is None else str(value))
    )


def _reply_lines(reply: Reply) -> list[str]:
    """A reply with all that a user would see of it."""
    match reply:
        case TextReply(text=text):
            return text.split("\n")
        case NewsReply(articles=articles):
            return [line for article in articles for line in _article_lines(article)]
        case MusicReply():
            return [f"♪ {reply.title}  {reply.text}".rstrip(), f"  {reply.url}"]
        case VideoReply():
            return [f"▶ {shown_file(reply.media_id)}  {reply.title}  {reply.text}".rstrip()]
        case _:
            return shown_lines([reply])


def _article_lines(article: Article) -> list[str]:
    body = [f"  {line}" for line in article.text.rstrip().split("\n") if line]
    links = [f"  {link}" for link in (article.pic, article.url) if link]
    return [f"▤ {article.title}", *body, *links]


def printable(text: str) -> str:
    """A line without anything a terminal would obey: control characters are shown as escapes."""
    return "".join(
        letter
        if letter == "\t" or (letter.isprintable() or letter == " ")
        else letter.encode("unicode_escape").decode()
        if not "\ud800" <= letter <= "\udfff"
        else "\ufffd"
        for letter in text
    )
