"""Building the cohort: the same use cases that phones and staff call, with the clock of two years ago."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import pyotp

from backend.access.actor import Actor, Guardian
from backend.access.passwords import hash_password
from backend.audit import record
from backend.demo.consents import add_texts, custodians_sign
from backend.demo.people import FAMILIES, PASSWORD, STAFF, Family, address_of
from backend.participants.capabilities import CAPABILITIES
from backend.participants.enrolment import enrol
from backend.participants.schemas import NewParticipant
from backend.wiring import Wiring
from models import Account, Guardianship, Participant, Session, Site, StaffRole
from models.actions import Action
from models.transaction import atomic
from models.vocabulary import Relation, Role, SessionKind

TWO_YEARS = timedelta(days=730)
COORDINATORS = {"SE01": "nora", "GB01": "otto"}
ZONES = {"SE01": ("en", "Europe/Stockholm"), "GB01": ("en", "Europe/London")}


@dataclass
class Cast:
    """Everybody as an actor."""

    staff: dict[str, Actor]
    families: list[tuple[Family, Participant, dict[str, Actor]]]


@atomic
async def build_people(wiring: Wiring, now: datetime) -> Cast:
    """Staff with an authenticator, families with signed-in phones, everybody enrolled two years ago."""
    began = now - TWO_YEARS
    password_hash = await hash_password(PASSWORD)
    sites = {site.code: site.id for site in await Site.all()}
    staff = {}
    for person in STAFF:
        account = await _account(person.name, password_hash, began, staff=True, site=person.site or "SE01")
        account.totp_secret = wiring.seal.close(pyotp.random_base32())
        await account.save(update_fields=["totp_secret"])
        site_id = sites[person.site] if person.site else None
        await StaffRole.create(account=account, role=person.role, site_id=site_id, starts_at=began)
        staff[person.name] = Actor(account.id, None, Action.PARTICIPANT_ENROL, ((person.role, site_id),))
    for site, name in COORDINATORS.items():
        await add_texts(wiring, site, staff[name], began)
    families = [await _enrolled(wiring, family, staff, password_hash, began) for family in FAMILIES]
    return Cast(staff, families)


def coordinator_of(cast: Cast, family: Family) -> Actor:
    return cast.staff[COORDINATORS[family.site]]


async def _enrolled(
    wiring: Wiring, family: Family, staff: dict[str, Actor], password_hash: str, began: datetime
) -> tuple[Family, Participant, dict[str, Actor]]:
    coordinator = staff[COORDINATORS[family.site]]
    wanted = NewParticipant(code=family.code, arm=family.arm, birth_month=family.born, gestational_weeks=38,
                            custodians=family.custodians)
    participant = await enrol(coordinator.acting(Action.PARTICIPANT_ENROL), wiring.protocol, wanted, began)
    people = {}
    for name, relation in family.people:
        account = await _account(name, password_hash, began, staff=False, site=family.site)
        people[name] = await _guardian(account, participant, relation, began)
    await custodians_sign(wiring, family, participant, people, coordinator, began=began)
    return family, participant, people


async def _account(name: str, password_hash: str, began: datetime, *, staff: bool, site: str) -> Account:
    language, timezone = ZONES[site]
    return await Account.create(
        email=address_of(name, staff=staff), email_verified_at=began, display_name=name.capitalize(),
        password_hash=password_hash, language=language, timezone=timezone, created_at=began,
    )


async def _guardian(account: Account, participant: Participant, relation: Relation, began: datetime) -> Actor:
    role = Role.CARER if relation is Relation.GRANDPARENT else Role.GUARDIAN
    link = await Guardianship.create(
        account=account, participant=participant, role=role, relation=relation, capabilities=CAPABILITIES[role],
        starts_at=began,
    )
    session = await Session.create(
        account=account, kind=SessionKind.APP, device_name="phone", token_hash="ended", created_at=began,  # noqa: S106
        last_seen_at=began, expires_at=began, app_version="1.0",
    )
    site_id: UUID = participant.site_id
    speaks = Guardian(role, relation, frozenset(CAPABILITIES[role]), site_id, participant.birth_month)
    actor = Actor(account.id, session.id, Action.DIARY_WRITE, guardians={participant.id: speaks},
                  app_version="1.0", timezone=account.timezone)
    await record(actor, Action.GUARDIANSHIP_START, link, began, participant=participant,
                 changes={"role": [None, role], "relation": [None, relation]})
    return actor
