"""Linking codes: a one-time code, from staff or in an invitation, makes its bearer's account a guardianship."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import segno
from tortoise.queryset import QuerySet

from backend.access.actor import Actor
from backend.access.open_codes import open_codes, void_codes
from backend.access.scope import locked_participant, participant_for
from backend.audit import Changes, record
from backend.consent.ages import age_on
from backend.errors import CourtOrder, DoesNotFit, FindingsRefused, IllegalState, NoAppAccount, NotFound
from backend.paging import Page, decode_cursor, encode_cursor, page_limit, page_of
from backend.participants.capabilities import granted
from backend.participants.code_alphabet import as_shown, new_code
from backend.participants.invited import is_over
from backend.participants.schemas import IssuedCode, NewLinkingCode, linking_state
from backend.wiring import Wiring
from models import Guardianship, LinkingCode, Participant, Site
from models.protocol import Protocol
from models.transaction import atomic
from models.vocabulary import Capability, ParticipantKind, ParticipantState, Relation, Role

LIFETIME = timedelta(days=7)
"""Letters take days. Never below 72 hours."""
LATEST_END = timedelta(days=50 * 365)
ENDED = frozenset({ParticipantState.WITHDRAWN, ParticipantState.DIED})


@dataclass(frozen=True, slots=True)
class Issued:
    """The code in clear: shown once."""

    row: LinkingCode
    code: str
    deep_link: str
    qr_svg: str

    def shown(self) -> IssuedCode:
        return IssuedCode(self.row.id, self.code, self.deep_link, self.qr_svg, self.row.expires_at)


@dataclass(frozen=True, slots=True)
class Promise:
    """What the bearer's guardianship will be."""

    role: Role
    relation: Relation
    capabilities: list[Capability] | None
    """None = all that the role has."""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    replaces_id: UUID | None = None
    by_family: bool = False


@atomic
async def issue_linking_code(
    actor: Actor, wiring: Wiring, participant_id: UUID, wanted: NewLinkingCode, *, now: datetime
) -> Issued:
    """Issue a code; an older one of the site for the same relation is revoked (carers: several may stand in one).

    Raises NotFound, IllegalState (withdrawn, died, or what it replaces is over or locked), DoesNotFit (role and
    relation don't go together), NoAppAccount, CourtOrder, CapabilityEscalation or FindingsRefused.
    """
    participant = await locked_participant(actor, participant_id)
    role = Role(wanted.role)
    require_fitting(participant, role, wanted.relation)
    if participant.arm not in wiring.protocol.file.consent.arms:
        raise NoAppAccount
    await _require_not_barred(participant, wanted.relation)
    if role is Role.PARTICIPANT:
        await _require_of_age(wiring.protocol, participant, now)
    capabilities = None if wanted.capabilities is None else granted(role, wanted.capabilities)
    promise = Promise(
        role, wanted.relation, capabilities, *sound_span(wanted.starts_at, wanted.ends_at, now), wanted.replaces,
    )
    if wanted.replaces:
        promise = await _as_before(participant, promise, wanted.replaces, now)
    older = open_codes(participant).filter(relation=wanted.relation, by_family=False).exclude(role=Role.CARER)
    revoked = 0 if role is Role.CARER else await void_codes(older, now)
    return await make_code(actor, wiring, participant, promise, revoked, now=now)


async def _require_not_barred(participant: Participant, relation: Relation) -> None:
    """A code lets in whoever holds it, under any name: none for a relation against which a court order stands."""
    barred = Guardianship.filter(participant_id=participant.id, relation=relation, court_order_at__isnull=False)
    if await barred.exists():
        raise CourtOrder("A court order stands against this relation; no code can be issued for it until it is lifted")


async def make_code(
    actor: Actor, wiring: Wiring, participant: Participant, promise: Promise, revoked: int, *, now: datetime
) -> Issued:
    """The caller holds the participant's lock and has revoked what this one takes the place of."""
    code = new_code()
    row = await LinkingCode.create(
        participant=participant, role=promise.role, relation=promise.relation, issued_by_id=actor.account,
        code_hash=code_hash(wiring, code), issued_at=now, expires_at=now + LIFETIME,
        capabilities=promise.capabilities, guardianship_starts_at=promise.starts_at,
        guardianship_ends_at=promise.ends_at, replaces_id=promise.replaces_id, by_family=promise.by_family,
    )
    await record(actor, actor.action, row, now, participant=participant, changes=_told(promise, revoked))
    return _in_clear(wiring, row, code)


def _in_clear(wiring: Wiring, row: LinkingCode, code: str) -> Issued:
    # After the #, a browser keeps it to itself: no log on the way ever sees it.
    link = f"{wiring.settings.public_url.rstrip('/')}/link#{code}"
    return Issued(row, as_shown(code), link, segno.make(link, error="m").svg_inline(scale=6))


async def issued_code(
    actor: Actor, wiring: Wiring, participant_id: UUID, linking_code_id: UUID, code: str
) -> Issued:
    """What was issued a moment ago, for whoever still holds the code in clear. Raises NotFound."""
    participant = await participant_for(actor, participant_id)
    row = await open_codes(participant).get_or_none(id=linking_code_id, code_hash=code_hash(wiring, code))
    if row is None:
        raise NotFound
    return _in_clear(wiring, row, code)


