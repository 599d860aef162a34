"""One image made safe: whatever came becomes a plain JPEG without place, time, device or comment, and a thumbnail.

Runs as a process of its own (see `decoding.py`) that knows no secret, imports nothing of ours, and is limited in time
and memory: decoders are large, and what they read comes from anywhere. Bytes on stdin; on stdout one line of JSON and,
unless it refuses, the image and the thumbnail.
"""

import io
import json
import struct
import sys
from collections.abc import Callable

from PIL import Image, ImageCms, ImageOps
from PIL.ImageFile import ImageFile

MOST_PIXELS = 64_000_000
"""More than any phone's camera takes by itself."""
LONGEST_SIDE, THUMBNAIL_SIDE = 2560, 320
QUALITY = 85
MEMORY, SECONDS = 2 * 1024**3, 30
HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
NOT_AN_IMAGE, DAMAGED = "attachment.not_an_image", "attachment.damaged"
TOO_MANY_PIXELS, TOO_HEAVY = "attachment.too_many_pixels", "attachment.too_heavy"


class Refused(Exception):
    """The argument is the code."""


def kind_of(content: bytes) -> str:
    """By its first bytes; what the phone calls it is nobody's concern. Raises Refused."""
    if content.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "WEBP"
    if content[4:8] == b"ftyp" and content[8:12] in HEIF_BRANDS:
        return "HEIF"
    raise Refused(NOT_AN_IMAGE)


def rendered(content: bytes) -> tuple[Image.Image, Image.Image]:
    """The image and its thumbnail. Raises Refused."""
    kind = kind_of(content)
    if kind == "HEIF":
        from pillow_heif import register_heif_opener

        register_heif_opener(thumbnails=False)
    Image.MAX_IMAGE_PIXELS = None  # ours is the limit, looked at before anything is decoded
    try:
        opened = Image.open(io.BytesIO(content), formats=[kind])
    except Exception as fault:
        raise Refused(DAMAGED) from fault
    if opened.width * opened.height > MOST_PIXELS:
        raise Refused(TOO_MANY_PIXELS)
    try:
        image = _plain(opened)
    except MemoryError as fault:
        raise Refused(TOO_HEAVY) from fault
    except Exception as fault:  # decoders raise whatever they like
        raise Refused(DAMAGED) from fault
    thumbnail = image.copy()
    thumbnail.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.LANCZOS)
    return image, thumbnail


def _plain(opened: ImageFile) -> Image.Image:
    """Upright, in three colours of eight bits, no larger than needed, and nothing but its pixels."""
    profile = opened.info.get("icc_profile")
    opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG is decoded no larger than needed
    opened.load()
    image: Image.Image = opened
    image = image if max(image.size) <= LONGEST_SIDE else _shrunk(image)
    image = _in_usual_colours(ImageOps.exif_transpose(image), profile)
    clean = Image.new("RGB", image.size)
    clean.paste(image)
    return clean


def _shrunk(image: Image.Image) -> Image.Image:
    exif = image.getexif()
    if image.mode not in ("RGB", "RGBA", "L", "LA", "CMYK", "I", "F") and not image.mode.startswith("I;16"):
        image = image.convert("RGBA" if "transparency" in image.info else "RGB")
    small = ImageOps.contain(image, (LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    small.info["exif"] = exif.tobytes()
    return small


def _in_usual_colours(image: Image.Image, profile: bytes | None) -> Image.Image:
    if image.mode.startswith("I"):  # sixteen bits, as X-rays have
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if image.has_transparency_data:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    if profile and image.mode in ("RGB", "RGBA"):
        image = _converted(image.convert("RGB"), profile)
    return image.convert("RGB")


def _converted(image: Image.Image, profile: bytes) -> Image.Image:
    """A bruise has the colour it had on the phone; a profile that can't be used is left out."""
    try:
        usual: Callable[..., Image.Image | None] = ImageCms.profileToProfile
        return usual(image, io.BytesIO(profile), ImageCms.createProfile("sRGB")) or image
    except (ImageCms.PyCMSError, OSError, ValueError, struct.error):
        return image


def _as_jpeg(image: Image.Image) -> bytes:
    written = io.BytesIO()
    image.save(written, "JPEG", quality=QUALITY, optimize=True)
    return written.getvalue()


def answer(content: bytes) -> list[bytes]:
    try:
        image, thumbnail = rendered(content)
        parts = [_as_jpeg(image), _as_jpeg(thumbnail)]
    except Refused as refused:
        return [json.dumps({"refused": refused.args[0]}).encode() + b"\n"]
    except MemoryError:
        return [json.dumps({"refused": TOO_HEAVY}).encode() + b"\n"]
    told = {"width": image.width, "height": image.height, "image": len(parts[0]), "thumbnail": len(parts[1])}
    return [json.dumps(told).encode() + b"\n", *parts]


def _limit() -> None:
    """Where the system can (not on Windows); the caller's clock holds everywhere."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


if __name__ == "__main__":
    _limit()
    for part in answer(sys.stdin.buffer.read()):
        sys.stdout.buffer.write(part)
