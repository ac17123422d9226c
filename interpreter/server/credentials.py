"""What an account signs and encrypts with: the current secrets, and those before them while they are being changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

from interpreter.wechat.crypto import MessageCipher
from interpreter.wechat.errors import DecryptionFailed, SignatureMismatch
from interpreter.wechat.signature import check_signature


@dataclass(frozen=True, slots=True)
class Credentials:
    """The tokens and EncodingAESKeys of an account, the current one of each first; without keys it reads plain text.

    Each is tried whatever came of the others, so that the time an answer takes tells nothing about them.
    """

    tokens: tuple[str, ...]
    aes_keys: tuple[str, ...] = ()
    receive_id: str = ""
    """The AppID every encrypted message must name."""

    @property
    def can_decrypt(self) -> bool:
        """Whether encrypted messages can be opened."""
        return bool(self.aes_keys)

    def check(self, query: Mapping[str, str]) -> None:
        """Check the signature of a query.

        Raises:
            SignatureMismatch: something is missing, or it was signed with another token.
        """
        if len(self.tokens) == 1:
            check_signature(self.tokens[0], query)
            return
        mismatches = [error for token in self.tokens if (error := _mismatch(token, query)) is not None]
        if len(mismatches) == len(self.tokens):
            raise mismatches[0]

    def open(self, encrypted: str, query: Mapping[str, str]) -> tuple[bytes, MessageCipher]:
        """The message inside the text of an `Encrypt` element, and the cipher that opened it and seals its answer.

        Raises:
            SignatureMismatch: it was signed with another token, or not at all.
            DecryptionFailed: it cannot be decrypted, or is meant for another account.
        """
        found: tuple[bytes, MessageCipher] | None = None
        errors: list[SignatureMismatch | DecryptionFailed] = []
        for token, key in product(self.tokens, self.aes_keys):
            cipher = MessageCipher(token, (key,), self.receive_id)
            try:
                opened = cipher.open(encrypted, query)
            except (SignatureMismatch, DecryptionFailed) as error:
                errors.append(error)
            else:
                found = found or (opened, cipher)
        if found is None:
            raise next((error for error in errors if isinstance(error, DecryptionFailed)), errors[0])
        return found


def _mismatch(token: str, query: Mapping[str, str]) -> SignatureMismatch | None:
    try:
        check_signature(token, query)
    except SignatureMismatch as error:
        return error
    return None
