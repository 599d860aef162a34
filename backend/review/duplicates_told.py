"""Saying whether two reports tell of the same fracture: staff tell them apart, families leave a note for staff."""

from datetime import datetime
from uuid import UUID

from backend.access import scope
from backend.access.actor import Actor
from backend.audit import Changes, next_seq, record
from backend.errors import IllegalState, NotFound, Stale
from backend.review.duplicates import pair_in
from backend.review.seen import entry_as_seen
from models import DiaryEntry, EntryComparison, Participant
from models.transaction import atomic
from models.vocabulary import EntryKind, EntryState, Sameness


@atomic
async def tell_apart(
    actor: Actor, entry_id: UUID, seen: int, other: tuple[UUID, int], now: datetime
) -> EntryComparison:
    """Staff: the other report (at the version they saw) tells of another fracture. Asked again when one changes.

    Raises NotFound or Stale.
    """
    participant, entry = await entry_as_seen(actor, entry_id, seen)
    other_id, version = other
    compared = await _other(participant, entry, other_id)
    if compared.version != version:
        raise Stale(version=compared.version, changed_since=[])
    return await _note(actor, participant, (entry, compared), Sameness.DIFFERENT, now, from_staff=True)


@atomic
async def compare(
    actor: Actor, participant_id: UUID, pair: tuple[UUID, UUID], said: Sameness, now: datetime
) -> EntryComparison:
    """A guardian's word about two reports; it links nothing, and said again it is the same word.

    Raises NotFound, or IllegalState when one is gone.
    """
    participant = await scope.locked_participant(actor, participant_id)
    entry = await DiaryEntry.get_or_none(id=pair[0], participant_id=participant.id)
    if entry is None:
        raise NotFound
    other = await _other(participant, entry, pair[1])
    for one in (entry, other):
        if one.state is EntryState.RETRACTED:
            raise IllegalState("One of the two was taken back", state=one.state)
    if word := await _said_already(actor, entry, other, said):
        return word
    return await _note(actor, participant, (entry, other), said, now, from_staff=False)


async def _said_already(
    actor: Actor, entry: DiaryEntry, other: DiaryEntry, said: Sameness
) -> EntryComparison | None:
    """The actor's last word about the two, where it is this one and they still stand as they did."""
    both = [entry.id, other.id]
    words = EntryComparison.filter(author_id=actor.account, one_id__in=both, other_id__in=both)
    last = await words.order_by("-seq").first()
    as_they_stand = {(entry.id, entry.version), (other.id, other.version)}
    return last if last and last.said is said and pair_in(last) == as_they_stand else None


async def _other(participant: Participant, entry: DiaryEntry, other_id: UUID) -> DiaryEntry:
    other = await DiaryEntry.get_or_none(id=other_id, participant_id=participant.id, kind=EntryKind.FRACTURE)
    if other is None or other.id == entry.id or entry.kind is not EntryKind.FRACTURE:
        raise NotFound
    return other


async def _note(
    actor: Actor, participant: Participant, pair: tuple[DiaryEntry, DiaryEntry], said: Sameness, now: datetime, *,
    from_staff: bool,
) -> EntryComparison:
    one, other = pair
    word = await EntryComparison.create(
        participant_id=participant.id, seq=await next_seq(participant), one_id=one.id, one_version=one.version,
        other_id=other.id, other_version=other.version, said=said, from_staff=from_staff, author_id=actor.account,
        at=now,
    )
    changes: Changes = {"entries": [None, [str(one.id), str(other.id)]], "said": [None, said]}
    await record(actor, actor.action, word, now, participant=participant, seq=word.seq, changes=changes)
    return word
