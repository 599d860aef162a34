"""What a phone sent, made ready to be written: ids, times and answers read, or a refusal that says why."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from backend.access.actor import Actor
from backend.access.permissions import speaks_for
from backend.border.faults import faults as struct_faults
from backend.border.strict_body import MAX_FAULTS
from backend.diary import forms
from backend.diary.circumstances import Circumstances, Person
from backend.diary.schemas import PushItem
from backend.errors import IdUnusable, UnknownKind, UnstorableItem
from models import DiaryEntry
from models.actions import Action
from models.protocol import Protocol
from models.vocabulary import ChangeReason, EntryKind, EntrySource, Relation
from models.zones import known_zone

LARGEST_ENTRY = 32 * 1024
"""All answers of an entry as JSON, unknown ones too; a page of 500 must fit into memory."""


@dataclass(frozen=True)
class Sender:
    """What holds for all items of one request."""

    actor: Actor
    participant_id: UUID
    protocol: Protocol
    now: datetime
    replica_id: UUID | None = None
    clock_skew: int | None = None
    app_version: str = ""
    schema: int = 1
    source: EntrySource = EntrySource.APP
    relation: Relation | None = None
    """On behalf: of the person who told. Otherwise that of the actor's own guardianship."""
    originator_id: UUID | None = None
    """On behalf: the account of the person who told, where there is one."""
    about: Person | None = None
    """The participant, for whoever is no guardian. Otherwise the actor's own guardianship says it."""
    timezone: str | None = None
    """On behalf: of the site. Otherwise the phone's, or the account's."""
    emergency_number: str = "112"
    """Whom families are told to call at once, where what they wrote may be urgent."""
    received: datetime | None = None
    """Of what waited for a consent: when it came. Otherwise now."""

    @property
    def received_at(self) -> datetime:
        return self.received or self.now

    @property
    def told_by(self) -> Relation:
        return self.relation or self.actor.guardians[self.participant_id].relation

    @property
    def may_see(self) -> bool:
        return speaks_for(self.actor.acting(Action.DIARY_READ), self.participant_id)

    def may_touch(self, entry: DiaryEntry) -> bool:
        """Who may report only, knows only what they reported themselves. On behalf: staff of the site see all."""
        return self.source is not EntrySource.APP or entry.recorded_by_id == self.actor.account or self.may_see


@dataclass(frozen=True)
class Upload:
    """One item that can be tried."""

    id: UUID
    data: dict[str, Any]
    kind: EntryKind | None = None
    retracts: bool = False
    base_version: int = 0
    client_seq: int = 0
    device_time: str | None = None
    timezone: str | None = None
    locale: str | None = None
    """The language in which it was asked."""
    reason: ChangeReason | None = None
    resolves: list[str] = field(default_factory=list)
    confirmed: list[str] = field(default_factory=list)
    whole: bool = False
    """`data` is everything (PUT): fields it lacks are cleared."""


def parent_in(data: dict[str, Any]) -> UUID | None:
    """The entry it belongs to; None also for what is no id (a form without this question keeps anything)."""
    try:
        return UUID(data["parent_id"])
    except (KeyError, ValueError, AttributeError, TypeError):
        return None


def read_item(raw: dict[str, Any], protocol: Protocol) -> Upload:
    """Raises a StudyError (with JSON pointers) for what can't be stored."""
    try:
        item = msgspec.convert(raw, PushItem, strict=True)
    except msgspec.ValidationError as fault:
        wrong = list(islice(struct_faults(raw, PushItem), MAX_FAULTS)) or [{"pointer": "", "detail": str(fault)}]
        raise UnstorableItem(errors=wrong) from fault
    upload = Upload(
        id=_record_id(item.id), data=item.data, kind=_kind(item.kind, protocol), retracts=item.op == "delete",
        base_version=item.base_version, client_seq=item.client_seq, device_time=item.recorded_at,
        timezone=item.timezone, locale=item.locale, reason=change_reason(item.reason),
        resolves=item.resolves, confirmed=item.confirmed,
    )
    if upload.kind:
        require_storable(upload.data, upload.kind, protocol)
    return upload


def require_storable(data: dict[str, Any], kind: EntryKind, protocol: Protocol) -> None:
    if wrong := forms.faults(protocol.form(kind), data):
        raise UnstorableItem(errors=wrong)
    require_moderate(data)


def require_moderate(data: dict[str, Any]) -> None:
    """An entry is read by many and often: nobody makes one that chokes them."""
    if len(msgspec.json.encode(data)) > LARGEST_ENTRY:
        raise UnstorableItem(errors=[{"pointer": "/data", "detail": f"is larger than {LARGEST_ENTRY // 1024} KiB"}])


def change_reason(text: str | None) -> ChangeReason | None:
    try:
        return ChangeReason(text) if text else None
    except ValueError as unknown:
        raise UnstorableItem(errors=[{"pointer": "/reason", "detail": "is not in the list of reasons"}]) from unknown


def circumstances(sender: Sender, upload: Upload) -> Circumstances:
    """Of a new entry that belongs to no other."""
    return Circumstances(sender.received_at, _about(sender), zone_of(sender, upload), sender.clock_skew)


def _about(sender: Sender) -> Person:
    if sender.about:
        return sender.about
    guardian = sender.actor.guardians.get(sender.participant_id)
    if guardian is None:
        return Person()
    return Person(guardian.birth_month, guardian.gestational_days, guardian.enrolled_at, guardian.observer_rated)


def zone_of(sender: Sender, upload: Upload) -> ZoneInfo:
    """The phone's zone (on behalf: the site's); the account's where the phone named none we know."""
    named = upload.timezone or sender.timezone
    return known_zone(named) or known_zone(sender.actor.timezone) or ZoneInfo("UTC")


def clock_skew(sent_at: str | None, now: datetime) -> int | None:
    """Seconds the phone's clock is ahead of ours; None when it told no readable time."""
    try:
        told = datetime.fromisoformat(sent_at) if sent_at else None
        if told is None or told.tzinfo is None:
            return None
        return int((told.astimezone(UTC) - now).total_seconds())
    except (ValueError, OverflowError):
        return None


def _record_id(text: str) -> UUID:
    try:
        found = UUID(text)
    except ValueError as malformed:
        raise IdUnusable from malformed
    if str(found) != text.lower() or found.int == 0:
        raise IdUnusable
    return found


def _kind(text: str | None, protocol: Protocol) -> EntryKind | None:
    """What this study doesn't ask for is as unknown as a word nobody knows."""
    try:
        kind = EntryKind(text) if text is not None else None
    except ValueError as unknown:
        raise UnknownKind from unknown
    if kind and not protocol.asks_for(kind):
        raise UnknownKind
    return kind
