"""Validated fractures and what readers sign about them."""

import pytest

from models import DiaryEntry

FOREARM = {
    "occurred": "2026-11-10", "note": "since the second infusion",
    "sites": [{"bone": "radius", "side": "left", "segment": "shaft"}, {"bone": "ulna", "side": "left"}],
}
FILMS = {"status": "confirmed_radiographic", "evidence": ["radiograph"]}


@pytest.fixture
def validated(phone_of, as_):
    """`await validated()`: a fracture of the forearm that Mia told and Nora validated; returns its id."""

    async def make(data=None, name="mia", participant="leo", by="nora"):
        phone = phone_of(name, participant)
        (made,) = await phone.push(phone.item(data or FOREARM))
        await validate(as_(by), made["id"])
        return made["id"]

    return make


async def validate(client, entry_id):
    seen = (await client.get(f"/api/v1/review/entries/{entry_id}")).headers["etag"]
    answer = await client.post(f"/api/v1/review/entries/{entry_id}/validation", headers={"If-Match": seen})
    assert answer.status_code == 200, answer.text


@pytest.fixture
def sign(as_):
    """`await sign("bea", entry_id, …)`: a judgement at the version that stands."""

    async def post(name, entry_id, version=None, **judgement):
        version = version or (await DiaryEntry.get(id=entry_id)).version
        url = f"/api/v1/adjudication/entries/{entry_id}/judgements"
        return await as_(name).post(url, json={**FILMS, **judgement}, headers={"If-Match": f'"v{version}"'})

    return post
