"""A new version in one language only: whoever adds it is told in which languages the families still lack it."""

from datetime import timedelta

from models import Account, Participant, Site
from models.vocabulary import Arm, ParticipantState
from tests.backend.consent.test_documents import URL, wanted


async def missing(as_, who="nora", **more) -> list[str]:
    answer = await as_(who).post(f"{URL}/", json=wanted(**more))
    assert answer.status_code == 201, answer.text
    return answer.json()["missing_languages"]


async def test_languages_of_the_sites_families_and_of_the_site_are_named_until_they_are_there(as_, cast):
    await Account.filter(id=cast.ben.id).update(language="fi-FI")
    await Site.filter(code="SE01").update(language="sv")

    assert await missing(as_, language="sv") == ["en", "fi"]
    assert await missing(as_, language="en") == ["fi"]
    assert await missing(as_, language="fi") == []
    listed = (await as_("nora").get(f"{URL}/")).json()["items"]
    assert [row["missing_languages"] for row in listed] == [[], [], []]


async def test_a_new_version_lacks_them_again_and_the_old_one_lacks_nothing(as_, cast, now):
    await missing(as_, language="sv", version="1")

    assert await missing(as_, language="sv", version="2", valid_from=(now - timedelta(hours=1)).isoformat()) == ["en"]
    listed = (await as_("nora").get(f"{URL}/")).json()["items"]
    assert [(row["version"], row["missing_languages"]) for row in listed] == [("1", []), ("2", ["en"])]


async def test_only_families_whom_the_text_addresses_count(as_, cast):
    await Account.filter(id=cast.ben.id).update(language="fi")
    await Participant.filter(id=cast.leo.id).update(arm=Arm.POSTNATAL)

    assert "fi" not in await missing(as_, "otto", site="GB01")
    assert "fi" not in await missing(as_, language="sv", arm="prenatal", version="2")
    assert "fi" in await missing(as_, "alma", site=None, version="3")
    await Participant.filter(id=cast.leo.id).update(state=ParticipantState.WITHDRAWN)
    assert "fi" not in await missing(as_, "alma", site=None, version="4")


async def test_text_for_one_site_does_not_help_the_families_of_another(as_, cast):
    await Account.filter(id__in=[account.id for account in (cast.mia, cast.ben, cast.eve)]).update(language="en")
    await Site.all().update(language="en")

    await missing(as_, language="en", site="SE01")

    assert await missing(as_, "alma", language="sv", site=None) == ["en"]
