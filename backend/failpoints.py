"""Named points at which a test may kill this process as a power cut would; in a study they do nothing."""

import os

from backend.settings import chosen_failpoint

_CHOSEN = chosen_failpoint()


def reach(name: str) -> None:
    if name == _CHOSEN:
        os._exit(137)
