"""Customer messages are counted, so that WeChat is not asked for what it would refuse."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest
from fakes.api import Api
from fakes.clock import FakeClock

from interpreter.catalogue.allowances import ALLOWANCES, Act, Allowance, act_of
from interpreter.stores.memory import MemoryStore
from interpreter.stores.protocol import StoreUnavailable
from interpreter.wechat.api.client import ApiClient
from interpreter.wechat.api.errors import ApiError, CallRefused
from interpreter.wechat.api.windows import Windows

USER = "oUser1"
HOURS = 3600.0


class Desk:
    """A process that hears users and sends them customer messages; several share a platform, a clock and a store."""

    def __init__(self, api: Api, seen: dict[str, datetime], **options: Any) -> None:
        self.api = api
        self.seen = seen
        self.looks = 0
        self.windows = Windows("wx1", options.pop("shared", api.shared), api.clock, self._look, **options)
        self.client: ApiClient = api.another(windows=self.windows)

    async def _look(self, user: str) -> datetime | None:
        self.looks += 1
        return self.seen.get(user)

    def hear(self, act: Act = "message", user: str = USER) -> None:
        """The user does something, and WeChat tells this process."""
        now = self.api.clock.now()
        self.api.platform.act(user, "subscribe" if act == "follow" else act)
        self.windows.hear(user, act, int(now.timestamp()))
        if act in ("message", "click"):
            self.seen[user] = now

    async def send(self, user: str = USER) -> int:
        """Send a text; 0, or the code of the refusal, below zero when WeChat was not asked."""
        try:
            await self.client.call("customer_message.text", {"touser": user, "text": {"content": "hi"}})
        except ApiError as error:
            return error.code
        except CallRefused as refused:
            return -(refused.code or 0)
        return 0

    async def send_many(self, number: int) -> list[int]:
        return [await self.send() for _ in range(number)]


class Street:
    """Desks on one platform."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.seen: dict[str, datetime] = {}
        self.desks: list[Desk] = []

    def desk(self, **options: Any) -> Desk:
        self.desks.append(Desk(self.api, self.seen, **options))
        return self.desks[-1]


@pytest.fixture
async def street(api: Api) -> AsyncIterator[Street]:
    it = Street(api)
    yield it
    for desk in it.desks:
        await desk.client.close()


@pytest.mark.parametrize(("act", "most"), [("message", 5), ("click", 3), ("follow", 3), ("scan", 3)])
async def test_each_act_allows_as_many_as_wechat_says(street: Street, act: Act, most: int) -> None:
    desk = street.desk()
    desk.hear("message")
    assert await desk.send_many(5) == [0] * 5
    assert await desk.send() == -45047
    street.api.clock.move(60)
    desk.hear(act)
    assert await desk.send_many(most + 1) == [0] * most + [-45047]


async def test_a_window_closes(street: Street) -> None:
    desk = street.desk()
    desk.hear("message")
    assert await desk.send_many(5) == [0] * 5
    desk.hear("click")
    street.api.clock.move(61)
    assert await desk.send() == -45047
    street.api.clock.move(48 * HOURS)
    assert await desk.send() == -45015
    assert len(street.api.platform.sent) == 5


async def test_a_further_message_opens_it_again(street: Street) -> None:
    desk = street.desk()
    desk.hear()
    assert await desk.send_many(6) == [0] * 5 + [-45047]
    street.api.clock.move(3)
    desk.hear()
    assert await desk.send_many(6) == [0] * 5 + [-45047]


async def test_what_closes_first_is_used_first(street: Street) -> None:
    desk = street.desk()
    desk.hear("message")
    desk.hear("click")
    assert await desk.send_many(3) == [0] * 3
    street.api.clock.move(61)
    assert await desk.send_many(6) == [0] * 5 + [-45047]


async def test_deliveries_of_one_message_are_one_act(street: Street) -> None:
    desk = street.desk()
    desk.hear()
    sent_at = int(street.api.clock.now().timestamp())
    assert await desk.send_many(5) == [0] * 5
    street.api.clock.move(10)
    desk.windows.hear(USER, "message", sent_at)
    assert await desk.send() == -45047


async def test_processes_count_together(street: Street) -> None:
    one, two = street.desk(), street.desk()
    one.hear()
    assert await one.send_many(2) == [0, 0]
    assert await two.send_many(3) == [0, 0, 0]
    assert (await one.send(), await two.send()) == (-45047, -45047)


async def test_a_message_that_another_process_heard_opens_the_window(street: Street) -> None:
    one, two = street.desk(), street.desk()
    one.hear()
    assert await one.send_many(5) == [0] * 5
    assert await one.send() == -45047
    street.api.clock.move(60)
    two.hear()
    assert await one.send() == 0


async def test_who_is_not_known_is_tried_and_a_refusal_is_remembered(street: Street) -> None:
    desk = street.desk()
    assert await desk.send_many(3) == [45015, -45015, -45015]
    street.api.clock.move(HOURS + 1)
    assert await desk.send_many(2) == [45015, -45015]
    street.api.clock.move(1)
    desk.hear("click")
    assert await desk.send() == 0


