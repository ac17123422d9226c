"""Encrypted messages: AES-256-CBC in WeChat's own framing.

    16 random bytes | length of the message, 4 bytes, big-endian | message | receive id | padding to 32

A signature over the encrypted text is checked before anything is decrypted, and whatever is wrong afterwards is one
and the same `DecryptionFailed`: who probes from outside learns nothing from the answer.

https://developers.weixin.qq.com/doc/oplatform/Third-party_Platforms/2.0/api/Before_Develop/Technical_Plan.html
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from interpreter.diagnostics.wording import Wording
from interpreter.wechat.errors import DecryptionFailed, SignatureMismatch
from interpreter.wechat.signature import sign

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.modes import CBC

_KEY = re.compile(r"[A-Za-z0-9+/]{43}")
_BLOCK = 32
"""The padding's block; AES itself has blocks of 16."""
_RANDOM = 16


def is_aes_key(text: str) -> bool:
    """Whether a text can be an EncodingAESKey: 43 characters of base64."""
    return _KEY.fullmatch(text) is not None


@dataclass(frozen=True)
class MessageCipher:
    """Encrypts and decrypts the messages of one account.

    `keys` are EncodingAESKeys, the current one first; further ones are accepted while the owner changes them.
    `receive_id` is the AppID (or CorpID) every message must name. `token` signs.
    """

    token: str
    keys: Sequence[str]
    receive_id: str

    def open(self, encrypted: str, query: Mapping[str, str]) -> bytes:
        """The message inside the text of an `Encrypt` element, its signature checked first.

        Raises:
            SignatureMismatch: it was signed with another token, or not at all.
            DecryptionFailed: it cannot be decrypted, or is meant for another account.
        """
        signature = query.get("msg_signature", "")
        expected = sign(self.token, query.get("timestamp", ""), query.get("nonce", ""), encrypted)
        if not hmac.compare_digest(expected.encode(), signature.encode("utf-8", "surrogatepass")):
            raise SignatureMismatch(
                Wording(
                    "the signature of the encrypted message does not fit: the Token in WeChat's console differs",
                    "加密消息的签名不符：微信后台填写的 Token 不一致",
                )
            )
        found = None
        for key in self.keys:
            found = found or _decrypt(_key_bytes(key), encrypted, self.receive_id)
        if found is None:
            raise DecryptionFailed
        return found

    def seal(self, message: bytes, *, random: bytes, timestamp: str, nonce: str) -> bytes:
        """The envelope of an encrypted reply; `random` are 16 fresh bytes."""
        encrypted = self.encrypt(message, random)
        signature = sign(self.token, timestamp, nonce, encrypted)
        return (
            f"<xml><Encrypt><![CDATA[{encrypted}]]></Encrypt>"
            f"<MsgSignature><![CDATA[{signature}]]></MsgSignature>"
            f"<TimeStamp>{timestamp}</TimeStamp><Nonce><![CDATA[{nonce}]]></Nonce></xml>"
        ).encode()

    def encrypt(self, message: bytes, random: bytes) -> str:
        """A message as the text of an `Encrypt` element, with the current key."""
        block = random + struct.pack(">I", len(message)) + message + self.receive_id.encode()
        count = _BLOCK - len(block) % _BLOCK
        key = _key_bytes(self.keys[0])
        encryptor = _cipher(key).encryptor()
        return base64.b64encode(encryptor.update(block + bytes([count]) * count) + encryptor.finalize()).decode()


def _cipher(key: bytes) -> Cipher[CBC]:
    from cryptography.hazmat.primitives.ciphers import Cipher  # most accounts do not encrypt, and it takes a while
    from cryptography.hazmat.primitives.ciphers.algorithms import AES
    from cryptography.hazmat.primitives.ciphers.modes import CBC

    return Cipher(AES(key), CBC(key[:16]))


def _key_bytes(key: str) -> bytes:
    """The 32 bytes of a key. Its last character carries two spare bits that need not be zero."""
    return base64.b64decode(key + "=")


def _decrypt(key: bytes, encrypted: str, receive_id: str) -> bytes | None:
    try:
        sealed = base64.b64decode(encrypted.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        return None
    if not sealed or len(sealed) % 16:
        return None
    decryptor = _cipher(key).decryptor()
    block = decryptor.update(sealed) + decryptor.finalize()
    count = block[-1]
    if not 1 <= count <= _BLOCK or block[-count:] != bytes([count]) * count:
        return None
    content = block[_RANDOM:-count]
    if len(content) < 4:
        return None
    (length,) = struct.unpack(">I", content[:4])
    message, rest = content[4 : 4 + length], content[4 + length :]
    if len(message) != length or not hmac.compare_digest(rest, receive_id.encode()):
        return None
    return message
