"""A restored study repeats itself: messages under the same ids, reminders only while they are due."""

from datetime import timedelta

from models import Guardianship, Notice, Participant
from models.vocabulary import DeliveryState
from notifications.planning.planner import plan_reminders
from notifications.planning.reminders import VALIDITY
from notifications.sending.sender import send_due
from tests.forwarded import queued, rule_for, run_out
from tests.notifications.conftest import SIX, LetterBox
from tests.receiver import receiving

HOUR = timedelta(hours=1)


async def test_study_team_receives_nothing_twice_in_effect(back_up, move, cast, tmp_path, new_home):
    async with receiving() as receiver:
        await queued(cast, 20)
        await back_up(tmp_path / "a.backup")
        await run_out(rule_for(receiver))
        assert len(receiver.effects) == 20

        await move(tmp_path / "a.backup", new_home)
        await run_out(rule_for(receiver))

    assert set(receiver.came.values()) == {2}
    assert len(receiver.effects) == len(receiver.order) == 20
    assert receiver.faults == []


async def test_family_is_reminded_again_only_while_it_is_still_due(
    back_up, move, cast, study, tmp_path, new_home, other_home
):
    """The same notice under the same id (so also the same Message-ID): within a day of its hour again, later never."""
    await Guardianship.all().update(starts_at=SIX - timedelta(days=30))
    await Participant.all().update(enrolled_at=SIX - timedelta(days=30))
    await plan_reminders(study.protocol, SIX)
    await back_up(tmp_path / "a.backup")
    first, again, late = LetterBox(), LetterBox(), LetterBox()
    await send_due([first], "Diary", lambda: SIX)

    await move(tmp_path / "a.backup", new_home)
    await send_due([again], "Diary", lambda: SIX + HOUR)
    await move(tmp_path / "a.backup", other_home)
    await send_due([late], "Diary", lambda: SIX + VALIDITY + HOUR)

    assert first.parcels
    assert {p.id for p in again.parcels} == {p.id for p in first.parcels}
    assert late.parcels == []
    assert await Notice.filter(state=DeliveryState.CANCELLED, last_error="too_late").count() == len(first.parcels)

