"""Refusals about the study's records: 403, 404, 409, 410, 412, 422, 426; and per item of a sync batch."""

from backend.errors.refusal import StudyError


class CollectionClosed(StudyError):
    """No valid consent, or withdrawn. What a phone sent is kept; with a consent it becomes an entry by itself.

    `collection` says why.
    """

    status, code, title = 403, "collection.closed", "Nothing new can be taken in at present; what you sent is kept"



class ConsentOutOfDate(StudyError):
    """The text that was read is not the one in force any more, or not this one. Load it again before signing."""

    status, code, title = 409, "consent.out_of_date", "This text has changed; please read it again"


class NotFound(StudyError):
    """It does not exist for you; we don't say whether it exists for others."""

    status, code, title = 404, "not_found", "There is nothing here"


class IllegalState(StudyError):
    """The entry, query or message is in a state in which this can't be done; `state` names it."""

    status, code, title = 409, "state.refuses", "This can't be done in its present state"


class OpenQueries(StudyError):
    """An entry with an open data query can't be validated; close the query first."""

    status, code, title = 409, "diary_entry.query_open", "A question about this entry is still open"


class OpenConflicts(StudyError):
    """Two people wrote different things; somebody must settle it before validation."""

    status, code, title = 409, "diary_entry.conflict_open", "Two versions of this entry are not settled yet"


class AlreadyExists(StudyError):
    """The code or name is taken."""

    status, code, title = 409, "already_exists", "This exists already"


class DefinitionNotSet(StudyError):
    """The study has not decided on this case definition; nothing is counted by it. `case_definition` names it."""

    status, code, title = 409, "case_definition.not_set", "The study has not published this case definition"


class ResyncRequired(StudyError):
    """Keep the outbox, drop the rest, start again with since=0."""

    status, code, title = 410, "resync_required", "Please load everything again"


class Stale(StudyError):
    """Somebody changed it since you looked. `current` or `changed_since` says what."""

    status, code, title = 412, "stale", "This has changed since you looked"


class FindingsRefused(StudyError):
    """Staff route: `findings` lists what the edit checks refuse."""

    status, code, title = 422, "findings", "The answers don't fit together"


class AppTooOld(StudyError):
    """Nothing was stored; keep the entries and update the app."""

    status, code, title = 426, "app_too_old", "Please update the app; your entries stay on the phone"


class UnknownKind(StudyError):
    """The item was kept in quarantine; the site sees it."""

    status, code, title = 422, "diary_entry.kind_unknown", "This kind of entry is not known here"


class UnstorableItem(StudyError):
    """The item was kept in quarantine; `errors` says why it can't become an entry."""

    status, code, title = 422, "diary_entry.unstorable", "This can't be stored as an entry"


class IdUnusable(StudyError):
    """Make a new id. (Taken elsewhere or malformed: nothing more is revealed.)"""

    status, code, title = 403, "id_unusable", "This id can't be used"
