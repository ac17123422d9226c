"""What a user does lets an account write to them: so many customer messages, within so long.

https://developers.weixin.qq.com/doc/offiaccount/Customer_Service/Customer_Service_Messages.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Act = Literal["message", "click", "follow", "scan", "payment"]


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many messages (None: any number) within so many seconds. Each act of its kind begins it anew."""

    messages: int | None
    seconds: float


Allowances = Mapping[Act, Allowance]

ALLOWANCES: Allowances = {
    "message": Allowance(5, 48 * 3600),
    "click": Allowance(3, 60),
    "follow": Allowance(3, 60),
    "scan": Allowance(3, 60),
    "payment": Allowance(None, 48 * 3600),
}
"""As they are since June 2023; they were larger before, so a setting can change them."""

_EVENTS: Mapping[str, Act] = {
    "click": "click",
    "scancode_push": "click",
    "scancode_waitmsg": "click",
    "subscribe": "follow",
    "scan": "scan",
    "user_pay_from_pay_cell": "payment",
    "merchant_order": "payment",
}


def act_of(kind: str, event: str | None, *, is_menu_message: bool = False) -> Act | None:
    """What a message of a type, or an event, counts as; None for one that allows nothing.

    A tap on a choice of a menu message comes as a text, but counts as a tap on the menu.
    """
    if kind == "event":
        return _EVENTS.get(event or "")
    return "click" if is_menu_message else "message"
