"""What Web Push asks of cryptography: the key that says who we are (RFC 8292), and the sealed body (RFC 8291)."""

import base64
import os
import struct

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDH,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    derive_private_key,
    generate_private_key,
)
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

RECORD = 4096
LAST_RECORD = b"\x02"
CURVE = SECP256R1()
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def sealed(
    text: bytes, p256dh: str, auth: str, *, own: EllipticCurvePrivateKey | None = None, salt: bytes | None = None
) -> bytes:
    """The body for one browser, in aes128gcm. `own` and `salt` are new each time; given, they make it repeatable.

    Raises ValueError when the browser's keys are none.
    """
    theirs, own, salt = point(p256dh), own or generate_private_key(CURVE), salt or os.urandom(16)
    ours = _uncompressed(own.public_key())
    shared = own.exchange(ECDH(), theirs)
    keys = _derived(shared, secret_of(auth), b"WebPush: info\0" + _uncompressed(theirs) + ours, 32)
    content_key = _derived(keys, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(keys, salt, b"Content-Encoding: nonce\0", 12)
    header = salt + struct.pack("!LB", RECORD, len(ours)) + ours
    return header + AESGCM(content_key).encrypt(nonce, text + LAST_RECORD, None)


def point(p256dh: str) -> EllipticCurvePublicKey:
    """Raises ValueError when it is no point of the curve."""
    return EllipticCurvePublicKey.from_encoded_point(CURVE, unlettered(p256dh))


def secret_of(auth: str) -> bytes:
    """Raises ValueError."""
    secret = unlettered(auth)
    if len(secret) != 16:
        raise ValueError("auth is not 16 bytes")
    return secret


def own_key(text: str) -> EllipticCurvePrivateKey:
    """From its 32 bytes in base64url, as `fracture-diary web-push-key` and others print it. Raises ValueError."""
    try:
        data = unlettered(text)
    except ValueError:
        data = b""
    number = int.from_bytes(data, "big")
    if len(data) != 32 or not 0 < number < ORDER:
        raise ValueError("not 32 bytes of a private key in base64url")
    return derive_private_key(number, CURVE)


def new_own_key() -> tuple[str, str]:
    """(private, public)"""
    key = generate_private_key(CURVE)
    return lettered(key.private_numbers().private_value.to_bytes(32, "big")), public_letters(key)


def public_letters(key: EllipticCurvePrivateKey) -> str:
    """What a browser takes as `applicationServerKey`."""
    return lettered(_uncompressed(key.public_key()))


def lettered(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unlettered(text: str) -> bytes:
    """Raises ValueError."""
    bare = text.rstrip("=")
    return base64.b64decode(bare + "=" * (-len(bare) % 4), altchars=b"-_", validate=True)


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=info).derive(secret)


def _uncompressed(key: EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
