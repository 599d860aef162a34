"""Enrolment under a pseudonym, and finding those enrolled."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from backend.access.actor import Actor
from backend.access.permissions import sites_for
from backend.access.scope import participant_for, participants_of
from backend.audit import note_read, record
from backend.errors import AlreadyExists, FindingsRefused, InvalidBody, InvalidParameter, NotFound
from backend.paging import Page, decode_cursor, encode_cursor, page_limit, page_of
from backend.participants.schemas import NewParticipant
from models import Participant, Site
from models.protocol import Protocol
from models.transaction import atomic
from models.vocabulary import Arm

ShortCode = Annotated[str, Meta(max_length=20)]


@atomic
async def enrol(actor: Actor, protocol: Protocol, wanted: NewParticipant, now: datetime) -> Participant:
    """Enrol at the site that the code names; only its own staff may.

    Raises NotFound (not your site), AlreadyExists, InvalidBody or FindingsRefused.
    """
    site = await _site_for(actor, wanted.code.rpartition("-")[0])
    if wanted.arm not in protocol.file.arms:
        raise InvalidBody(errors=[{"pointer": "/arm", "detail": "is not an arm of this study"}])
    if findings := _findings(wanted, now):
        raise FindingsRefused(findings=findings)
    participant = Participant(
        code=wanted.code, site=site, arm=wanted.arm, birth_month=_first_day(wanted.birth_month),
        gestational_days=_days(wanted), enrolled_at=now,
    )
    # Not caught as an IntegrityError: on PostgreSQL that would have ended the transaction.
    await Participant.bulk_create([participant], ignore_conflicts=True)
    if not await Participant.exists(id=participant.id):
        raise AlreadyExists
    await record(
        actor, actor.action, participant, now, participant=participant,
        changes={"arm": [None, wanted.arm], "birth_month": [None, wanted.birth_month],
                 "gestational_days": [None, participant.gestational_days]},
    )
    return participant


async def _site_for(actor: Actor, code: str) -> Site:
    site = await Site.get_or_none(code=code)
    sites = sites_for(actor)
    if site is None or (sites is not None and site.id not in sites):
        raise NotFound
    return site


def _findings(wanted: NewParticipant, now: datetime) -> list[dict[str, str]]:
    findings = []
    born = _first_day(wanted.birth_month)
    if born is None and wanted.arm != Arm.PRENATAL:
        findings.append({"code": "birth_month.missing", "field": "birth_month"})
    if born is not None and born > now.date():
        findings.append({"code": "birth_month.in_future", "field": "birth_month"})
    if wanted.gestational_weeks is None and wanted.gestational_days is not None:
        findings.append({"code": "gestational_weeks.missing", "field": "gestational_weeks"})
    if born is None and wanted.gestational_weeks is not None:
        findings.append({"code": "gestational_weeks.before_birth", "field": "gestational_weeks"})
    return findings


def _first_day(month: str | None) -> date | None:
    return date.fromisoformat(month.strip() + "-01") if month else None


def _days(wanted: NewParticipant) -> int | None:
    if wanted.gestational_weeks is None:
        return None
    return wanted.gestational_weeks * 7 + (wanted.gestational_days or 0)


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


async def open_record(actor: Actor, participant_id: UUID, now: datetime) -> Participant:
    """One participant's record; that it was opened is noted. Raises NotFound."""
    participant = await participant_for(actor, participant_id)
    await participant.fetch_related("site")
    await note_read(actor, participant.id, now)
    return participant
