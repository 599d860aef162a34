"""What is rehearsed is what is sent: the same reminders, to the same people, at the same moments, once."""

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.relativedelta import relativedelta

from backend.commands.rehearse import script_of
from backend.wiring import Wiring
from models import Account, Guardianship, NoticePreference, Participant
from models.vocabulary import NoticeKind
from tests.cast import Cast, assemble
from tests.notifications.conftest import LetterBox
from tests.reminder_play import Play

STOCKHOLM, LONDON = ZoneInfo("Europe/Stockholm"), ZoneInfo("Europe/London")
FAMILIES = {"leo": (STOCKHOLM, ("mia", "ben")), "tom": (LONDON, ("eve",))}
NEVER_QUIET = {"quiet_from": 0, "quiet_until": 0}
WISHES = {
    "an hour that is skipped once a year": {"hour": 2, **NEVER_QUIET},
    "a night shift": {"hour": 23, "quiet_from": 9, "quiet_until": 17},
    "one weekday": {"weekday": 3, "hour": 12},
    "once a week": {"digest_weekday": 6},
    "a holiday": {"away_from": date(2026, 10, 20), "away_until": date(2026, 11, 3)},
    "no check-ins": {"by_kind": {"check_in_due": []}},
}


MIDDLE = date(2026, 10, 1), date(2026, 10, 14), date(2026, 10, 28)


class Boxes:
    def __init__(self, *names: str) -> None:
        self.all = tuple(LetterBox(name, replaces=name == "push") for name in names)


async def family(cast: Cast, name: str) -> tuple[Participant, ZoneInfo]:
    """The other families have nobody left to tell."""
    zone, people = FAMILIES[name]
    await Guardianship.exclude(account_id__in=[cast.people[one].id for one in people]).delete()
    await Account.filter(id__in=[cast.people[one].id for one in people]).update(timezone=zone.key)
    return cast.participants[name], zone


async def both(
    study: Wiring, cast: Cast, name: str, days: tuple[date, date, date], boxes: Boxes, *, answers: bool = True
) -> tuple[list[tuple], list[tuple]]:
    """As rehearsed, and as it went. `days`: the first, that of the first dose, and the last."""
    participant, zone = await family(cast, name)
    first, dose_on, last = days
    start, until = (datetime.combine(day, time(), zone) for day in (first, last))
    play = Play(replace(study, channels=boxes.all), cast, participant, boxes.all, zone, answers)
    await play.plan_from(dose_on, start)
    script = await script_of(play.wiring, study.protocol, participant.code, (first, 1), answers=answers, until=until)
    relations = {link.account_id: link.relation for link in await Guardianship.all()}
    went = await play.run(start, until)
    return (
        sorted((line.at, line.who, line.kind, line.slot, line.channel) for line in script.reminders),
        sorted((told.at, relations[told.account], told.kind, told.slot, told.channel) for told in went),
    )


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 9, 1, 12, tzinfo=STOCKHOLM)


@pytest.fixture
async def cast(study: Wiring, now: datetime) -> Cast:
    return await assemble(study, now - timedelta(days=30))


def visit_days(dose_on: date) -> set[date]:
    """BOOSTB4 by another library: four doses, two visits after the last one, one a year up to ten years."""
    doses = [dose_on + relativedelta(months=months) for months in (0, 4, 8, 12)]
    after = [doses[-1] + relativedelta(months=months) for months in (6, 12)]
    return {*doses, *after, *(dose_on + relativedelta(years=years) for years in range(3, 11))}


def assert_all_of_it(went: list[tuple], name: str, first: date, dose_on: date, last: date) -> None:
    """Every week and every visit once, at the hour that this family's clock shows."""
    zone, people = FAMILIES[name]
    assert max(Counter(told[1:4] for told in went).values()) == 1
    weeks = [told[3] for told in went if told[2] == NoticeKind.CHECK_IN_DUE]
    sundays = [first + timedelta(days=day) for day in range((last - first).days)]
    assert {day.isoformat() for day in sundays if day.isoweekday() == 7} <= set(weeks)
    assert len(weeks) == len(set(weeks)), "nobody else is asked for what was answered"
    visits = Counter(told[3] for told in went if told[2] == NoticeKind.VISIT_AHEAD)
    expected = {f"{day}/{before}d" for day in visit_days(dose_on) for before in (14, 3, 1)
                if first <= day - timedelta(days=before) < last}
    assert visits == dict.fromkeys(expected, len(people))
    for at, _, kind, slot, _ in went:
        wall = at.astimezone(zone)
        assert (wall.hour, wall.minute) == ((18, 0) if kind == NoticeKind.CHECK_IN_DUE else (9, 0)), (wall, slot)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", FAMILIES)
async def test_fourteen_months_are_sent_as_they_were_rehearsed(study, cast, name):
    """From before the first dose until after the last, over three nights on which clocks change."""
    first, dose_on, last = date(2026, 10, 1), date(2026, 10, 20), date(2027, 11, 25)

    rehearsed, went = await both(study, cast, name, (first, dose_on, last), Boxes("email"))

    assert went == rehearsed
    assert_all_of_it(went, name, first, dose_on, last)


@pytest.mark.full
@pytest.mark.parametrize("name", FAMILIES)
async def test_ten_years_are_sent_as_they_were_rehearsed(study, cast, name):
    first, dose_on, last = date(2026, 10, 1), date(2026, 10, 20), date(2036, 10, 19)
    await Participant.filter(id=cast.tom.id).update(birth_month=date(2021, 11, 1))

    rehearsed, went = await both(study, cast, name, (first, dose_on, last), Boxes("email"))

    assert went == rehearsed
    assert_all_of_it(went, name, first, dose_on, last)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_silent_family_is_reached_as_rehearsed_by_the_ladder_and_the_channels(study, cast):
    days = date(2026, 10, 1), date(2026, 10, 20), date(2026, 11, 10)

    rehearsed, went = await both(study, cast, "leo", days, Boxes("push", "email", "sms"), answers=False)

    assert went == rehearsed
    assert {told[4] for told in went} == {"push", "email"}
    assert {told[1] for told in went if told[3].endswith("/others")} == {"father"}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("wish", WISHES)
async def test_every_wish_is_rehearsed_as_it_is_kept(study, cast, now, wish):
    await NoticePreference.create(account_id=cast.mia.id, changed_at=now, **WISHES[wish])
    days = date(2026, 10, 1), date(2026, 10, 27), date(2026, 11, 12)

    rehearsed, went = await both(study, cast, "leo", days, Boxes("email"))

    assert went == rehearsed
    assert went


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_rehearsal_in_the_middle_goes_on_where_people_are(study, cast):
    """What was told is not told again, takes its part of the week, and has its next channel still to come."""
    participant, zone = await family(cast, "leo")
    boxes = Boxes("push", "email").all
    play = Play(replace(study, channels=boxes), cast, participant, boxes, zone, answers=False)
    first, middle, last = (datetime.combine(day, time(), zone) for day in MIDDLE)
    await play.plan_from(date(2026, 10, 20), first)
    went_before = len(await play.run(first, middle))

    script = await script_of(play.wiring, study.protocol, participant.code, (MIDDLE[1], 1), answers=False, until=last)
    went = (await play.run(middle, last))[went_before:]

    assert went_before
    assert script.reminders[0].is_fallback
    assert sorted((line.at, line.slot, line.channel) for line in script.reminders) == sorted(
        (told.at, told.slot, told.channel) for told in went)
