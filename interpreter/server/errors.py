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


def clashing_paths(path: str, first: str, second: str) -> Wording:
    """Two bots want one path."""
    return Wording(
        f"{first} and {second} would both be served at {path}; give one of them another `account.path`",
        f"{first} 和 {second} 的路径都是 {path}；请用 `account.path` 给其中一个换一个路径",
    )
