"""A form as old entries need it: today's questions, and what today's protocol no longer asks but theirs asked.

A new protocol version never rewrites an entry; its answers are read by the form of their own time.
"""

import tomllib
from collections.abc import Iterable
from functools import lru_cache
from uuid import UUID

import msgspec

from models.diary import EntryRevision
from models.protocol import Field, Form, Protocol
from models.study import StudyProtocol
from models.vocabulary import EntryKind


async def form_then(protocol: Protocol, kind: EntryKind, entry_ids: Iterable[UUID]) -> Form:
    """Of these entries, whatever versions they were written under."""
    written = EntryRevision.filter(entry_id__in=list(entry_ids)).exclude(protocol_hash=protocol.hash)
    hashes = set(await written.values_list("protocol_hash", flat=True))
    form = protocol.form(kind)
    if hashes:
        for row in await StudyProtocol.filter(hash__in=list(hashes)).order_by("-loaded_at"):
            form = _with_older(form, _forms_in(row.body).get(kind))
    return form


@lru_cache(maxsize=64)
def _forms_in(body: str) -> dict[str, Form]:
    """As far as this version of the software can read them: what it can't is shown as it was sent."""
    forms: dict[str, Form] = {}
    for kind, told in tomllib.loads(body).get("form", {}).items():
        fields = {name: field for name, field in told.get("field", {}).items() if _can_be_read(field)}
        forms[kind] = msgspec.convert({"schema": 1, "field": fields}, Form)
    return forms


def _can_be_read(field: object) -> bool:
    try:
        msgspec.convert(field, Field)
    except msgspec.ValidationError:
        return False
    return True


def _with_older(form: Form, older: Form | None) -> Form:
    return msgspec.structs.replace(form, field=_merged(form.field, older.field)) if older else form


def _merged(new: dict[str, Field], old: dict[str, Field]) -> dict[str, Field]:
    return {name: _both(new.get(name), old.get(name)) for name in [*new, *(name for name in old if name not in new)]}


def _both(new: Field | None, old: Field | None) -> Field:
    """Asked for differently now, a field is read as it is asked today."""
    kept = new or old
    assert kept is not None  # noqa: S101 (a name stands in one of the two)
    if new is None or old is None or new.type != old.type:
        return kept
    codes = [*new.codes, *(code for code in old.codes if code not in new.codes)]
    return msgspec.structs.replace(new, codes=codes, item=_merged(new.item, old.item))
