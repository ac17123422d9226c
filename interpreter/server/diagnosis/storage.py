"""Where sessions are kept, judged by what was found out about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from interpreter.diagnostics.wording import Wording
from interpreter.server.diagnosis.findings import Finding, fine, problem, warning
from interpreter.stores.places import REMOTE

_MEGABYTE = 1024 * 1024
LITTLE_ROOM, NO_ROOM = 200 * _MEGABYTE, 20 * _MEGABYTE
_PASSING = frozenset({"tmpfs", "ramfs"})
_OLDEST_REDIS = (6, 0)
SLOW_PING = 0.1


@dataclass(frozen=True, slots=True)
class FileFacts:
    """An SQLite file, or the place where one would be made."""

    path: str
    exists: bool = False
    trouble: tuple[Wording, Wording] | None = None
    """Why it cannot be used, and what to do."""
    free: int | None = None
    """Bytes on its disk."""
    file_system: str | None = None
    sqlite: tuple[int, ...] = (3, 51, 3)


@dataclass(frozen=True, slots=True)
class RedisFacts:
    """A Redis, as far as it tells about itself; None for what it does not tell."""

    address: str
    trouble: str | None = None
    seconds: float = 0.0
    version: tuple[int, ...] | None = None
    role: str | None = None
    policy: str | None = None
    """`maxmemory-policy`."""
    used: int = 0
    limit: int = 0
    """`maxmemory`; 0 for none."""
    appends: bool | None = None
    snapshots: str | None = None
    """The `save` setting; empty for none."""


def memory_findings() -> list[Finding]:
    """What there is to say about a store that is none."""
    return [
        warning(
            "store-memory",
            Wording(
                "sessions are only kept in memory: a restart forgets every conversation",
                "会话只保存在内存中：重启后所有对话都会丢失",
            ),
            Wording("use `--store sqlite:FILE`, or a Redis", "请使用 `--store sqlite:文件` 或 Redis"),
        )
    ]


def sharing_findings(workers: int) -> list[Finding]:
    """What there is to say when more than one process would use a store that only one may use."""
    return [
        problem(
            "store-not-shared",
            Wording(
                f"{workers} workers need a store that they can share, and this one is for a single process",
                f"{workers} 个工作进程需要共享存储，而当前存储只能由一个进程使用",
            ),
            Wording(
                "use `--store redis://HOST:6379/0`, or a single worker",
                "请使用 `--store redis://主机:6379/0`，或只用一个工作进程",
            ),
        )
    ]


def file_findings(file: FileFacts) -> list[Finding]:
    """Whether an SQLite file can be used, and goes on being usable."""
    if file.trouble is not None:
        cause, remedy = file.trouble
        said = Wording(f"{file.path}: {cause.en}", f"{file.path}：{cause.zh}")
        return [problem("store-unusable", said, remedy), *_room(file)]
    found = [*_room(file), *_file_system(file), *_sqlite_version(file)]
    if any(finding.code == "store-full" for finding in found):
        return found
    state, state_zh = ("opens", "可以打开") if file.exists else ("can be made", "可以创建")
    return [fine("store-fine", Wording(f"{file.path} {state}", f"{file.path} {state_zh}")), *found]


def _room(file: FileFacts) -> Iterator[Finding]:
    if file.free is None or file.free >= LITTLE_ROOM:
        return
    said = Wording(
        f"{file.free // _MEGABYTE} MB are free on the disk of {file.path}",
        f"{file.path} 所在磁盘仅剩 {file.free // _MEGABYTE} MB",
    )
    next_step = Wording(
        "make room (old logs, container images), or name a file on another disk",
        "请清理空间（旧日志、容器镜像），或换到其他磁盘",
    )
    if file.free < NO_ROOM:
        yield problem("store-full", said, next_step)
    else:
        yield warning("store-room", said, next_step)


def _file_system(file: FileFacts) -> Iterator[Finding]:
    kind = file.file_system
    if kind in REMOTE:
        yield problem(
            "store-network-disk",
            Wording(
                f"{file.path} is on a network disk ({kind}), where SQLite's locks do not hold and files get damaged",
                f"{file.path} 位于网络磁盘（{kind}），SQLite 的锁在那里不可靠，文件可能损坏",
            ),
            Wording(
                "name a file on a local disk; for several machines use Redis", "请使用本地磁盘；多台机器请用 Redis"
            ),
        )
    elif kind in _PASSING:
        yield warning(
            "store-passing-disk",
            Wording(
                f"{file.path} is in memory ({kind}): a restart of the computer forgets every conversation",
                f"{file.path} 位于内存文件系统（{kind}）：重启电脑后所有对话都会丢失",
            ),
            Wording(
                "name a file on a disk, such as /var/lib/dialog-bot/dialog.db",
                "请换到磁盘上，例如 /var/lib/dialog-bot/dialog.db",
            ),
        )
    elif kind == "overlay":
        yield warning(
            "store-in-container",
            Wording(
                f"{file.path} is inside of the container: it is gone when the container is replaced",
                f"{file.path} 位于容器内部：替换容器时会丢失",
            ),
            Wording(
                "mount a volume, and keep the file there (`-v dialog:/data`)",
                "请挂载数据卷并把文件放在其中（`-v dialog:/data`）",
            ),
        )


def _sqlite_version(file: FileFacts) -> Iterator[Finding]:
    """https://sqlite.org/wal.html: until 3.51.2 a checkpoint could lose what another connection wrote meanwhile."""
    version = file.sqlite
    backport = _BACKPORTS.get(version[:2])
    is_mended = version >= (3, 51, 3) or (backport is not None and version >= backport)
    if not is_mended:
        number = ".".join(map(str, version))
        yield warning(
            "store-sqlite-version",
            Wording(
                f"SQLite {number} can damage a file that two programs write to at once",
                f"SQLite {number} 在两个程序同时写入时可能损坏文件",
            ),
            Wording(
                "let nothing but one dialog-run use the file, or take a Python with SQLite 3.51.3 or later",
                "请只让一个 dialog-run 使用该文件，或换用带 SQLite 3.51.3 及以上版本的 Python",
            ),
        )


