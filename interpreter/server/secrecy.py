"""Nothing secret in what is written down: not the secrets this process knows, nor what looks like one, nor users.

Text is scrubbed once, where a log line becomes text, so that it makes no difference who wrote the line, or whether a
secret stands in a message, in an exception or in the address an HTTP library puts into its errors.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from urllib.parse import quote

from interpreter.runtime.spoken_of import spoken_of
from interpreter.server.url_passwords import hide_passwords

HIDDEN = "********"

_MOST = 1_000
"""Access tokens come and go; the oldest secrets are forgotten."""
_REFERENCE = r"\$\(env\.[A-Za-z0-9_]+\)(?=[\s&\"'<>,;})]|`(?![\w$])|$)"
"""The name of a secret, as bots have it: all there may be where a secret is looked for."""
_PARAMETER = re.compile(
    r"""(?P<name>\b(?:signature|msg_signature|nonce|echostr|access_token|refresh_token|secret|appsecret|app_secret"""
    r"""|aes_key|token|ticket|openid|password)["']?\s*[=:]\s*["']?)"""
    rf"""(?!{_REFERENCE})(?P<value>(?:\$\([^\s)$]*\)|[^\s&"'<>,;}})]|,(?=[^\s&"'<>,;}})])){{3,}})""",
    re.IGNORECASE,
)
"""Whatever follows such a name counts as secret, be it a word or not: our own sentences have none in such a place."""
_OPENID = re.compile(r"(?<![\w-])o[A-Za-z0-9_-]{27}(?![\w-])")


class Secrets:
    """The secrets this process knows; whoever learns of another one adds it."""

    def __init__(self) -> None:
        self._values: OrderedDict[str, None] = OrderedDict()
        self._pattern: re.Pattern[str] | None = None
        self.learned = 0
        """How often secrets were learned of."""

    def add(self, *values: str) -> None:
        """Learn of secrets; empty ones are none."""
        for value in filter(None, values):
            self._values[value] = None
            self._values.move_to_end(value)
        while len(self._values) > _MOST:
            self._values.popitem(last=False)
        self._pattern = None
        self.learned += 1

    def scrub(self, text: str) -> str:
        """A text without secrets and users."""
        if self._values:
            text = self._known().sub(HIDDEN, text)
        user = spoken_of.get()
        if user and user in text:
            text = re.sub(_whole(user), HIDDEN, text)
        text = hide_passwords(text, HIDDEN)
        if "=" in text or ":" in text:
            text = _PARAMETER.sub(rf"\g<name>{HIDDEN}", text)
        return _OPENID.sub(HIDDEN, text)

    def _known(self) -> re.Pattern[str]:
        if self._pattern is None:
            forms = {form for value in self._values for form in (value, quote(value, safe=""), repr(value)[1:-1])}
            self._pattern = re.compile("|".join(map(_whole, sorted(forms, key=len, reverse=True))))
        return self._pattern


def _whole(value: str) -> str:
    """A pattern for a secret; a short one must stand alone, or half of what is written would be hidden."""
    pattern = re.escape(value)
    return pattern if len(value) >= 8 else rf"(?<![A-Za-z0-9]){pattern}(?![A-Za-z0-9])"


SECRETS = Secrets()
"""Those of this process."""
