"""What becomes of a reply that takes longer than WeChat waits: `account.slow`.

*hold*: deliveries are left without an answer, so that WeChat delivers the message again and takes the reply then.
*push*: the reply goes out as a customer-service message, if the account may send those.
*later*: the reply comes with the answer to the user's next message.

Holding is worth about 14 seconds. A turn that takes longer, or every slow one without `hold`, is given up: its last
delivery is answered with a notice, and the reply goes one of the other two ways. So does a reply that is there in time
when WeChat does not come for it any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from interpreter.diagnostics.wording import Wording
from interpreter.runtime.timing import DELIVERIES

Way = Literal["push", "later"]

DEFAULT = ("hold", "push", "later")
"""What an account does that says nothing about it."""

_NOTICES: dict[Way | None, Wording] = {
    "push": Wording("One moment, the answer is on its way.", "请稍等，马上回复你。"),
    "later": Wording(
        "This takes a while. Send me any message in a moment, and you get the answer.",
        "这需要一点时间。请稍后随便发一条消息，我就把结果告诉你。",
    ),
    None: Wording("This took too long, please try again later.", "处理超时，请稍后再试。"),
}


@dataclass(frozen=True, slots=True)
class Slow:
    """What an account does about slow turns, and about replies that find no room in an answer."""

    hold: bool = True
    then: Way | None = "later"
    """Where the reply of a turn goes that was given up; with None it is dropped."""
    notice: str = ""
    """What a user is told then; nothing if empty."""
    can_push: bool = False
    """Whether the account may send customer-service messages."""
    else_later: bool = True
    """Whether what cannot be pushed comes with the next message."""

    @property
    def deliveries(self) -> int:
        """How many deliveries of a message may wait in vain before it is given up."""
        return DELIVERIES if self.hold else 1

    @property
    def untaken(self) -> Way:
        """Where a reply goes that was there in time, but that no delivery has come for: it is not dropped."""
        return self.then or "later"

    @property
    def rest(self) -> Way | None:
        """Where replies go that find no room in an answer, and those of a timer."""
        if self.can_push:
            return "push"
        return "later" if self.else_later else None


def slow_policy(written: Sequence[str], *, can_push: bool, language: str, notice: str | None = None) -> Slow:
    """The policy an author has written (`[hold, push]`); for none, what goes for most accounts.

    Without a `notice` of the author's a user is told what becomes of the answer.
    """
    names = tuple(written) or DEFAULT
    possible: tuple[Way, ...] = ("push", "later") if can_push else ("later",)
    then = next((way for name in names for way in possible if way == name), None)
    said = _NOTICES[then].say(language) if notice is None else notice
    return Slow("hold" in names, then, said, can_push, "later" in names)
