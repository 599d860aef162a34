"""When what was signed will not be enough any more: the child comes of age, or a newer version will be required.

The rules themselves stand in `backend/consent`; here only the two moments are foreseen, so that nobody is surprised.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time
from uuid import UUID

from models import ConsentDocument, ConsentSignature, Guardianship, Participant, Site
from models.protocol import Protocol
from models.vocabulary import Collection, ConsentAudience, ConsentDecision, ParticipantKind, Role
from notifications.local_time import to_utc, zone_named
from notifications.planning.facts import ConsentEnd

SIGNS = frozenset({Role.GUARDIAN, Role.PARTICIPANT})


async def consent_ends_of(
    children: set[UUID], links: Iterable[Guardianship], protocol: Protocol, now: datetime, until: datetime
) -> dict[UUID, list[ConsentEnd]]:
    """Of children whose entries are taken in now; told is who signs: nobody who was invited by a guardian."""
    found: dict[UUID, list[ConsentEnd]] = defaultdict(list)
    asked = [link for link in links if link.invited_by_id is None and link.role in SIGNS
             and _is_asked(link.participant, protocol)]
    if not asked:
        return found
    sites = {site.id: site for site in await Site.filter(id__in={link.participant.site_id for link in asked})}
    documents = await ConsentDocument.filter(required_from__gt=now, required_from__lte=until).only(
        "id", "code", "version", "audience", "site_id", "arm", "required_from")
    decided = await _decided(children, documents)
    for child in {link.participant_id: link.participant for link in asked}.values():
        own = [link for link in asked if link.participant_id == child.id]
        site = sites[child.site_id]
        found[child.id] = [*_comes_of_age(child, site, protocol, own, (now, until)),
                           *_newer_versions(child, site, documents, own, decided)]
    return found


def _is_asked(child: Participant, protocol: Protocol) -> bool:
    return child.collection is Collection.OPEN and child.arm in protocol.file.consent.arms


def _comes_of_age(
    child: Participant, site: Site, protocol: Protocol, links: list[Guardianship], span: tuple[datetime, datetime]
) -> Iterable[ConsentEnd]:
    """Only the month of birth is known: the day is its first, as `backend/consent/ages.py` has it."""
    if child.birth_month is None or child.kind is ParticipantKind.WOMAN:
        return
    day = date(child.birth_month.year + protocol.country(site.country).adult_at, child.birth_month.month, 1)
    zone = zone_named(site.timezone)
    at = to_utc(datetime.combine(day, time()), zone)
    if span[0] < at <= span[1]:
        yield ConsentEnd(child.id, at, zone, frozenset(link.account_id for link in links))


def _newer_versions(
    child: Participant, site: Site, documents: list[ConsentDocument], links: list[Guardianship],
    decided: set[tuple[UUID, UUID, str, str]],
) -> Iterable[ConsentEnd]:
    """For each who has signed an older version of that text and not this one."""
    fitting: dict[tuple[str, str], list[ConsentDocument]] = defaultdict(list)
    for document in documents:
        if document.site_id in (None, child.site_id) and document.arm in (None, child.arm):
            fitting[document.code, document.version].append(document)
    for (code, version), rows in fitting.items():
        accounts = frozenset(
            link.account_id for link in links if (child.id, link.account_id, code, version) not in decided
            and any(one[:3] == (child.id, link.account_id, code) for one in decided)
        )
        at = min(row.required_from for row in rows if row.required_from)
        if accounts:
            yield ConsentEnd(min(row.id for row in rows), at, zone_named(site.timezone), accounts)


async def _decided(
    children: set[UUID], documents: list[ConsentDocument]
) -> set[tuple[UUID, UUID, str, str]]:
    """Participant, signer, code and version."""
    codes = {document.code for document in documents if document.audience is not ConsentAudience.CHILD}
    if not codes:
        return set()
    given = ConsentSignature.filter(
        participant_id__in=children, document__code__in=codes, decision=ConsentDecision.GIVEN)
    columns = ("participant_id", "signer_id", "document__code", "document__version")
    return set(await given.values_list(*columns))
