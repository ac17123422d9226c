"""Faults 5 and 6: the process is killed at any moment, again and again, while messages pour in."""

from __future__ import annotations

import asyncio
import random
import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from faults.figures import amount, figures, is_long
from faults.ledger import Judge
from faults.rig import Server, Wechat, percentile, serving, wechat

from interpreter.machine.events import Message

KILLS = int(amount("kills", short=4, full=200))
DROPPED = int(amount("dropped", short=2, full=50))


def is_intact(file: Path, copy: Path) -> bool:
    """Whether SQLite finds nothing wrong with the file; a copy is looked at, so that the server mends the file."""
    copy.mkdir(exist_ok=True)
    for path in file.parent.glob(f"{file.name}*"):
        shutil.copy(path, copy)
    with closing(sqlite3.connect(copy / file.name)) as connection:
        return connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


async def test_nothing_acknowledged_is_lost_or_done_twice_when_the_process_is_killed(tmp_path: Path) -> None:
    judge, chance = Judge(), random.Random(5)
    starts: list[float] = []
    intact = 0
    with serving(tmp_path, f"sqlite:{tmp_path / 'dialog.db'}") as (server,):
        async with wechat(patience=5.0, pause=0.5) as client:
            over = asyncio.Event()

            async def talk(user: str) -> None:
                number = 0
                while not over.is_set():
                    number += 1
                    await client.write(judge, [server.url], user, f"{user}-{number}")

            talks = [asyncio.create_task(talk(f"user{number}")) for number in range(16)]
            for _ in range(KILLS):
                await asyncio.sleep(chance.uniform(0.02, 0.5))
                await asyncio.to_thread(server.kill)
                intact += await asyncio.to_thread(is_intact, tmp_path / "dialog.db", tmp_path / "copy")
                starts.append(await asyncio.to_thread(server.start))
            over.set()
            await asyncio.gather(*talks)
            await client.ask_finals(judge, [server.url])
        assert server.stop() == 0
    figures(
        5,
        "kill -9 under load",
        kills=KILLS,
        files_intact=intact,
        entries=len(judge.entries),
        acknowledged=judge.acknowledged,
        faults=len(judge.faults()),
        restart_p50_s=percentile(starts, 0.5),
        restart_max_s=max(starts),
    )
    assert judge.faults() == []
    assert intact == KILLS
    assert judge.acknowledged > KILLS
    assert not is_long() or max(starts) <= 2.0


async def test_a_resend_after_a_kill_between_saving_and_answering_gets_the_saved_bytes(tmp_path: Path) -> None:
    file, wrong = tmp_path / "dialog.db", 0
    with serving(tmp_path, f"sqlite:{file}") as (server,):
        async with wechat(seals=False, pause=0.1) as client:
            for number in range(DROPPED):
                message = client.text("ann", f"记 w{number}")
                saved = await saved_but_not_answered(server, client, message, file)
                server.kill()
                server.start()
                answers = [await client.post(server.url, message) for _ in range(3)]  # the first finds a dead line
                wrong += answers[1:] != [saved, saved] or f"[{number + 1} w{number}]".encode() not in saved
            assert await client.say([server.url], "ann", "全部") == [
                f"{DROPPED} {','.join(f'w{number}' for number in range(DROPPED)[-60:])}"
            ]
        assert server.stop() == 0
    figures(6, "kill between commit and answer", kills=DROPPED, wrong=wrong)
    assert wrong == 0


async def saved_but_not_answered(server: Server, client: Wechat, message: Message, file: Path) -> bytes:
    """Deliver a message and hang up at once; the reply, as soon as it is in the file."""
    delivery = client.signed(message)
    query = "&".join(f"{name}={value}" for name, value in delivery.query.items())
    head = f"POST /wechat?{query} HTTP/1.1\r\nHost: a\r\nContent-Type: text/xml\r\nContent-Length: {len(delivery.body)}"
    _, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(f"{head}\r\n\r\n".encode() + delivery.body)
    await writer.drain()
    writer.close()
    deadline = time.monotonic() + 60
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        while time.monotonic() < deadline:
            found = connection.execute(
                "SELECT reply FROM replies WHERE message LIKE ?", (f"%{message.id}%",)
            ).fetchone()
            if found is not None:
                return bytes(found[0])
            await asyncio.sleep(0.002)
    raise AssertionError("the turn was not saved")
