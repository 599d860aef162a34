"""What must survive a power cut."""

import os
from pathlib import Path


def sync_folder(folder: Path) -> None:
    """The names in it reach the disk; without this a file may be whole and nowhere."""
    if os.name != "posix":  # elsewhere a folder can't be opened
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
