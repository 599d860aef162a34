"""What staff are offered when an entry may tell of the same event as another."""

from uuid import UUID

from backend.review.surroundings import surroundings_of
from models.actions import Action


async def test_only_entries_of_about_the_same_days_are_offered_as_duplicates(phone_of, cast):
    phone = phone_of("mia")
    days = ("2026-11-10", "2026-11-12", "2026-10-01", "2026-11")
    made = await phone.push(*[phone.item({"occurred": day}) for day in days], phone.item({"pain": 3}))
    ids = [UUID(result["id"]) for result in made]
    nora = await cast.actor("nora", Action.REVIEW_READ)

    around = await surroundings_of(nora, ids[0])

    assert {other.id for other in around.alike} == {ids[1], ids[3], ids[4]}
