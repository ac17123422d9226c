"""How WeChat's messages can be wrong.

WeChatError
├── SignatureMismatch    it was not signed with our token; `reason` tells the operator why
└── MalformedMessage     it is signed but cannot be read
"""

from __future__ import annotations

from interpreter.diagnostics.wording import Wording


class WeChatError(Exception):
    """The root of what can be wrong with a request that claims to be WeChat's."""


class SignatureMismatch(WeChatError):  # noqa: N818  named for what happened
    """The request was not signed with our token."""

    def __init__(self, reason: Wording) -> None:
        super().__init__(reason.en)
        self.reason = reason


class MalformedMessage(WeChatError):  # noqa: N818  named for what happened
    """The body is not a message of WeChat's."""
