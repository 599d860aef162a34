"""Both nights of twelve zones, played: a reminder a day at each hour of the night, by the real planner and sender."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest

from backend.wiring import Wiring
from models import Account, Guardianship, Notice, NoticePreference, Participant, Site
from models.protocol import CheckInRule, Protocol, ReminderRule
from models.vocabulary import Arm, Capability, DeliveryState, Relation, Role
from notifications.planning.planner import plan_reminders
from notifications.sending.sender import send_due
from tests.clock_changes import DAY, HOUR, ZONES, changes, searched
from tests.notifications.conftest import LetterBox

HOURS = range(5)
"""Of the twelve zones, none changes its clocks later than at four in the morning."""
YEAR = 2026
AROUND = timedelta(hours=36)


def daily(protocol: Protocol) -> Protocol:
    """Asked every day, at most once a day; each for itself."""
    check_in = CheckInRule(1, 7, 18, 31)
    rule = ReminderRule(most_a_day=2, most_a_week=99, again_after_days=50, others_after_days=60)
    return replace(protocol, file=msgspec.structs.replace(protocol.file, check_in=check_in, reminders=rule))


async def families(now: datetime) -> dict[str, tuple[str, int]]:
    """One participant with one guardian for each zone and hour; e-mail address → which. Asked around the changes."""
    site = await Site.get(code="SE01")
    asked = {f"{number}-{hour}@example.org": (name, hour) for number, name in enumerate(ZONES) for hour in HOURS}
    accounts, children, wishes, links = [], [], [], []
    for number, (email, (name, hour)) in enumerate(asked.items()):
        account = Account(email=email, email_verified_at=now, display_name="Somebody", timezone=name, created_at=now)
        child = Participant(code=f"SE01-{number:03}", site_id=site.id, arm=Arm.POSTNATAL, enrolled_at=now,
                            birth_month=date(2024, 1, 1))
        accounts, children = [*accounts, account], [*children, child]
        wishes.append(NoticePreference(account_id=account.id, hour=hour, quiet_from=0, quiet_until=0))
        links += [Guardianship(account_id=account.id, participant_id=child.id, role=Role.GUARDIAN,
                               relation=Relation.MOTHER, capabilities=[Capability.LOG, Capability.SEE],
                               starts_at=change - AROUND, ends_at=change + AROUND) for change in changes(name, YEAR)]
    for rows in (accounts, children, wishes, links):
        await type(rows[0]).bulk_create(rows)
    return asked


async def play(wiring: Wiring, protocol: Protocol, box: LetterBox) -> None:
    """Hour by hour where somebody is asked, and at each moment at which something is due."""
    around = sorted({change for name in ZONES for change in changes(name, YEAR)})
    for change in around:
        now = change - AROUND
        while now <= change + AROUND:
            await plan_reminders(protocol, now)
            await send_due([box], "Diary", lambda: now, protocol.file.reminders)  # noqa: B023 (at once)
            due = await Notice.filter(state=DeliveryState.QUEUED, due_at__gt=now).order_by("due_at").first()
            now = min(now + HOUR, due.due_at if due else now + HOUR)


def due_around(name: str, change: datetime, hour: int) -> list[datetime]:
    """Once on each local day, while that person is asked."""
    clock = change.astimezone(ZoneInfo(name)).replace(tzinfo=None)
    walls = (datetime.combine(clock.date() + shift * DAY, time(hour)) for shift in (-2, -1, 0, 1, 2))
    due = [searched(name, change, wall) for wall in walls if abs(wall - clock) < 2 * DAY]
    return [at for at in due if change - AROUND <= at < change + AROUND]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_each_night_of_twelve_zones_has_one_reminder_a_day_at_the_hour_shown(study):
    box, protocol = LetterBox(), daily(study.protocol)
    asked = await families(datetime(YEAR - 1, 12, 1, tzinfo=UTC))

    await play(study, protocol, box)

    told: dict[str, list[datetime]] = {email: [] for email in asked}
    for parcel in box.parcels:
        told[parcel.address].append(parcel.at)
    for email, (name, hour) in asked.items():
        expected = [at for change in changes(name, YEAR) for at in due_around(name, change, hour)]
        assert told[email] == expected, (name, hour)
