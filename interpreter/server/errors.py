"""What keeps a server from starting.

ServerError          the root; `wording` says it to the operator in both languages
├── SettingsError    a setting is missing, wrong or contradicts another
└── CannotListen     the address cannot be had
"""

from __future__ import annotations

from interpreter.diagnostics.wording import Wording


class ServerError(Exception):
    """The server cannot start."""

    def __init__(self, wording: Wording) -> None:
        super().__init__(wording.en)
        self.wording = wording


class SettingsError(ServerError):
    """A setting is missing, wrong or contradicts another."""


class CannotListen(ServerError):  # noqa: N818  named for what happened
    """The address cannot be had."""


def clashing_names(name: str) -> Wording:
    """Two bots would share their users' sessions."""
    return Wording(
        f"two bots or accounts are called {name} and would share sessions; give one of them another `name`",
        f"有两个机器人或账号都叫 {name}，会共用会话；请用 `name` 给其中一个改名",
    )


def clashing_paths(first: str, path: str, second: str, other: str) -> Wording:
    """Two bots want one path, or one wants a path below the other's."""
    if path.rstrip("/") == other.rstrip("/"):
        return Wording(
            f"{first} and {second} would both be served at {path}; give one of them another `account.path`",
            f"{first} 和 {second} 的路径都是 {path}；请用 `account.path` 给其中一个换一个路径",
        )
    return Wording(
        f"{first} is served at {path} and {second} at {other}, one below the other; "
        "give one of them another `account.path`",
        f"{first} 的路径 {path} 与 {second} 的路径 {other} 互相包含；请用 `account.path` 给其中一个换一个路径",
    )


def reserved_path(name: str, path: str, reserved: str) -> Wording:
    """A bot wants a path that the server has a use for."""
    return Wording(
        f"{name} would be served at {path}, but {reserved} is the server's own; give it another `account.path`",
        f"{name} 的路径是 {path}，但 {reserved} 由服务器使用；请用 `account.path` 换一个路径",
    )
