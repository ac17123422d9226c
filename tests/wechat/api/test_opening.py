from __future__ import annotations

from fakes.platform import APP_ID, APP_SECRET, Platform, playing

from interpreter import open_client


async def test_a_program_calls_in_a_line_or_two() -> None:
    async with playing(Platform()) as platform:
        platform.act("oUser1")
        async with open_client(APP_ID, APP_SECRET, origin=platform.origin) as api:
            answer = await api.call("user.info", {"openid": "oUser1"})
    assert isinstance(answer, dict)
    assert answer["openid"] == "oUser1"
