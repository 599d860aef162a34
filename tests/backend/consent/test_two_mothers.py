"""Two custodians in the same relation are two: where all must say yes, each of them has to."""

import pytest

from backend.consent.schemas import PaperSignature
from backend.consent.signing import record_on_paper
from backend.errors import FindingsRefused
from models import ConsentSignature, Guardianship, Participant
from models.actions import Action
from models.fields import new_id
from models.vocabulary import Collection, Relation
from tests.backend.consent.conftest import DECLINED, GIVEN, WITHDRAWN

OPEN, NO_CONSENT = Collection.OPEN, Collection.NO_CONSENT


@pytest.fixture
async def text(consent, cast):
    """Mia and Ben are Leo's two mothers now."""
    await Guardianship.filter(account_id=cast.ben.id).update(relation=Relation.MOTHER)
    await Participant.filter(id=cast.leo.id).update(custodians=["mother", "mother"])
    return await consent.text()


@pytest.fixture
def on_paper(consent, cast, now):
    async def record(document, link, decision=GIVEN):
        actor = await cast.actor("nora", Action.CONSENT_RECORD)
        wanted = PaperSignature(document.id, Relation.MOTHER, decision, now, link)
        await record_on_paper(actor, consent.wiring.protocol, cast.leo.id, wanted, now)
        return await consent.collection("leo")

    return record


async def link_of(person):
    return (await Guardianship.get(account_id=person.id)).id


async def test_one_mother_is_not_enough_and_both_are(consent, text):
    assert await consent.signs("mia", "leo", text) is NO_CONSENT
    assert await consent.signs("mia", "leo", text) is NO_CONSENT
    assert await consent.signs("ben", "leo", text) is OPEN


async def test_who_has_not_said_yes_is_still_asked(consent, text, as_, cast):
    await consent.signs("mia", "leo", text)

    shown = {who: (await as_(who).get(f"/api/v1/participants/{cast.leo.id}/consents")).json()["in_force"][0]
             for who in ("mia", "ben")}

    assert {who: one["asks_you"] for who, one in shown.items()} == {"mia": False, "ben": True}
    assert (shown["mia"]["given"], shown["mia"]["missing"]) == (["mother"], ["mother"])


@pytest.mark.parametrize("word", [DECLINED, WITHDRAWN])
async def test_no_of_either_closes_again(consent, text, word):
    await consent.signs("mia", "leo", text)
    await consent.signs("ben", "leo", text)

    assert await consent.signs("ben", "leo", text, word) is NO_CONSENT
    assert await consent.signs("ben", "leo", text) is OPEN


async def test_paper_counts_for_whom_staff_name(text, on_paper, cast, consent):
    mia, ben = await link_of(cast.mia), await link_of(cast.ben)

    assert await on_paper(text, mia) is NO_CONSENT
    assert await on_paper(text, mia) is NO_CONSENT, "the same one twice"
    assert await on_paper(text, ben) is OPEN


async def test_paper_without_a_name_is_nobodys_yes_and_somebodys_no(text, on_paper, consent):
    assert await on_paper(text, None) is NO_CONSENT
    assert await consent.signs("mia", "leo", text) is NO_CONSENT, "it may have been hers"
    assert await consent.signs("ben", "leo", text) is OPEN

    assert await on_paper(text, None, WITHDRAWN) is NO_CONSENT


async def test_the_same_mother_with_a_new_account_is_not_two(consent, text, cast, now):
    await consent.signs("mia", "leo", text)
    await Guardianship.filter(account_id=cast.mia.id).update(ends_at=now)
    await cast.guardian("lena", cast.leo, Relation.MOTHER)

    assert await consent.signs("lena", "leo", text) is NO_CONSENT
    assert await consent.signs("ben", "leo", text) is OPEN


async def test_withdrawal_of_the_second_is_her_own_word(consent, text, as_, cast):
    for who in ("mia", "ben"):
        await consent.signs(who, "leo", text)
        await as_(who).post(f"/api/v1/participants/{cast.leo.id}/withdrawal", json={"reason": "family_wish"})

    own = await ConsentSignature.filter(decision=WITHDRAWN).values_list("signer_id", flat=True)
    assert set(own) == {cast.mia.id, cast.ben.id}


async def test_guardianship_of_somebody_else_names_nobody(text, on_paper, cast):
    for link in (await link_of(cast.greta), await link_of(cast.eve), new_id()):
        with pytest.raises(FindingsRefused):
            await on_paper(text, link)
