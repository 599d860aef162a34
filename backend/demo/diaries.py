"""Two years of one child's diary, week by week: most weeks nothing happened, now and then something did."""

import random
from datetime import datetime, timedelta
from typing import Any

from backend.access.actor import Actor
from backend.demo.cohort import Cast, coordinator_of
from backend.demo.people import Family
from backend.diary.sync import accept_batch
from backend.diary.uploads import Sender
from backend.review import decisions
from backend.wiring import Wiring
from models import DiaryEntry, Participant
from models.actions import Action
from models.fields import new_id
from models.transaction import atomic

WEEK = timedelta(days=7)
LEFT_TO_REVIEW = timedelta(days=21)
"""What is younger still waits for the site."""
BONES = ("femur", "tibia", "humerus", "radius", "rib", "clavicle", "ulna")
CAUSES = ("handling", "own_movement", "play", "transfer", "standing_or_walking", "unknown")
FORCES = ("none_apparent", "minimal_handling", "fall_from_lying_or_sitting", "fall_from_standing")
FILMED = {"imaging": "done", "imaging_kinds": ["xray"], "imaging_result": "fracture"}
HEALS_IN = 6
"""Weeks until the family says how it went."""
SILENT = {"SE01-006": range(60, 67), "GB01-003": range(20, 25), "SE01-009": range(100, 104)}
"""Weeks without a word: gaps in what is attested; one family has not been heard from since."""


@atomic
async def two_years(wiring: Wiring, cast: Cast, number: int, now: datetime) -> None:
    """The diary of the family with this number, its reviews included: one transaction, so that it is quick."""
    family, participant, people = cast.families[number]
    chance = random.Random(number)  # noqa: S311 - the same study every time
    coordinator = coordinator_of(cast, family)
    sunday, broken = _sunday(now) - 103 * WEEK, list[tuple[int, str]]()
    for week in range(104):
        writer = chance.choice(list(people.values()))
        sender = Sender(writer, participant.id, wiring.protocol, sunday + timedelta(minutes=chance.randint(0, 90)),
                        clock_skew=chance.randint(-40, 40), app_version="1.0")
        items = [] if week in SILENT.get(family.code, ()) else _week(chance, family, week, sunday)
        broken += [(week + HEALS_IN, item["id"]) for item in items if item["kind"] == "fracture"]
        if items:
            items += [_item("follow_up", sunday, {"parent_id": entry_id, **_healed(chance, sunday)})
                      for due, entry_id in broken if due <= week]
            broken = [(due, entry_id) for due, entry_id in broken if due > week]
        results = await accept_batch(sender, items) if items else []
        if now - sunday > LEFT_TO_REVIEW:
            for result in results:
                await _validate(coordinator, participant, result.id, sunday + timedelta(days=3))
        sunday += WEEK


async def _validate(coordinator: Actor, participant: Participant, entry_id: str, at: datetime) -> None:
    entry = await DiaryEntry.get(id=entry_id, participant_id=participant.id)
    await decisions.validate_entry(coordinator.acting(Action.ENTRY_VALIDATE), entry.id, entry.seq, at)


def _week(chance: random.Random, family: Family, week: int, sunday: datetime) -> list[dict[str, Any]]:
    """What one week brings; in the second year of treatment less than in the first."""
    treated = family.arm not in ("prospective_untreated",)
    yearly = 2.6 if week < 52 or not treated else 0.6
    items = []
    if happened := chance.random() < yearly / 52:
        items.append(_item("fracture", sunday, _fracture(chance, sunday)))
    if chance.random() < 0.06:
        items.append(_item("symptom", sunday, _symptom(chance, sunday)))
    if chance.random() < 0.93:
        days = {"from": _day(sunday - timedelta(days=6)), "to": _day(sunday)}
        items.append(_item("check_in", sunday, {**days, "answer": "had" if happened else "nothing_happened"}))
    return items


def _item(kind: str, at: datetime, data: dict[str, Any]) -> dict[str, Any]:
    return {"collection": "entries", "id": str(new_id()), "op": "upsert", "kind": kind, "client_seq": 1,
            "recorded_at": at.isoformat(), "timezone": "Europe/Stockholm", "data": data}


def _fracture(chance: random.Random, sunday: datetime) -> dict[str, Any]:
    day = sunday - timedelta(days=chance.randint(0, 6))
    return {
        "occurred": _day(day) + chance.choice(("", "T09:30", "T16:10")),
        "sites": [{"bone": chance.choice(BONES), "side": chance.choice(("left", "right"))}],
        "activity": chance.choice(CAUSES), "certainty": chance.choice(("sure", "think_so")),
        "care_sought": [chance.choice(("emergency_ward", "phone_OI_team", "managed_at_home"))],
        "force": chance.choice(FORCES), "signs": ["pain", "not_using_limb"], "pain": chance.randint(2, 9),
        **chance.choice(({"imaging": "none"}, FILMED)),
        "treatment": [chance.choice(("splint_home", "cast", "sling", "rest"))],
    }


def _healed(chance: random.Random, sunday: datetime) -> dict[str, Any]:
    return {"occurred": _day(sunday), "healed": chance.choice(("using_as_before", "doctor_said_healed")),
            "pain": chance.choice((0, 0, 1)), "nights_disturbed": chance.randint(0, 9)}


def _symptom(chance: random.Random, sunday: datetime) -> dict[str, Any]:
    return {"occurred": _day(sunday - timedelta(days=chance.randint(0, 6))),
            "symptom": chance.choice(("pain", "fatigue", "sleep", "fever_or_infection")),
            "severity": chance.choice(("mild", "moderate"))}


def _sunday(now: datetime) -> datetime:
    """The last Sunday evening that is over."""
    evening = (now - timedelta(days=now.isoweekday() % 7)).replace(hour=17, minute=30, second=0, microsecond=0)
    return evening if evening < now - timedelta(hours=2) else evening - WEEK


def _day(moment: datetime) -> str:
    return moment.date().isoformat()
