"""What stands in the headers of tus 1.0.0 (https://tus.io/protocols/resumable-upload), read strictly."""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import TypeVar
from uuid import UUID

from litestar.datastructures import Headers

from backend.errors import InvalidParameter, UploadContentType, UploadTooLarge, UploadVersion
from models.vocabulary import AttachmentPurpose

VERSION = "1.0.0"
MAX_SIZE = 25 * 1024 * 1024
LONGEST_METADATA = 4096
ALGORITHMS = ("sha256", "sha1")
ABILITIES = {
    "Tus-Resumable": VERSION, "Tus-Version": VERSION, "Tus-Max-Size": str(MAX_SIZE),
    "Tus-Extension": "creation,expiration,termination,checksum", "Tus-Checksum-Algorithm": ",".join(ALGORITHMS),
}
_SHA256 = re.compile(r"[0-9a-f]{64}")
T = TypeVar("T")


@dataclass(frozen=True)
class Announced:
    """An upload as it is created."""

    id: UUID
    participant_id: UUID
    length: int
    purpose: AttachmentPurpose | None = None
    sha256: str | None = None


@dataclass(frozen=True)
class Checksum:
    algorithm: str
    digest: bytes

    def fits(self, content: "hashlib._Hash") -> bool:
        return content.digest() == self.digest


def require_version(headers: Headers) -> None:
    """Raises UploadVersion."""
    if headers.get("tus-resumable") != VERSION:
        raise UploadVersion


def announced_in(headers: Headers) -> Announced:
    """Raises InvalidParameter or UploadTooLarge."""
    length = _number(headers, "upload-length")
    if length > MAX_SIZE:
        raise UploadTooLarge
    said = _metadata(headers.get("upload-metadata", ""))
    digest = said.get("sha256", "").lower() or None
    if digest and not _SHA256.fullmatch(digest):
        raise _odd("upload-metadata", "sha256 must be 64 hexadecimal digits")
    return Announced(_id(said, "id"), _id(said, "participant"), length, _purpose(said.get("purpose")), digest)


def offset_in(headers: Headers) -> int:
    """Where a piece begins. Raises InvalidParameter or UploadContentType."""
    if headers.get("content-type", "").partition(";")[0].strip().lower() != "application/offset+octet-stream":
        raise UploadContentType
    return _number(headers, "upload-offset")


def checksum_in(headers: Headers) -> Checksum | None:
    """What a piece must sum up to. Raises InvalidParameter."""
    text = headers.get("upload-checksum")
    if text is None:
        return None
    algorithm, _, encoded = text.partition(" ")
    if algorithm not in ALGORITHMS:
        raise _odd("upload-checksum", "must begin with sha256 or sha1")
    digest = _decoded(encoded.strip(), "upload-checksum")
    if len(digest) != hashlib.new(algorithm).digest_size:
        raise _odd("upload-checksum", "has the wrong length")
    return Checksum(algorithm, digest)


def expires(at: datetime) -> str:
    """As `Upload-Expires` writes it."""
    return format_datetime(at.astimezone(UTC), usegmt=True)


def _number(headers: Headers, name: str) -> int:
    text = headers.get(name, "")
    if not re.fullmatch(r"[0-9]{1,15}", text):
        raise _odd(name, "must be a whole number from 0 on")
    return int(text)


def _metadata(text: str) -> dict[str, str]:
    """Names we don't use (a file's own name) are read over."""
    if len(text) > LONGEST_METADATA:
        raise _odd("upload-metadata", "is too long")
    said: dict[str, str] = {}
    for pair in filter(None, text.split(",")):
        name, _, encoded = pair.strip().partition(" ")
        if not name or name in said:
            raise _odd("upload-metadata", "must be names, each once, with values in base64")
        value = _decoded(encoded, "upload-metadata")
        if name in ("id", "participant", "purpose", "sha256"):
            said[name] = value.decode("ascii", "replace")
    return said


def _id(said: dict[str, str], name: str) -> UUID:
    try:
        found = UUID(said[name])
    except (KeyError, ValueError) as fault:
        raise _odd("upload-metadata", f"{name} must be a UUID") from fault
    if str(found) != said[name].lower() or found.int == 0:
        raise _odd("upload-metadata", f"{name} must be a UUID")
    return found


def _purpose(text: str | None) -> AttachmentPurpose | None:
    try:
        return AttachmentPurpose(text) if text else None
    except ValueError as unknown:
        raise _odd("upload-metadata", "purpose is not one we know") from unknown


def _decoded(text: str, name: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as fault:
        raise _odd(name, "is not base64") from fault


def _odd(name: str, detail: str) -> InvalidParameter:
    return InvalidParameter(errors=[{"pointer": f"/{name}", "detail": detail}])
