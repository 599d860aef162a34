"""Enrolment under a pseudonym, and finding those enrolled."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta
from tortoise.expressions import Q

from backend.access.actor import Actor
from backend.access.scope import participant_for, participants_of, site_for
from backend.audit import Changes, note_read, record
from backend.consent.collection import settle_collection
from backend.errors import AlreadyExists, DoesNotFit, FindingsRefused, InvalidParameter
from backend.paging import Page, decode_cursor, encode_cursor, page_limit, page_of
from backend.participants.facts import attested, birth_findings, days_at_birth, first_day, woman_for
from backend.participants.schemas import NewParticipant
from backend.visits.recount import recount
from models import Participant
from models.protocol import Protocol
from models.transaction import atomic
from models.vocabulary import Arm, ParticipantKind

ShortCode = Annotated[str, Meta(max_length=20)]


@atomic
async def enrol(actor: Actor, protocol: Protocol, wanted: NewParticipant, now: datetime) -> Participant:
    """Enrol at the site that the code names; only its own staff may.

    Raises NotFound (not your site), AlreadyExists, DoesNotFit or FindingsRefused.
    """
    site = await site_for(actor, wanted.code.rpartition("-")[0])
    if wanted.arm not in protocol.file.arms:
        raise DoesNotFit(errors=[{"pointer": "/arm", "detail": "is not an arm of this study"}])
    custodians = attested(wanted.custodians)
    if findings := _findings(wanted, now):
        raise FindingsRefused(findings=findings)
    woman_id = await woman_for(wanted.woman_code, wanted.arm, site.id)
    participant = Participant(
        code=wanted.code, site=site, kind=wanted.kind, arm=wanted.arm, woman_id=woman_id, custodians=custodians,
        birth_month=first_day(wanted.birth_month),
        gestational_days=days_at_birth(wanted.gestational_weeks, wanted.gestational_days), enrolled_at=now,
    )
    # Not caught as an IntegrityError: on PostgreSQL that would have ended the transaction.
    await Participant.bulk_create([participant], ignore_conflicts=True)
    if not await Participant.exists(id=participant.id):
        raise AlreadyExists
    await record(actor, actor.action, participant, now, participant=participant, changes=_told(participant, wanted))
    await settle_collection(actor, protocol, participant, now)
    await recount(actor, participant, protocol, now)
    return participant


def _told(participant: Participant, wanted: NewParticipant) -> Changes:
    told = {
        "arm": wanted.arm, "birth_month": wanted.birth_month, "gestational_days": participant.gestational_days,
        "kind": wanted.kind, "woman": wanted.woman_code, "custodians": participant.custodians or None,
    }
    always = ("arm", "birth_month", "gestational_days", "kind")
    return {name: [None, value] for name, value in told.items() if name in always or value is not None}


def _findings(wanted: NewParticipant, now: datetime) -> list[dict[str, str]]:
    if wanted.kind is ParticipantKind.WOMAN:
        return _findings_of_woman(wanted)
    born = first_day(wanted.birth_month)
    findings = birth_findings(born, wanted.gestational_weeks, wanted.gestational_days, now)
    if born is None and wanted.arm != Arm.PRENATAL:
        findings.append({"code": "birth_month.missing", "field": "birth_month"})
    if wanted.woman_code is not None and wanted.arm != Arm.PRENATAL:
        findings.append({"code": "woman_code.wrong_arm", "field": "woman_code"})
    return findings


def _findings_of_woman(wanted: NewParticipant) -> list[dict[str, str]]:
    """She is of the prenatal arm, consents for herself, and nothing about a birth of hers is kept."""
    findings = [] if wanted.arm == Arm.PRENATAL else [{"code": "woman.wrong_arm", "field": "arm"}]
    of_a_child = ("birth_month", "gestational_weeks", "gestational_days", "woman_code", "custodians")
    return findings + [{"code": f"{name}.of_a_child", "field": name} for name in of_a_child
                       if getattr(wanted, name) not in (None, [])]


async def enrolled(actor: Actor, code_starts: str, cursor: str | None, limit: int) -> Page[Participant]:
    """Those on whom the actor may look, by code. Raises InvalidParameter."""
    starts = code_starts.strip().upper()
    if not all(letter.isascii() and (letter.isalnum() or letter == "-") for letter in starts):
        raise InvalidParameter("code_starts is no beginning of a participant's code")
    chosen = participants_of(actor).filter(code__startswith=starts) if starts else participants_of(actor)
    if after := decode_cursor(cursor, ShortCode):
        chosen = chosen.filter(code__gt=after[0])
    found = await chosen.order_by("code").limit(page_limit(limit) + 1).select_related("site")
    return page_of(found, limit, lambda last: encode_cursor(last.code))


async def kin_of(actor: Actor, participant: Participant) -> list[Participant]:
    """The woman of a child and the children of a woman, as far as the actor may look on them."""
    own = Q(woman_id=participant.id)
    if participant.woman_id:
        own |= Q(id=participant.woman_id)
    return await participants_of(actor).filter(own).order_by("code")


async def open_record(actor: Actor, participant_id: UUID, now: datetime) -> Participant:
    """One participant's record; that it was opened is noted. Raises NotFound."""
    participant = await participant_for(actor, participant_id)
    await participant.fetch_related("site")
    await note_read(actor, participant.id, now)
    return participant
