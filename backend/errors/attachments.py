"""Refusals of uploads and images: what tus 1.0.0 asks for, each with a code."""

from backend.errors.refusal import StudyError


class UploadVersion(StudyError):
    """Send `Tus-Resumable: 1.0.0` with every request but OPTIONS."""

    status, code, title = 412, "upload.version", "Uploads are spoken in tus 1.0.0 here"

    def __init__(self) -> None:
        super().__init__()
        self.headers = {"Tus-Version": "1.0.0"}


class UploadOffset(StudyError):
    """Ask with HEAD how far we are, and go on from there. (Somebody else may be sending the same upload.)"""

    status, code, title = 409, "upload.offset_differs", "That is not where this upload goes on"


class UploadGone(StudyError):
    """Ended, taken back or given up for its age: begin again with POST, under the same id if an entry names it."""

    status, code, title = 410, "upload.gone", "This upload is over"


class UploadContentType(StudyError):
    """Send application/offset+octet-stream."""

    status, code, title = 415, "upload.content_type", "Please send the bytes as application/offset+octet-stream"


class UploadChecksum(StudyError):
    """Nothing of this piece was kept: send it again."""

    status, code, title = 460, "upload.checksum_differs", "This piece did not arrive as it was sent"


class UploadTooLarge(StudyError):
    """Over 25 MiB, more than was announced, in too many pieces, or too many images: shrink it on the phone."""

    status, code, title = 413, "upload.too_large", "This is too much for one image"
