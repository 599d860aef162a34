"""Adding a text, and reading those there are. What was added is never changed: another wording is another version."""

import hashlib
from datetime import datetime
from uuid import UUID

from tortoise.expressions import Q

from backend.access import scope
from backend.access.actor import Actor
from backend.access.permissions import sites_for
from backend.audit import record
from backend.consent.documents import EVERYTHING_BUT_THE_TEXT
from backend.consent.schemas import LARGEST_TEXT, NewConsentDocument
from backend.errors import AlreadyExists, DoesNotFit, FindingsRefused, NotFound
from backend.paging import Page, decode_cursor, encode_cursor, page_limit, page_of
from models import ConsentDocument, Participant, Site
from models.participation import ENDINGS
from models.protocol import Protocol
from models.transaction import atomic

YEARS = range(2000, 2200)


@atomic
async def add_document(
    actor: Actor, protocol: Protocol, wanted: NewConsentDocument, now: datetime
) -> tuple[ConsentDocument, Site | None]:
    """Everybody whom it may concern is looked at again on the day from which it holds.

    Raises NotFound (not your site; all sites without working for all), AlreadyExists, DoesNotFit, FindingsRefused.
    """
    site = await _site_for(actor, wanted.site)
    if len(wanted.body.encode()) > LARGEST_TEXT:
        raise DoesNotFit(errors=[{"pointer": "/body", "detail": f"is larger than {LARGEST_TEXT} bytes"}])
    if wanted.arm and wanted.arm not in protocol.file.arms:
        raise DoesNotFit(errors=[{"pointer": "/arm", "detail": "is not an arm of this study"}])
    if findings := _findings(wanted) or await _clash(wanted):
        raise FindingsRefused(findings=findings)
    document = ConsentDocument(
        code=wanted.code, version=wanted.version, audience=wanted.audience, site=site, arm=wanted.arm,
        language=wanted.language, age_from=wanted.age_from, age_to=wanted.age_to, title=wanted.title,
        body=wanted.body, body_hash=hashlib.sha256(wanted.body.encode()).hexdigest(), valid_from=wanted.valid_from,
        required_from=wanted.required_from, created_by_id=actor.account, created_at=now,
    )
    # Not caught as an IntegrityError: on PostgreSQL that would have ended the transaction.
    await ConsentDocument.bulk_create([document], ignore_conflicts=True)
    if not await ConsentDocument.exists(id=document.id):
        raise AlreadyExists
    await record(actor, actor.action, document, now, changes={
        "code": [None, document.code], "version": [None, document.version], "body_hash": [None, document.body_hash],
        "valid_from": [None, document.valid_from.isoformat()],
    })
    await _look_again(protocol, document, now)
    return document, site


async def _site_for(actor: Actor, code: str | None) -> Site | None:
    """Without a code all sites, for whoever may act at all of them. Raises NotFound."""
    if code:
        return await scope.site_for(actor, code)
    if sites_for(actor) is not None:
        raise NotFound
    return None


def _findings(wanted: NewConsentDocument) -> list[dict[str, str]]:
    findings = []
    days = {"valid_from": wanted.valid_from, "required_from": wanted.required_from}
    findings += [{"code": "day.not_plausible", "field": name} for name, day in days.items()
                 if day is not None and day.year not in YEARS]
    if wanted.required_from and wanted.required_from < wanted.valid_from:
        findings.append({"code": "required_from.before_valid_from", "field": "required_from"})
    if wanted.age_from is not None and wanted.age_to is not None and wanted.age_to < wanted.age_from:
        findings.append({"code": "age_to.below_age_from", "field": "age_to"})
    return findings


async def _clash(wanted: NewConsentDocument) -> list[dict[str, str]]:
    """A code means one text for one audience, for ever."""
    others = ConsentDocument.filter(code=wanted.code).exclude(audience=wanted.audience)
    return [{"code": "audience.differs_from_older_version", "field": "audience"}] if await others.exists() else []


async def _look_again(protocol: Protocol, document: ConsentDocument, now: datetime) -> None:
    """The timetable settles them from that moment on. (Their numbers don't move: nothing about them has changed.)"""
    moment = max(document.valid_from, now)
    chosen = Participant.filter(
        Q(settle_at=None) | Q(settle_at__gt=moment), arm__in=protocol.file.consent.arms,
    ).exclude(state__in=list(ENDINGS))
    if document.site_id:
        chosen = chosen.filter(site_id=document.site_id)
    if document.arm:
        chosen = chosen.filter(arm=document.arm)
    await chosen.update(settle_at=moment)


async def documents_of(
    actor: Actor, cursor: str | None, limit: int
) -> tuple[Page[ConsentDocument], dict[UUID, str]]:
    """Without their texts, oldest first; and the codes of all sites."""
    chosen = scope.consent_documents_of(actor)
    if after := decode_cursor(cursor, UUID):
        chosen = chosen.filter(id__gt=after[0])
    found = await chosen.order_by("id").limit(page_limit(limit) + 1).only(*EVERYTHING_BUT_THE_TEXT)
    return page_of(found, limit, lambda last: encode_cursor(last.id)), await site_codes()


async def document_of(actor: Actor, document_id: UUID) -> ConsentDocument:
    """Raises NotFound."""
    found = await scope.consent_documents_of(actor).filter(id=document_id).first()
    if found is None:
        raise NotFound
    return found


async def site_codes() -> dict[UUID, str]:
    return dict(await Site.all().values_list("id", "code"))
