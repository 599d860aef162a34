"""Starting the process that makes an image safe, and hearing what became of it."""

import asyncio
import contextlib
import sys
from asyncio.subprocess import DEVNULL, PIPE
from dataclasses import dataclass
from pathlib import Path

import msgspec

SCRIPT = Path(__file__).with_name("rendering.py")
PATIENCE = 60.0


@dataclass(frozen=True)
class Rendered:
    image: bytes
    thumbnail: bytes
    width: int
    height: int


@dataclass(frozen=True)
class Refusal:
    code: str


class DecodingFailed(Exception):
    """The process died, or said nothing we know: this image's fault, or this machine's."""


class _Told(msgspec.Struct):
    refused: str | None = None
    width: int = 0
    height: int = 0
    image: int = 0
    thumbnail: int = 0


async def decode(content: bytes) -> Rendered | Refusal:
    """Raises DecodingFailed."""
    # -I: nothing of the surroundings is read; no environment, so no secret is there to be found.
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-I", str(SCRIPT), stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env={}
    )
    try:
        async with asyncio.timeout(PATIENCE):
            said, _ = await process.communicate(content)
    except TimeoutError as slow:
        raise DecodingFailed("took too long") from slow
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    if process.returncode != 0:
        raise DecodingFailed(f"ended with {process.returncode}")
    return _read(said)


def _read(said: bytes) -> Rendered | Refusal:
    line, _, rest = said.partition(b"\n")
    try:
        told = msgspec.json.decode(line, type=_Told)
    except msgspec.MsgspecError as fault:
        raise DecodingFailed("said nothing we know") from fault
    if told.refused:
        return Refusal(told.refused)
    if len(rest) != told.image + told.thumbnail:
        raise DecodingFailed("was cut off")
    return Rendered(rest[: told.image], rest[told.image :], told.width, told.height)
