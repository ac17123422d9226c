"""One process of many that call the API with one token: `token_worker.py ORIGIN STORE TASKS APP_ID`."""

from __future__ import annotations

import asyncio
import json
import sys

from interpreter.runtime.clock import SystemClock
from interpreter.stores.redis import RedisStore
from interpreter.wechat.api.client import ApiClient
from interpreter.wechat.api.errors import ApiFailure
from interpreter.wechat.api.requests import Account
from interpreter.wechat.api.transport import Transport


async def work(origin: str, store: str, tasks: int, app_id: str) -> dict[str, int]:
    """Each task calls until a call succeeds, ten times over."""
    shared = RedisStore(store)
    client = ApiClient(Account(app_id, "s3cr3t-of-the-account"), shared, SystemClock(), Transport(origin, timeout=60.0))
    report = {"done": 0, "refused": 0}

    async def task() -> None:
        for _ in range(10):
            try:
                await client.call("user.info", {"openid": "oUser1"})
            except ApiFailure:
                report["refused"] += 1
            await asyncio.sleep(0.2)
        report["done"] += 1

    await asyncio.gather(*(task() for _ in range(tasks)))
    await client.close()
    await shared.close()
    return report


if __name__ == "__main__":
    found = asyncio.run(work(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]))
    sys.stdout.write(json.dumps(found))
