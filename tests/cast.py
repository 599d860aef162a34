"""The people of the test study. Stockholm is SE01, London GB01; Otto and Eve exist to be refused.

Leo, 7, is a participant at Stockholm. Mia is his mother, Ben his father, Greta his grandmother who may only report.
Tom is a participant at London, Eve his mother. Nora coordinates Stockholm, Iris investigates there, Otto coordinates
London, Max monitors (reads only) both, Dana manages the data of both, Alma administers, Bea reads blinded and Dag is
on duty at Stockholm.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

import httpx
from litestar import Litestar

from backend.access.actor import Actor
from backend.access.fast_path import load_actor
from backend.access.passwords import hash_password
from backend.access.seal import new_secret, secret_hash
from backend.clock import utc_now
from backend.settings import Settings
from backend.wiring import Wiring, prepare_study, wire
from models import Account, Guardianship, Participant, Session, Site, StaffRole
from models.actions import Action
from models.database import close_database, open_database
from models.vocabulary import Arm, Capability, Relation, Role, SessionKind

PASSWORD = "correct horse battery staple"
FULL = [Capability.LOG, Capability.SEE, Capability.ANSWER, Capability.INVITE]


@dataclass
class Person:
    account: Account
    session: Session
    token: str

    @property
    def id(self) -> UUID:
        return self.account.id


@dataclass
class Cast:
    wiring: Wiring
    now: datetime
    people: dict[str, Person] = field(default_factory=dict)
    participants: dict[str, Participant] = field(default_factory=dict)
    sites: dict[str, Site] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Person:
        if name in self.__dict__.get("people", {}):
            return self.people[name]
        raise AttributeError(name)

    @property
    def leo(self) -> Participant:
        return self.participants["leo"]

    @property
    def tom(self) -> Participant:
        return self.participants["tom"]

    async def person(self, name: str, language: str = "en", timezone: str = "Europe/Stockholm") -> Person:
        account = await Account.create(
            email=f"{name}@example.org", email_verified_at=self.now, display_name=name.capitalize(),
            language=language, timezone=timezone, created_at=self.now,
        )
        session = await Session.create(
            account=account, kind=SessionKind.APP, token_hash=secret_hash(new_secret()), created_at=self.now,
            last_seen_at=self.now, proved_at=self.now,
            expires_at=self.now + timedelta(days=90), device_name=f"{name}'s phone",
        )
        token = await self.wiring.tokens.issue(account.id, session.id, self.now)
        self.people[name] = Person(account, session, token)
        return self.people[name]

    async def staff(self, name: str, role: Role, site: str | None) -> None:
        person = await self.person(name)
        await StaffRole.create(
            account=person.account, site=self.sites[site] if site else None, role=role, starts_at=self.now,
        )

    async def guardian(
        self, name: str, participant: Participant, relation: Relation, role: Role = Role.GUARDIAN,
        capabilities: list[Capability] | None = None,
    ) -> None:
        person = self.people.get(name) or await self.person(name)
        await Guardianship.create(
            account=person.account, participant=participant, role=role, relation=relation,
            capabilities=capabilities or FULL, starts_at=self.now,
        )

    async def participant(self, name: str, code: str, born: date) -> Participant:
        self.participants[name] = await Participant.create(
            code=code, site=self.sites[code[:4]], arm=Arm.POSTNATAL, birth_month=born, gestational_days=266,
            custodians=["mother", "father"] if code.startswith("SE") else ["mother"], enrolled_at=self.now,
        )
        return self.participants[name]

    async def actor(self, name: str, action: Action) -> Actor:
        """The person as a use case sees it."""
        found = await load_actor(self.people[name].session.id, action, self.now)
        assert found
        return found[0]


async def assemble_in(settings: Settings) -> Cast:
    """Everybody in the database of an installation whose server is about to start; PASSWORD lets them in."""
    await open_database(settings.database_url, 2)
    try:
        wiring = wire(settings)
        await prepare_study(wiring, utc_now())
        cast = await assemble(wiring, utc_now() - timedelta(minutes=1))
        await Account.all().update(password_hash=await hash_password(PASSWORD))
        return cast
    finally:
        await close_database()


async def assemble(wiring: Wiring, now: datetime) -> Cast:
    """Everybody, signed in (app sessions with valid tokens)."""
    cast = Cast(wiring, now)
    cast.sites = {site.code: site for site in await Site.all()}
    leo = await cast.participant("leo", "SE01-001", date(2019, 5, 1))
    tom = await cast.participant("tom", "GB01-001", date(2020, 2, 1))
    await cast.guardian("mia", leo, Relation.MOTHER)
    await cast.guardian("ben", leo, Relation.FATHER)
    await cast.guardian("greta", leo, Relation.GRANDPARENT, Role.CARER, [Capability.LOG])
    await cast.guardian("eve", tom, Relation.MOTHER)
    for name, role, site in (
        ("nora", Role.COORDINATOR, "SE01"), ("iris", Role.INVESTIGATOR, "SE01"), ("otto", Role.COORDINATOR, "GB01"),
        ("max", Role.MONITOR, None), ("dana", Role.DATA_MANAGER, None), ("alma", Role.ADMINISTRATOR, None),
        ("bea", Role.BLINDED_READER, None), ("dag", Role.DUTY_PERSON, "SE01"),
    ):
        await cast.staff(name, role, site)
    return cast


def client_for(app: Litestar, person: Person | None = None) -> httpx.AsyncClient:
    """An HTTP client signed in as that person (or nobody)."""
    headers = {"Authorization": f"Bearer {person.token}"} if person else {}
    # raise_app_exceptions=False: a bug must show as the 500 a phone would get
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://localhost:8000", headers=headers)
