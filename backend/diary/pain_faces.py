"""The six images of FPS-R, unmodified, as the site licensed them. We ship none: without them nothing is called that."""

from dataclasses import dataclass
from pathlib import Path

from backend.settings import SettingsError

SCORES = (0, 2, 4, 6, 8, 10)
LARGEST = 1024 * 1024
BEGINS = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff", "image/webp": b"RIFF"}
ENDINGS = (".png", ".jpg", ".jpeg", ".webp")


@dataclass(frozen=True)
class Face:
    content: bytes
    media_type: str


def licensed_faces(folder: str) -> dict[int, Face]:
    """By score; none where no folder is set. Raises SettingsError unless all six are there."""
    return {score: _face(Path(folder), score) for score in SCORES} if folder else {}


def _face(folder: Path, score: int) -> Face:
    file = next((path for ending in ENDINGS if (path := folder / f"{score}{ending}").is_file()), None)
    if file is None or file.stat().st_size > LARGEST:
        raise SettingsError(f"FPS_R_IMAGES: image {score} is missing, or larger than 1 MiB")
    content = file.read_bytes()
    kind = next((kind for kind, begin in BEGINS.items() if content.startswith(begin)), None)
    if kind is None:
        raise SettingsError(f"FPS_R_IMAGES: image {score} is no PNG, JPEG or WebP")
    return Face(content, kind)
