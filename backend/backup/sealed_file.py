"""The envelope of a backup: an age v1 file for a passphrase, so that any `age` opens it without this programme.

age cuts its content into chunks, each sealed under its number, the last one marked as the last: what is cut,
altered, swapped or appended is noticed. Written here on `cryptography`'s primitives because the ready-made binding
takes passphrases only for content that is whole in memory; a test opens our files with it, and its files here.
"""

import base64
import binascii
import hmac
import os
import re
from collections.abc import Iterator
from hashlib import sha256
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from backend.backup.refusals import Damaged, WrongPassphrase

CHUNK, TAG = 64 * 1024, 16
WORK = 17
"""Binary logarithm of scrypt's cost: 128 MiB and about half a second for each guess."""
MOST_WORK = 20
"""An altered header must not make us compute for minutes."""
MOST_HEADER = 1024
HEADER = re.compile(
    rb"(age-encryption\.org/v1\n-> scrypt ([A-Za-z0-9+/]{22}) ([1-9][0-9]?)\n([A-Za-z0-9+/]{43})\n---)"
    rb" ([A-Za-z0-9+/]{43})\n"
)
NO_BACKUP = "this is no backup, or its beginning was cut or altered"
NOT_THIS = "the passphrase is not the one this backup was made with (or the beginning of the file was altered)"
ALTERED = "the file was cut or altered after it was made"


class SealedWriter:
    """Writes a stream of any length; without `close()` the file counts as cut."""

    def __init__(self, file: BinaryIO, passphrase: str) -> None:
        self._file, self._held, self._number = file, bytearray(), 0
        file_key, salt, nonce = os.urandom(16), os.urandom(16), os.urandom(16)
        wrapped = ChaCha20Poly1305(_wrap_key(passphrase, salt, WORK)).encrypt(bytes(12), file_key, None)
        head = b"age-encryption.org/v1\n-> scrypt %s %d\n%s\n---" % (_text(salt), WORK, _text(wrapped))
        file.write(head + b" " + _text(_header_code(file_key, head)) + b"\n" + nonce)
        self._cipher = _payload_cipher(file_key, nonce)

    def write(self, piece: bytes) -> None:
        self._held += piece
        while len(self._held) > CHUNK:  # never the last one: that is known only at the end
            self._seal(bytes(self._held[:CHUNK]), last=False)
            del self._held[:CHUNK]

    def close(self) -> None:
        self._seal(bytes(self._held), last=True)

    def _seal(self, chunk: bytes, *, last: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._number, last), chunk, None))
        self._number += 1


def unseal(file: BinaryIO, passphrase: str) -> Iterator[bytes]:
    """What was sealed, piece by piece; only after the last piece is it sure that nothing is missing.

    Raises WrongPassphrase or Damaged.
    """
    cipher, number = _open_header(file, passphrase), 0
    chunk = file.read(CHUNK + TAG)
    while True:
        following = file.read(CHUNK + TAG)
        try:
            piece = cipher.decrypt(_nonce(number, not following), chunk, None)
        except InvalidTag as fault:
            raise Damaged(ALTERED) from fault
        if number and not piece:
            raise Damaged(ALTERED)
        yield piece
        if not following:
            return
        chunk, number = following, number + 1


def _open_header(file: BinaryIO, passphrase: str) -> ChaCha20Poly1305:
    found = HEADER.match(file.read(MOST_HEADER))
    if not found or int(found[3]) > MOST_WORK:
        raise Damaged(NO_BACKUP)
    wrap_key = _wrap_key(passphrase, _bytes(found[2]), int(found[3]))
    try:
        file_key = ChaCha20Poly1305(wrap_key).decrypt(bytes(12), _bytes(found[4]), None)
    except InvalidTag as fault:
        raise WrongPassphrase(NOT_THIS) from fault
    if not hmac.compare_digest(_header_code(file_key, found[1]), _bytes(found[5])):
        raise Damaged(NO_BACKUP)
    file.seek(found.end())
    nonce = file.read(16)
    if len(nonce) < 16:
        raise Damaged(ALTERED)
    return _payload_cipher(file_key, nonce)


def _wrap_key(passphrase: str, salt: bytes, work: int) -> bytes:
    return Scrypt(salt=b"age-encryption.org/v1/scrypt" + salt, length=32, n=2**work, r=8, p=1).derive(
        passphrase.encode()
    )


def _header_code(file_key: bytes, head: bytes) -> bytes:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"header").derive(file_key)
    return hmac.new(key, head, sha256).digest()


def _payload_cipher(file_key: bytes, nonce: bytes) -> ChaCha20Poly1305:
    return ChaCha20Poly1305(HKDF(algorithm=SHA256(), length=32, salt=nonce, info=b"payload").derive(file_key))


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def _text(value: bytes) -> bytes:
    return base64.b64encode(value).rstrip(b"=")


def _bytes(text: bytes) -> bytes:
    """Only the one right spelling: base64 leaves bits unused in which an alteration would hide."""
    try:
        value = base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except binascii.Error as fault:
        raise Damaged(NO_BACKUP) from fault
    if _text(value) != text:
        raise Damaged(NO_BACKUP)
    return value