def _told(promise: Promise, revoked: int) -> Changes:
    told: Changes = {"relation": [None, promise.relation], "role": [None, promise.role], "revoked": [0, revoked]}
    said = {
        "capabilities": promise.capabilities, "replaces": promise.replaces_id and str(promise.replaces_id),
        "starts_at": promise.starts_at and promise.starts_at.isoformat(),
        "ends_at": promise.ends_at and promise.ends_at.isoformat(),
    }
    return told | {name: [None, value] for name, value in said.items() if value is not None}


def code_hash(wiring: Wiring, code: str) -> str:
    return wiring.seal.keyed_hash("linking:" + code)


def require_fitting(participant: Participant, role: Role, relation: Relation) -> None:
    """Raises IllegalState or DoesNotFit."""
    if participant.state in ENDED:
        raise IllegalState(state=participant.state)
    is_self = relation == Relation.PARTICIPANT_SELF
    if is_self != (role is Role.PARTICIPANT) or relation == Relation.SITE_STAFF:
        raise DoesNotFit(errors=[{"pointer": "/relation", "detail": "does not go with this role"}])
    if participant.kind is ParticipantKind.WOMAN and not is_self:
        raise DoesNotFit(errors=[{"pointer": "/role", "detail": "must be participant: she speaks for herself"}])


def sound_span(
    starts_at: datetime | None, ends_at: datetime | None, now: datetime
) -> tuple[datetime | None, datetime | None]:
    """From when to when a guardianship shall hold; a start in the past means at once. Raises FindingsRefused."""
    findings = []
    latest = now + LATEST_END
    if ends_at is not None and ends_at <= now:
        findings.append({"code": "ends_at.in_past", "field": "ends_at"})
    if ends_at is not None and starts_at is not None and ends_at <= starts_at:
        findings.append({"code": "ends_at.before_start", "field": "ends_at"})
    findings += [{"code": f"{field}.too_late", "field": field}
                 for field, at in (("starts_at", starts_at), ("ends_at", ends_at)) if at is not None and at > latest]
    if findings:
        raise FindingsRefused(findings=findings)
    return (starts_at if starts_at and starts_at > now else None), ends_at


async def _require_of_age(protocol: Protocol, participant: Participant, now: datetime) -> None:
    """Raises FindingsRefused unless the child is surely old enough here for an account of its own."""
    if participant.kind is ParticipantKind.WOMAN:
        return
    site = await Site.get(id=participant.site_id)
    rule = protocol.country(site.country)
    today = now.astimezone(ZoneInfo(site.timezone)).date()
    # A birthday may be the last day of its month: only when the month is over, it was surely there.
    surely = age_on(participant.birth_month, today.replace(day=1) - timedelta(days=1))
    if surely < (rule.own_account_from or rule.adult_at):
        raise FindingsRefused(findings=[{"code": "own_account.too_young", "field": "role"}])


async def _as_before(participant: Participant, promise: Promise, replaces: UUID, now: datetime) -> Promise:
    """The same person with another account: the same place, and unless said otherwise the same rights and end."""
    old = await Guardianship.get_or_none(id=replaces, participant_id=participant.id)
    if old is None or (old.role, old.relation) != (promise.role, promise.relation):
        wrong = {"pointer": "/replaces", "detail": "is no guardianship of this participant in this role and relation"}
        raise DoesNotFit(errors=[wrong])
    if old.court_order_at is not None or old.locked_at is not None:
        raise IllegalState(state="locked")
    if is_over(old, now):
        raise IllegalState(state="ended")
    capabilities = promise.capabilities or [Capability(word) for word in old.capabilities]
    return Promise(
        promise.role, promise.relation, capabilities, promise.starts_at, promise.ends_at or old.ends_at, replaces,
    )


async def linking_codes_of(
    actor: Actor, participant_id: UUID, cursor: str | None, limit: int
) -> Page[LinkingCode]:
    """Newest first; the codes themselves are known to nobody any more. Raises NotFound."""
    participant = await participant_for(actor, participant_id)
    return await page_of_codes(LinkingCode.filter(participant_id=participant.id), cursor, limit)


async def page_of_codes(chosen: QuerySet[LinkingCode], cursor: str | None, limit: int) -> Page[LinkingCode]:
    if after := decode_cursor(cursor, UUID):
        chosen = chosen.filter(id__lt=after[0])
    found = await chosen.order_by("-id").limit(page_limit(limit) + 1)
    return page_of(found, limit, lambda last: encode_cursor(last.id))


@atomic
async def revoke_linking_code(
    actor: Actor, participant_id: UUID, linking_code_id: UUID, now: datetime
) -> None:
    """From now on nobody can redeem it. Raises NotFound, or IllegalState when it was redeemed or revoked."""
    participant = await locked_participant(actor, participant_id)
    await revoke(actor, participant, LinkingCode.filter(id=linking_code_id, participant_id=participant.id), now)


async def revoke(actor: Actor, participant: Participant, chosen: QuerySet[LinkingCode], now: datetime) -> None:
    """The one code of `chosen`. The caller holds the participant's lock."""
    row = await chosen.first()
    if row is None:
        raise NotFound
    if row.redeemed_at is not None or row.revoked_at is not None:
        raise IllegalState(state=linking_state(row, now))
    row.revoked_at = now
    await row.save(update_fields=["revoked_at"])
    await record(actor, actor.action, row, now, participant=participant)
