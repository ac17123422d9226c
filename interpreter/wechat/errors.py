"""How WeChat's messages can be wrong.

WeChatError
├── SignatureMismatch    it was not signed with our token; `reason` tells the operator why
├── DecryptionFailed     it is signed, but was encrypted with another key or for another account
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


class DecryptionFailed(WeChatError):  # noqa: N818  named for what happened
    """An encrypted message that cannot be opened; why is not told, so that nobody can probe for it."""

    def __init__(self) -> None:
        super().__init__("the message cannot be decrypted")


class MalformedMessage(WeChatError):  # noqa: N818  named for what happened
    """The body is not a message of WeChat's."""
