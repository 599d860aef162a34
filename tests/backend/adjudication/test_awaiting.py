"""What waits for readers: validated fractures with a place that nobody has judged as it stands."""

import pytest

from models.vocabulary import Role
from tests.backend.adjudication.conftest import validate


@pytest.fixture
def waiting(as_):
    async def listed(name, **wanted):
        answer = await as_(name).get("/api/v1/adjudication/entries", params=wanted)
        assert answer.status_code == 200, answer.text
        return [(item["entry_id"], item["judged_before"]) for item in answer.json()["items"]]

    return listed


async def test_validated_fracture_waits_until_all_its_places_are_judged(phone_of, validated, sign, waiting):
    phone = phone_of("mia")
    await phone.push(phone.item(), phone.item({"symptom": "pain"}, kind="symptom"))
    fracture = await validated()
    assert await waiting("iris") == [(fracture, False)]

    await sign("iris", fracture)
    assert await waiting("iris") == [(fracture, True)]
    await sign("iris", fracture, site_index=2, place={"bone": "tibia"})
    assert await waiting("iris") == [(fracture, True)]
    await sign("iris", fracture, site_index=1, status="pending")
    assert await waiting("iris") == [(fracture, True)]
    await sign("iris", fracture, site_index=1, status="not_fracture")
    assert await waiting("iris") == []


async def test_corrected_fracture_waits_again(as_, phone_of, validated, sign, waiting):
    fracture = await validated({"occurred": "2026-11-10"})
    await sign("iris", fracture, place={"bone": "femur"})
    assert await waiting("iris") == []

    phone = phone_of("mia")
    await phone.push(phone.item({"pain": 3}, id=fracture, base_version=1, reason="details_added"))
    await validate(as_("nora"), fracture)

    assert await waiting("iris") == [(fracture, True)]


async def test_blinded_reader_reads_what_others_have_judged_on_their_own(validated, sign, waiting):
    fracture = await validated({"occurred": "2026-11-10", "sites": [{"bone": "femur"}]})
    await sign("iris", fracture)

    assert await waiting("bea") == [(fracture, False)]
    assert await waiting("iris") == []
    assert await waiting("nora", by_me=True) == [(fracture, False)]
    await sign("bea", fracture)
    assert await waiting("bea") == []


async def test_readers_see_their_own_sites(cast, as_, validated, waiting):
    await cast.staff("ines", Role.INVESTIGATOR, "GB01")
    ours = await validated()
    theirs = await validated(name="eve", participant="tom", by="otto")

    assert await waiting("ines") == [(theirs, False)]
    assert await waiting("iris") == [(ours, False)]
    assert [entry_id for entry_id, _ in await waiting("bea")] == [ours, theirs]
    assert await waiting("bea", site="GB01") == [(theirs, False)]
    assert (await as_("iris").get("/api/v1/adjudication/entries", params={"site": "GB01"})).status_code == 404
    assert (await as_("mia").get("/api/v1/adjudication/entries")).status_code == 403


async def test_list_pages_without_skipping_or_repeating(as_, validated):
    made = [await validated() for _ in range(3)]
    seen, cursor = [], None
    while True:
        wanted = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await as_("iris").get("/api/v1/adjudication/entries", params=wanted)).json()
        seen += [item["entry_id"] for item in page["items"]]
        if not (cursor := page["next_cursor"]):
            break

    assert seen == made
