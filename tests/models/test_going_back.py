"""Going back to the version before families could invite: nobody gains access by it, and coming again works."""

from datetime import timedelta

import pytest

from backend.clock import utc_now
from models import Account, Guardianship, LinkingCode, Participant, Site
from models.migrator import migrate
from models.vocabulary import Relation, Role
from tests.models.conftest import opened


@pytest.fixture
async def family(database_url: str) -> dict[str, object]:
    """Leo with a locked father, and codes that the version before can't read rightly."""
    now = utc_now()
    async with opened(database_url):
        site = await Site.create(code="SE01", name="Stockholm", country="SE", timezone="UTC", language="sv")
        leo = await Participant.create(code="SE01-001", site=site, arm="postnatal", enrolled_at=now)
        for name in ("mia", "ben"):
            account = await Account.create(email=name, display_name=name, created_at=now)
            await Guardianship.create(
                account=account, participant=leo, role=Role.GUARDIAN, relation=Relation.OTHER_GUARDIAN,
                capabilities=["log"], starts_at=now, locked_at=now if name == "ben" else None,
                court_order_at=now if name == "ben" else None,
            )
        codes: list[dict[str, object]] = [
            {"role": Role.CARER, "by_family": True}, {"role": Role.CARER}, {"role": Role.GUARDIAN, "by_family": True},
            {"role": Role.GUARDIAN, "capabilities": ["log"]}, {"role": Role.GUARDIAN, "relation": Relation.MOTHER},
        ]
        for number, code in enumerate(codes):
            await LinkingCode.create(
                participant=leo, code_hash=str(number), issued_by_id=account.id, issued_at=now,
                expires_at=now + timedelta(days=7), **{"relation": Relation.FATHER} | code,
            )
    return {"now": now}


async def test_locked_father_and_limited_codes_have_ended(database_url: str, family: dict[str, object]) -> None:
    await migrate(database_url, "0006_on_behalf")
    await migrate(database_url)

    async with opened(database_url):
        ends = dict(await Guardianship.all().values_list("account__email", "ends_at"))
        assert ends == {"mia": None, "ben": family["now"]}
        living = await LinkingCode.filter(revoked_at__isnull=True).values_list("role", "relation")
        assert living == [(Role.GUARDIAN, Relation.MOTHER)]