async def test_a_click_says_nothing_of_the_messages_before_it(street: Street) -> None:
    street.api.platform.act(USER)  # before this process began
    desk = street.desk()
    street.api.clock.move(HOURS)
    desk.hear("click")
    street.api.clock.move(120)
    assert await desk.send_many(6) == [0] * 5 + [45047]
    assert await desk.send() == -45047


async def test_wechat_knows_better(street: Street) -> None:
    desk = street.desk()
    desk.hear()
    street.api.platform.users[USER].allowances[0].left = 1
    assert await desk.send_many(3) == [0, 45047, -45047]


async def test_what_was_not_sent_is_not_counted(street: Street) -> None:
    desk = street.desk()
    desk.hear()
    street.api.platform.fail(43004, times=9, path="/cgi-bin/message/custom/send")
    assert await desk.send_many(9) == [43004] * 9
    assert await desk.send_many(6) == [0] * 5 + [-45047]


async def test_a_payment_allows_any_number(street: Street) -> None:
    desk = street.desk()
    desk.hear()
    assert await desk.send_many(5) == [0] * 5
    desk.windows.hear(USER, "payment", 1)
    street.api.platform.users[USER].allowances[0].left = 99
    assert await desk.send_many(20) == [0] * 20


async def test_an_open_window_costs_no_look_at_the_session(street: Street) -> None:
    desk = street.desk()
    desk.hear()
    assert await desk.send_many(5) == [0] * 5
    assert desk.looks == 0
    await desk.send()
    assert desk.looks == 1


async def test_other_users_have_windows_of_their_own(street: Street) -> None:
    desk = street.desk()
    desk.hear(user="oUser1")
    desk.hear(user="oUser2")
    assert await desk.send_many(6) == [0] * 5 + [-45047]
    assert await desk.send("oUser2") == 0


async def test_other_numbers_are_counted_when_wechat_changes_its_own(street: Street) -> None:
    desk = street.desk(allowances={**ALLOWANCES, "message": Allowance(1, 60)})
    desk.hear()
    assert await desk.send_many(2) == [0, -45047]


async def test_a_refusal_says_so_in_both_languages(street: Street) -> None:
    desk = street.desk()
    desk.hear()
    await desk.send_many(5)
    with pytest.raises(CallRefused) as caught:
        await desk.client.call("customer_message.text", {"touser": USER, "text": {"content": "hi"}})
    assert caught.value.kind == "window"
    assert caught.value.wording.en == (
        "not sent: error 45047: as many messages as allowed were sent since the user last wrote; "
        "wait until the user writes again"
    )
    assert caught.value.wording.zh == "没有发送：错误 45047：用户上次互动后可发的条数已用完；请等用户再次来信"


class Away(MemoryStore):
    """A store that does not answer."""

    async def read_value(self, name: str, at: datetime) -> str | None:
        raise StoreUnavailable(f"{name} {at}")


async def test_a_store_that_is_away_keeps_nobody_from_sending(street: Street) -> None:
    desk = street.desk(shared=Away())
    desk.hear()
    assert await desk.send_many(6) == [0] * 5 + [45047]


async def test_what_is_kept_names_nobody_and_ends(street: Street) -> None:
    class Noted(MemoryStore):
        """A store that remembers what it was given."""

        def __init__(self) -> None:
            super().__init__()
            self.given: list[tuple[str, datetime]] = []

        async def write_value(self, name: str, value: str | None, until: datetime) -> None:
            self.given.append((f"{name} {value}", until))
            await super().write_value(name, value, until)

    store = Noted()
    desk = street.desk(shared=store)
    desk.hear()
    await desk.send()
    assert store.given
    assert all(USER not in written for written, _ in store.given)
    assert all((until - street.api.clock.now()).total_seconds() <= 48 * HOURS for _, until in store.given)


async def test_memory_has_an_end() -> None:
    clock = FakeClock()
    windows = Windows("wx1", MemoryStore(), clock, _nobody)
    for number in range(10_001):
        windows.hear(f"o{number}", "message", 1)
    assert await windows.admit("x", "o0") is None
    assert await windows.admit("x", "o10000") is not None


async def _nobody(_: str) -> datetime | None:
    return None


@pytest.mark.parametrize(
    ("kind", "event", "act"),
    [
        ("text", None, "message"),
        ("image", None, "message"),
        ("event", "click", "click"),
        ("event", "scancode_waitmsg", "click"),
        ("event", "subscribe", "follow"),
        ("event", "scan", "scan"),
        ("event", "view", None),
        ("event", "location", None),
        ("event", "unsubscribe", None),
    ],
)
def test_what_a_message_counts_as(kind: str, event: str | None, act: Act | None) -> None:
    assert act_of(kind, event) == act


def test_a_choice_of_a_menu_message_is_a_tap() -> None:
    assert act_of("text", None, is_menu_message=True) == "click"
