"""Phone numbers, mail addresses, web addresses and codes of digits."""

from __future__ import annotations

import re

PHONE = r"(?:\+?0{0,2}86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}|\+[1-9]\d{0,3}(?:[- ]?\d){5,13}"
"""What can be a phone number in folded text."""
EMAIL = r"[a-z0-9_%+][a-z0-9._%+'-]*@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}"
"""What can be a mail address in folded text."""
URL = r"(?:https?://|www\.)[!-~]*[a-z0-9/#=&_~%+-]"
"""What can be a web address in folded text: it ends before Chinese characters and closing punctuation."""

# Patterns for `re` to compile once one of them is needed.
_MOBILE = r"(?:\+?86|0086)?(1[3-9]\d{9})"
_INTERNATIONAL = r"\+(?!86)([1-9]\d{6,14})"
_SEPARATORS = r"[-\s()]"
_EMAIL = (
    r"(?=.{3,254}\Z)(?!.*\.\.)[\w!#$%&'*+/=?^`{|}~-][\w!#$%&'*+/=?^`{|}~.-]{0,63}(?<!\.)"
    r"@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]*[^\W_]"
)
_URL = (
    r"(?:https?://)(?:[^\s/?#@:]+(?::[^\s/?#@]*)?@)?"
    r"(?:localhost|\[[0-9a-f:.]+\]|(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W_](?:[\w-]{0,61}[^\W_])?)"
    r"(?::\d{1,5})?(?:[/?#]\S*)?"
)
_LONGEST_URL = 2048


def read_phone(text: str) -> str | None:
    """A text as a phone number: 11 digits of a mainland mobile, or `+` and the digits of a number abroad."""
    bare = re.sub(_SEPARATORS, "", text)
    if match := re.fullmatch(_MOBILE, bare, re.ASCII):
        return match[1]
    return bare if re.fullmatch(_INTERNATIONAL, bare, re.ASCII) else None


def read_email(text: str) -> str | None:
    """A text as a mail address, in the letter case it was written in."""
    return text if re.fullmatch(_EMAIL, text) else None


def read_url(text: str) -> str | None:
    """A text as an `http` or `https` address; one that begins with `www.` is completed."""
    if len(text) > _LONGEST_URL:
        return None
    address = "https://" + text if text[:4].lower() == "www." else text
    return address if re.fullmatch(_URL, address, re.IGNORECASE) else None


def read_digits(text: str, count: int) -> str | None:
    """A text as a code of so many digits; spaces and dashes between them go."""
    bare = re.sub(_SEPARATORS, "", text)
    return bare if len(bare) == count and bare.isascii() and bare.isdigit() else None
