"""Checksums and encodings of the UTF-8 form of texts."""

from __future__ import annotations

import base64
import zlib

from interpreter.diagnostics.wording import Wording
from interpreter.expr.functions.limits import short_enough
from interpreter.expr.functions.registry import INT, TEXT, Family, Parameter
from interpreter.types.kinds import OptionalType

FAMILY = Family("hash", Wording("Checksums and encodings", "摘要与编码"))


@FAMILY.function(
    "md5",
    Parameter("text", TEXT),
    result=TEXT,
    zh="MD5 摘要，小写十六进制。",
    examples={
        'md5("abc")': '"900150983cd24fb0d6963f7d28e17f72"',
    },
)
def md5(text: str) -> str:
    """The MD5 digest, in small hexadecimal digits."""
    return _digest("md5", text)


@FAMILY.function(
    "sha1",
    Parameter("text", TEXT),
    result=TEXT,
    zh="SHA-1 摘要，小写十六进制。",
    examples={
        'sha1("abc")': '"a9993e364706816aba3e25717850c26c9cd0d89d"',
    },
)
def sha1(text: str) -> str:
    """The SHA-1 digest, in small hexadecimal digits."""
    return _digest("sha1", text)


@FAMILY.function(
    "sha256",
    Parameter("text", TEXT),
    result=TEXT,
    zh="SHA-256 摘要，小写十六进制。",
    examples={
        'sha256("abc")': '"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"',
    },
)
def sha256(text: str) -> str:
    """The SHA-256 digest, in small hexadecimal digits."""
    return _digest("sha256", text)


@FAMILY.function(
    "hmac_sha256",
    Parameter("key", TEXT),
    Parameter("text", TEXT),
    result=TEXT,
    zh="用密钥算的 HMAC-SHA256，小写十六进制。",
    examples={
        'left(hmac_sha256("k", "abc"), 8)': '"342e519c"',
    },
)
def hmac_sha256(key: str, text: str) -> str:
    """The HMAC with SHA-256 under a key, in small hexadecimal digits."""
    import hmac

    return hmac.new(_bytes(key), _bytes(text), "sha256").hexdigest()


@FAMILY.function(
    "crc32",
    Parameter("text", TEXT),
    result=INT,
    zh="CRC-32 校验和。",
    examples={
        'crc32("abc")': "891568578",
    },
)
def crc32(text: str) -> int:
    """The CRC-32 checksum."""
    return zlib.crc32(_bytes(text))


@FAMILY.function(
    "base64_encode",
    Parameter("text", TEXT),
    result=TEXT,
    zh="Base64 编码。",
    examples={
        'base64_encode("你好")': '"5L2g5aW9"',
    },
)
def base64_encode(text: str) -> str:
    """The text in Base64."""
    return short_enough(base64.b64encode(_bytes(text)).decode())


@FAMILY.function(
    "base64_decode",
    Parameter("text", TEXT),
    result=OptionalType(TEXT),
    zh="解开 Base64（也认网址用的写法）；不是则为 null。",
    examples={
        'base64_decode("5L2g5aW9")': '"你好"',
        'base64_decode("?")': "null",
    },
)
def base64_decode(text: str) -> str | None:
    """The text that is written in Base64, of either alphabet; null if there is none."""
    plain = text.strip().rstrip("=").translate(_STANDARD)
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True).decode()
    except ValueError:
        return None


@FAMILY.function(
    "hex",
    Parameter("n", INT),
    result=TEXT,
    zh="整数的十六进制写法。",
    examples={
        "hex(255)": '"ff"',
    },
)
def hexadecimal(n: int) -> str:
    """The whole number in small hexadecimal digits."""
    return f"{n:x}"


_STANDARD = str.maketrans("-_", "+/")


def _digest(algorithm: str, text: str) -> str:
    import hashlib  # takes OpenSSL along

    return hashlib.new(algorithm, _bytes(text), usedforsecurity=False).hexdigest()


def _bytes(text: str) -> bytes:
    return text.encode(errors="replace")