_BACKPORTS: Mapping[tuple[int, ...], tuple[int, ...]] = {(3, 44): (3, 44, 6), (3, 50): (3, 50, 7)}


def redis_findings(redis: RedisFacts) -> list[Finding]:
    """Whether a Redis can be used, and keeps what it is given."""
    if redis.trouble is not None:
        return [
            problem(
                "store-redis-unreachable",
                Wording(
                    f"{redis.address} does not answer: {redis.trouble}", f"{redis.address} 没有应答：{redis.trouble}"
                ),
                _redis_remedy(redis.trouble),
            )
        ]
    found = [*_redis_version(redis), *_redis_role(redis), *_redis_memory(redis), *_redis_persistence(redis)]
    if redis.seconds > SLOW_PING:
        found.append(
            warning(
                "store-redis-slow",
                Wording(
                    f"{redis.address} takes {redis.seconds * 1000:.0f} ms for a ping",
                    f"{redis.address} 的 ping 耗时 {redis.seconds * 1000:.0f} 毫秒",
                ),
                Wording("use a Redis in the same network as the bot", "请使用与机器人同一网络内的 Redis"),
            )
        )
    return found or [fine("store-fine", Wording(f"{redis.address} answers", f"{redis.address} 应答正常"))]


def _redis_remedy(trouble: str) -> Wording:
    if any(word in trouble for word in ("NOAUTH", "WRONGPASS", "Authentication")):
        return Wording(
            "give user and password in the address: redis://USER:PASSWORD@HOST:6379/0",
            "请在地址中写明用户名和密码：redis://用户:密码@主机:6379/0",
        )
    if "not installed" in trouble:
        return Wording("install `dialog-interpreter[redis]`", "请安装 `dialog-interpreter[redis]`")
    return Wording(
        "look whether Redis runs there, and whether this computer may reach it (port, firewall, rediss:// for TLS)",
        "请检查 Redis 是否在运行、本机能否访问（端口、防火墙；TLS 请用 rediss://）",
    )


def _redis_version(redis: RedisFacts) -> Iterator[Finding]:
    if redis.version is not None and redis.version < _OLDEST_REDIS:
        number = ".".join(map(str, redis.version))
        yield problem(
            "store-redis-version",
            Wording(f"{redis.address} is Redis {number}", f"{redis.address} 的版本是 Redis {number}"),
            Wording("upgrade it to 6.0 or later", "请升级到 6.0 或更高版本"),
        )


def _redis_role(redis: RedisFacts) -> Iterator[Finding]:
    if redis.role in {"slave", "replica"}:
        yield problem(
            "store-redis-replica",
            Wording(f"{redis.address} is a replica, which takes no writes", f"{redis.address} 是只读副本，不能写入"),
            Wording(
                "name the master, or let Sentinel name it: redis+sentinel://HOST:26379/NAME",
                "请使用主节点地址，或通过 Sentinel：redis+sentinel://主机:26379/名称",
            ),
        )


def _redis_memory(redis: RedisFacts) -> Iterator[Finding]:
    if redis.policy is not None and redis.policy.startswith("allkeys-"):
        yield warning(
            "store-redis-evicts",
            Wording(
                f"{redis.address} throws conversations away when its memory is full (maxmemory-policy {redis.policy})",
                f"{redis.address} 内存不足时会丢弃会话（maxmemory-policy {redis.policy}）",
            ),
            Wording(
                "set `maxmemory-policy noeviction`, and use a Redis of its own for the bot",
                "请设置 `maxmemory-policy noeviction`，并为机器人使用单独的 Redis",
            ),
        )
    if redis.limit and redis.used > redis.limit * 0.9:
        yield warning(
            "store-redis-full",
            Wording(
                f"{redis.address} uses {redis.used * 100 // redis.limit} % of the memory it may use",
                f"{redis.address} 已使用内存上限的 {redis.used * 100 // redis.limit}%",
            ),
            Wording(
                "raise `maxmemory`, or shorten `session` in the bot",
                "请调大 `maxmemory`，或缩短机器人的 `session` 时长",
            ),
        )


def _redis_persistence(redis: RedisFacts) -> Iterator[Finding]:
    if redis.appends is False and redis.snapshots == "":
        yield warning(
            "store-redis-forgets",
            Wording(
                f"{redis.address} keeps nothing on disk: a restart of Redis forgets every conversation",
                f"{redis.address} 没有持久化：Redis 重启后所有对话都会丢失",
            ),
            Wording("set `appendonly yes`", "请设置 `appendonly yes`"),
        )
