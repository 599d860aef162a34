"""The days from which a participant's visits are counted, as far as they are known."""

from datetime import date, datetime
from uuid import UUID

from backend.visits.rules import days_of_doses
from models import AnchorDay, AuditEvent, ConsentSignature, Dose, Participant, Site, Visit
from models.actions import Action
from models.protocol import Protocol
from models.protocol.visit_anchors import BIRTH, CONSENT, ENROLMENT, FIRST_DOSE, LAST_DOSE, dose_anchor
from models.visit_plan import KnownDays
from models.vocabulary import Collection, ConsentDecision, ParticipantKind, Relation
from notifications.local_time import local_date, zone_named


async def known_days(
    participant: Participant, visits: list[Visit], protocol: Protocol, *, from_consent: bool = True
) -> KnownDays:
    """All that the plan counts from; `visits` are the participant's. See `anchor_days` for `from_consent`."""
    doses = await doses_given(participant.id)
    return KnownDays(
        await anchor_days(participant, doses, protocol.file.doses.most, from_consent=from_consent),
        _days_that_stand(visits, days_of_doses(doses, protocol)),
        {visit.plan_code: visit.target_on for visit in visits},
    )


async def anchor_days(
    participant: Participant, doses: dict[int, date], most: int, *, from_consent: bool = True
) -> dict[str, date]:
    """By anchor, on the calendar of the site. Of the birth only the month is known: its first day counts.

    The last dose is that after which none is due. The first consent is looked up only where it counts.
    """
    zone = zone_named((await Site.get(id=participant.site_id)).timezone)
    consented_at = await _first_consent(participant) if from_consent else None
    known: dict[str, date | None] = {
        BIRTH: participant.birth_month, ENROLMENT: local_date(participant.enrolled_at, zone),
        CONSENT: local_date(consented_at, zone) if consented_at else None,
        FIRST_DOSE: doses.get(1), LAST_DOSE: doses.get(most),
        **{dose_anchor(number): day for number, day in doses.items()},
        **{str(row.anchor): row.on_day for row in await AnchorDay.filter(participant_id=participant.id)},
    }
    return {anchor: day for anchor, day in known.items() if day}


def _days_that_stand(visits: list[Visit], of_doses: dict[str, date]) -> dict[str, date]:
    """What took place, and what the records say. A dose says when its visit was, also before that is noted."""
    from_records = {visit.plan_code: visit.target_on for visit in visits if visit.protocol_hash is None}
    came = {visit.plan_code: visit.attended_on for visit in visits if visit.attended_on}
    return {**from_records, **came, **of_doses}


async def doses_given(participant_id: UUID) -> dict[int, date]:
    return {dose.number: dose.given_on for dose in await Dose.filter(participant_id=participant_id)}


async def _first_consent(participant: Participant) -> datetime | None:
    """When the last word was said that first opened the collection; later words and versions don't move it."""
    words = ConsentSignature.filter(participant_id=participant.id, decision=ConsentDecision.GIVEN)
    if participant.kind is not ParticipantKind.WOMAN and participant.custodians:
        words = words.exclude(relation=Relation.PARTICIPANT_SELF)
    opened = await _first_opening(participant.id)
    if opened:
        words = words.filter(seq__lt=opened)
    elif participant.collection is not Collection.OPEN:
        return None
    last = await words.order_by("-signed_at").first()
    return last.signed_at if last else None


async def _first_opening(participant_id: UUID) -> int | None:
    events = AuditEvent.filter(participant_id=participant_id, action=Action.COLLECTION_CHANGE).order_by("seq")
    return next((event.seq for event in await events if event.changes["collection"][1] == Collection.OPEN), None)
