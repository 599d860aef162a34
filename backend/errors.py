"""Every expected refusal: status, code and sentence. This file is the error documentation.

Clients branch on `code` only; a code is never reused. `detail` is a sentence for a person, without clinical
content and without anything of another family. Rendered as RFC 9457 problem+json by `backend.border.problems`.
"""

from typing import Any


class StudyError(Exception):
    """A refusal. `extra` adds members to the problem."""

    status = 400
    code = "bad_request"
    title = "This request can't be used"

    def __init__(self, detail: str = "", **extra: Any) -> None:
        super().__init__(self.code)
        self.detail = detail or self.title
        self.extra = extra
        self.headers: dict[str, str] = {}


# 400 — the request itself


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


class IdempotencyKeyMissing(StudyError):
    """Send an Idempotency-Key, the same one for every repeat."""

    code = "idempotency_key.missing"
    title = "This request needs an Idempotency-Key"


# 401 — not signed in


class NotSignedIn(StudyError):
    """No usable token. Refresh it; if that fails, keep the outbox and ask the person to sign in."""

    status, code, title = 401, "not_signed_in", "Please sign in"


class SignInFailed(StudyError):
    """Same words for an unknown account, a wrong password and a wrong code."""

    status, code, title = 401, "sign_in.failed", "E-mail, password or code is not right"


class TotpRequired(StudyError):
    """The password was right; staff also send their authenticator's code."""

    status, code, title = 401, "sign_in.code_required", "Please enter the code of your authenticator"


class RefreshRefused(StudyError):
    """The refresh token is unknown, over or ended. Keep the outbox and ask the person to sign in."""

    status, code, title = 401, "refresh_token.refused", "Please sign in again"


class RefreshSuperseded(StudyError):
    """A repeat replaced this unused token. The previous token still works: try that one."""

    status, code, title = 401, "refresh_token.superseded", "A newer token was issued"


# 403 — signed in, but


class RoleMayNot(StudyError):
    """No role of this account allows the action, anywhere."""

    status, code, title = 403, "role.may_not", "Your role does not allow this"


class ForeignPage(StudyError):
    """A browser request that changes something did not come from our own page (CSRF protection)."""

    status, code, title = 403, "browser.foreign_page", "This request did not come from our page"


# 404, 405


class NotFound(StudyError):
    """It does not exist for you; we don't say whether it exists for others."""

    status, code, title = 404, "not_found", "There is nothing here"


class MethodNotAllowed(StudyError):
    """See the Allow header."""

    status, code, title = 405, "method_not_allowed", "This address does not take that method"


# 409 — its state refuses


class IllegalState(StudyError):
    """The entry, query or message is in a state in which this can't be done; `state` names it."""

    status, code, title = 409, "state.refuses", "This can't be done in its present state"


class OpenQueries(StudyError):
    """An entry with an open data query can't be validated; close the query first."""

    status, code, title = 409, "diary_entry.query_open", "A question about this entry is still open"


class OpenConflicts(StudyError):
    """Two people wrote different things; somebody must settle it before validation."""

    status, code, title = 409, "diary_entry.conflict_open", "Two versions of this entry are not settled yet"


class IdempotencyKeyInUse(StudyError):
    """The first request under this key is still running; try again shortly."""

    status, code, title = 409, "idempotency_key.in_use", "The same request is still being worked on"


class AlreadyExists(StudyError):
    """The code or name is taken."""

    status, code, title = 409, "already_exists", "This exists already"


# 410, 412, 413, 415, 422, 426, 428, 429


class ResyncRequired(StudyError):
    """Keep the outbox, drop the rest, start again with since=0."""

    status, code, title = 410, "resync_required", "Please load everything again"


class LinkingCodeRefused(StudyError):
    """Same words for wrong, used, revoked and expired codes. Ask the site for a new one."""

    status, code, title = 410, "linking_code.refused", "This code can't be used"


class LinkRefused(StudyError):
    """The one-time link was used or is over. Ask an administrator for a new one."""

    status, code, title = 410, "link.refused", "This link can't be used any more"


class Stale(StudyError):
    """Somebody changed it since you looked. `current` or `changed_since` says what."""

    status, code, title = 412, "stale", "This has changed since you looked"


class TooLarge(StudyError):
    """Over 1 MiB or 200 items: send it in smaller parts."""

    status, code, title = 413, "too_large", "This is too much at once"


class WrongContentType(StudyError):
    """Send application/json."""

    status, code, title = 415, "content_type.wrong", "Please send JSON"


class IdempotencyKeyReused(StudyError):
    """The key was used with another body. Make a new key for a new request."""

    status, code, title = 422, "idempotency_key.reused", "This key belongs to another request"


class FindingsRefused(StudyError):
    """Staff route: `findings` lists what the edit checks refuse."""

    status, code, title = 422, "findings", "The answers don't fit together"


class WeakPassword(StudyError):
    """At least 15 characters and not a common one; no other rules (NIST SP 800-63B-4)."""

    status, code, title = 422, "password.weak", "Please choose a longer, less common password"


class AppTooOld(StudyError):
    """Nothing was stored; keep the entries and update the app."""

    status, code, title = 426, "app_too_old", "Please update the app; your entries stay on the phone"


class PreconditionMissing(StudyError):
    """Send If-Match with the ETag you saw, or If-None-Match: * for a new entry."""

    status, code, title = 428, "precondition.missing", "Please say which version you saw"


class TooManyAttempts(StudyError):
    """Wait as long as Retry-After says."""

    status, code, title = 429, "too_many_attempts", "Too many attempts; please wait"

    def __init__(self, seconds: int) -> None:
        super().__init__()
        self.headers = {"Retry-After": str(seconds)}


# 5xx


class DatabaseAway(StudyError):
    """Nothing was stored; try again after Retry-After."""

    status, code, title = 503, "database.away", "The server is busy; nothing is lost, try again shortly"

    def __init__(self) -> None:
        super().__init__()
        self.headers = {"Retry-After": "2"}


class Bug(StudyError):
    """Our fault, and already in the log under `reference`."""

    status, code, title = 500, "bug", "Something went wrong on our side"


# per item of a sync batch (inside a 200 answer)


class UnknownKind(StudyError):
    """The item was kept in quarantine; the site sees it."""

    status, code, title = 422, "diary_entry.kind_unknown", "This kind of entry is not known here"


class UnstorableItem(StudyError):
    """The item was kept in quarantine; `errors` says why it can't become an entry."""

    status, code, title = 422, "diary_entry.unstorable", "This can't be stored as an entry"


class IdUnusable(StudyError):
    """Make a new id. (Taken elsewhere or malformed: nothing more is revealed.)"""

    status, code, title = 403, "id_unusable", "This id can't be used"
