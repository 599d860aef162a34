"""Refusals of the request itself, and our own failures: 400, 405, 413, 415, 422, 428, 5xx."""

from backend.errors.refusal import StudyError


class MalformedBody(StudyError):
    """Not JSON, not UTF-8, too deep, or with characters no text field takes. Mend the request."""

    code = "body.malformed"
    title = "The body can't be read"


class MalformedRequest(StudyError):
    """Not HTTP as RFC 9112 has it, such as two length headers. The connection is closed."""

    code = "request.malformed"
    title = "This is not a request that can be read"


class InvalidBody(StudyError):
    """`errors` lists every fault with its JSON pointer."""

    code = "body.invalid"
    title = "The body has faults"


class InvalidParameter(StudyError):
    """A path, query or header value can't be used."""

    code = "parameter.invalid"
    title = "A parameter can't be used"


class DoesNotFit(InvalidBody):
    """Formed as described, but not for this study or this account: `errors` says where. Other content may."""

    status, code, title = 422, "body.does_not_fit", "The body doesn't fit this study"


class UnknownCursor(InvalidParameter):
    """Send a `next_cursor` of the same list, as it was given; without one the list begins anew."""

    status, code, title = 422, "cursor.unknown", "This cursor is not one of ours"


class IdempotencyKeyMissing(StudyError):
    """Send an Idempotency-Key, the same one for every repeat."""

    code = "idempotency_key.missing"
    title = "This request needs an Idempotency-Key"


class MethodNotAllowed(StudyError):
    """See the Allow header."""

    status, code, title = 405, "method_not_allowed", "This address does not take that method"


class IdempotencyKeyInUse(StudyError):
    """The first request under this key is still running; try again shortly."""

    status, code, title = 409, "idempotency_key.in_use", "The same request is still being worked on"


class TooLarge(StudyError):
    """Over 1 MiB or 200 items: send it in smaller parts."""

    status, code, title = 413, "too_large", "This is too much at once"


class WrongContentType(StudyError):
    """Send application/json."""

    status, code, title = 415, "content_type.wrong", "Please send JSON"


class IdempotencyKeyReused(StudyError):
    """The key was used with another body. Make a new key for a new request."""

    status, code, title = 422, "idempotency_key.reused", "This key belongs to another request"


class PreconditionMissing(StudyError):
    """Send If-Match with the ETag you saw, or If-None-Match: * for a new entry."""

    status, code, title = 428, "precondition.missing", "Please say which version you saw"


class DatabaseAway(StudyError):
    """Nothing was stored; try again after Retry-After."""

    status, code, title = 503, "database.away", "The server is busy; nothing is lost, try again shortly"

    def __init__(self) -> None:
        super().__init__()
        self.headers = {"Retry-After": "2"}


class Bug(StudyError):
    """Our fault, and already in the log under `reference`."""

    status, code, title = 500, "bug", "Something went wrong on our side"
