"""A program and the settings of an account, put together with what all bots of a process share: a bot to be served."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Protocol, cast

from interpreter.catalogue.rights import can_send_messages
from interpreter.cli.bot_files import file_in
from interpreter.diagnostics.wording import Wording
from interpreter.program.tables import Program
from interpreter.runtime.about import about
from interpreter.runtime.clock import Clock
from interpreter.runtime.engine import Engine
from interpreter.runtime.http_service import HttpService
from interpreter.runtime.observing import Observer
from interpreter.runtime.performer import EffectPerformer, Performer
from interpreter.runtime.pseudonyms import Pseudonyms
from interpreter.runtime.seeds import fresh_seed
from interpreter.runtime.slow import slow_policy
from interpreter.runtime.version import BotVersion
from interpreter.server.api_access import allowances_of, can_call, client_for, standing_of
from interpreter.server.endpoint import ServedBot
from interpreter.server.environment import Environment
from interpreter.server.errors import SettingsError
from interpreter.server.observed_store import ObservedStore
from interpreter.server.performing import ApiPerformer
from interpreter.server.secrecy import SECRETS
from interpreter.server.settings import AccountSettings
from interpreter.server.tally import NoTally, Tally
from interpreter.stores.protocol import SessionKey, SessionStore, SharedSignatures, SharedValues
from interpreter.wechat.api.media import MediaShelf
from interpreter.wechat.api.windows import Windows


class Store(SessionStore, SharedValues, Protocol):
    """What every store can do."""


_log = logging.getLogger("interpreter.server")


@dataclass(frozen=True, slots=True)
class Workshop:
    """What all bots of a process share."""

    store: Store
    http: HttpService
    clock: Clock
    language: str
    window: int | None
    observers: Sequence[Observer] = ()
    environment: Environment = field(default_factory=lambda: Environment({}))
    """Where an account finds WeChat's API, if not at its usual place."""
    programs: dict[str, Program] = field(default_factory=dict)
    """What each account runs now."""
    tally: Tally = field(default_factory=NoTally)
    """Who counts calls of WeChat's API."""
    performers: list[ApiPerformer] = field(default_factory=list)
    """Those that hold connections, to be closed at the end."""

    async def close(self) -> None:
        """Let go of all connections to the outside."""
        for performer in self.performers:
            await performer.close()
        await self.http.close()


def assemble(program: Program, account: AccountSettings, workshop: Workshop, folder: Path | None = None) -> ServedBot:
    """A bot that can be served; `folder` is where the files are that it sends.

    Raises:
        SettingsError: what is said of WeChat's API cannot be.
    """
    performer = _performer(program, account, workshop, folder)
    can_push = isinstance(performer, ApiPerformer) and can_send_messages(standing_of(account))
    engine = Engine(
        account.name,
        BotVersion.of(program),
        workshop.store,
        performer,
        clock=workshop.clock,
        seeds=fresh_seed,
        alias=Pseudonyms(account.tokens[0]).of,
        slow=slow_policy(account.slow, can_push=can_push, language=program.locales[0][:2], notice=account.notice),
        observers=workshop.observers,
    )
    return ServedBot(
        account.name,
        account.path.value,
        account.credentials,
        engine,
        workshop.window,
        must_encrypt=account.encryption == "safe",
        shared=shared_part(workshop.store),
        heard=performer.hear if can_push and isinstance(performer, ApiPerformer) else None,
    )


def _performer(program: Program, account: AccountSettings, workshop: Workshop, folder: Path | None) -> Performer:
    """Who does what a bot asks for: WeChat's API too, if the account has what that needs."""
    if not can_call(account, workshop.environment):
        if program.needs_api:
            lacks = [key for key in ("app_id", "app_secret") if not account.other(key)]
            wording = Wording(
                f"{account.name}: what it sends by itself, uploads or asks of WeChat's API will fail: "
                f"the account has no {' and '.join(lacks)}",
                f"{account.name}：账号没有 {' 和 '.join(lacks)}，主动发送、上传文件和调用微信接口都会失败",
            )
            _log.warning("%s", wording.say(workshop.language), extra=about(account.name))
        return EffectPerformer(account.name, workshop.http)
    store, clock = workshop.store, workshop.clock
    told = partial(workshop.tally.called, account.name)
    windows = _windows(account, workshop)
    client = client_for(account, store, clock, workshop.environment, learn=SECRETS.add, told=told, windows=windows)

    workshop.programs[account.name] = program

    def file(name: str) -> Path | None:
        found = workshop.programs[account.name].media.get(name)
        return file_in(folder, found.path) if folder is not None and found is not None else None

    shelf = MediaShelf(client, store, clock)
    performer = ApiPerformer(account.name, workshop.http, client, shelf=shelf, files=file, windows=windows)
    workshop.performers.append(performer)
    return performer


def _windows(account: AccountSettings, workshop: Workshop) -> Windows | None:
    """Who can be sent customer messages, unless that is left to WeChat."""
    allowances = allowances_of(workshop.environment)
    if allowances is None:
        return None

    async def last_heard(user: str) -> datetime | None:
        session = (await workshop.store.load(SessionKey(account.name, user))).session
        return session.seen if session is not None else None

    app_id = account.other("app_id") or account.name
    return Windows(app_id, workshop.store, workshop.clock, last_heard, allowances)


def open_store(written: str) -> Store:
    """The store a setting names: `memory`, `sqlite:FILE`, or the address of a Redis.

    Raises:
        SettingsError: it names none.
        StoreUnusable: the file cannot be opened, or another process serves from it.
    """
    kind, _, path = written.partition(":")
    match kind, path:
        case "memory", "":
            from interpreter.stores.memory import MemoryStore

            return MemoryStore()
        case "sqlite", path if path:
            from interpreter.stores.sqlite import SqliteStore

            return SqliteStore.alone(Path(path))
        case _ if is_shared_store(written):
            from interpreter.stores.redis import RedisStore

            return RedisStore(written)
        case _:
            shown = SECRETS.scrub(written)
            raise SettingsError(
                Wording(
                    f"store: expected memory, sqlite:FILE or redis://HOST, found `{shown}`",
                    f"store：应为 memory、sqlite:文件 或 redis://主机，实为 `{shown}`",
                )
            )


def shared_part(store: Store) -> SharedSignatures | None:
    """The signatures that other processes have seen; None with a store that this process has alone."""
    redis = sys.modules.get("interpreter.stores.redis")
    inner = store.inner if isinstance(store, ObservedStore) else store
    is_shared = redis is not None and isinstance(inner, redis.RedisStore)
    return cast("SharedSignatures", store) if is_shared else None


def is_shared_store(written: str) -> bool:
    """Whether a setting names a store that several processes may use at a time."""
    kind, _, path = written.partition(":")
    return kind in _REDIS and path.startswith("//")


_REDIS = frozenset({"redis", "rediss", "unix", "redis+sentinel", "redis+cluster"})
