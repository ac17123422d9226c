"""How a call of WeChat's API can fail. No message holds a secret, a token or the query of an address.

ApiFailure           the root; `wording` says it in both languages
├── ApiError         WeChat answered with an error code
├── CallRefused      it was not sent: a wrong argument, a closed method, no right, nothing left of a quota or window
└── NoAnswer         no answer, or none that can be understood; it may have arrived all the same
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from interpreter.catalogue.codes import explain_code
from interpreter.diagnostics.wording import Wording
from interpreter.values import Value
from interpreter.wechat.errors import WeChatError

DUPLICATE_MASS = 45065
"""A mass message that was sent before; the answer holds its number."""
QUOTA_USED = 45009
WINDOW_CLOSED = 45015
"""The user has done nothing for too long to be sent a customer message."""
WINDOW_USED = 45047
"""As many customer messages as the user's last act allows were sent."""

_RID = re.compile(r",?\s*(?:rid:\s*([\w-]+)|hint:\s*\[([^\]]*)\])")


class ApiFailure(WeChatError):  # noqa: N818  named for what happened
    """A call did not succeed."""

    def __init__(self, method: str, wording: Wording) -> None:
        super().__init__(f"{method}: {wording.en}" if method else wording.en)
        self.method = method
        self.wording = wording

    @property
    def is_certain(self) -> bool:
        """Whether it is certain that nothing was done."""
        return True


class ApiError(ApiFailure):
    """WeChat refused a call; `rid` is what its support asks for."""

    def __init__(self, method: str, code: int, message: str, answer: Mapping[str, Value] | None = None) -> None:
        found = _RID.search(message)
        self.code = code
        self.rid = (found[1] or found[2]) if found else ""
        self.message = _RID.sub("", message).strip()
        known = explain_code(code)
        self.meaning = known.wording if known else Wording(self.message, self.message)
        self.remedy = known.remedy if known else None
        self.is_passing = known.is_passing if known else False
        self.is_token = known.is_token if known else False
        self.answer = answer or {}
        remedy = Wording(f"; {self.remedy.en}", f"；{self.remedy.zh}") if self.remedy else Wording("", "")
        said = f" ({self.message})" if known and self.message else ""
        rid = f" [rid {self.rid}]" if self.rid else ""
        super().__init__(
            method,
            Wording(
                f"error {code}: {self.meaning.en}{said}{remedy.en}{rid}",
                f"错误 {code}：{self.meaning.zh}{said}{remedy.zh}{rid}",
            ),
        )

    @property
    def is_certain(self) -> bool:
        """A busy system may have done it before it said so."""
        return self.code not in (-1, -1000)


class CallRefused(ApiFailure):
    """A call that was not sent; `code` is what WeChat says in such a case, if it has a code for it."""

    def __init__(
        self,
        method: str,
        kind: Literal["arguments", "closed", "rights", "quota", "window", "token", "unknown"],
        wording: Wording,
        *,
        code: int | None = None,
    ) -> None:
        super().__init__(method, wording)
        self.kind = kind
        self.code = code


class NoAnswer(ApiFailure):
    """Nobody answered, or not as WeChat does."""

    def __init__(
        self,
        host: str,
        kind: Literal["timeout", "network", "status", "garbled", "too-large"],
        wording: Wording,
        *,
        may_have_arrived: bool = True,
        status: int | None = None,
    ) -> None:
        super().__init__(host, wording)
        self.kind = kind
        self.may_have_arrived = may_have_arrived
        self.status = status

    @property
    def is_certain(self) -> bool:
        """Without a connection nothing can have arrived."""
        return not self.may_have_arrived


def api_error(method: str, answer: object) -> ApiError | None:
    """The error in an answer, if there is one: a code other than 0, or what the payment API calls FAIL."""
    if not isinstance(answer, Mapping):
        return None
    code = answer.get("errcode", 0)
    if isinstance(code, str) and code.lstrip("-").isdigit():
        code = int(code)
    if isinstance(code, int) and code != 0:
        return ApiError(method, code, str(answer.get("errmsg", "")), answer)
    if answer.get("return_code", "SUCCESS") != "SUCCESS" or answer.get("result_code", "SUCCESS") != "SUCCESS":
        said = answer.get("err_code_des") or answer.get("return_msg") or "FAIL"
        return ApiError(method, 1, f"{answer.get('err_code') or ''} {said}".strip(), answer)
    return None
