"""A notice on its whole way to a phone: through the sender, whatever the push service does meanwhile."""

from datetime import timedelta

import pytest

from models import Notice, NoticeAttempt
from models.vocabulary import AttemptState, DeliveryState
from notifications.sending.sender import send_due
from tests.notifications.conftest import a_notice
from tests.push_fakes.google import refusal


@pytest.fixture
async def due(cast, clock):
    return await a_notice(cast, "mia", clock.now)


async def test_phone_shows_one_notice_after_its_service_was_down_for_an_hour(push, google, android, due, clock):
    await android()
    up_again = clock.now + timedelta(hours=1)
    google.plan = lambda _token, _nth: refusal(503, "UNAVAILABLE", retry_after="120") if clock.now < up_again else None
    for _ in range(30):
        await send_due([push], "Diary", clock)
        clock.pass_by(minutes=5)

    (message,) = google.taken
    attempt = await NoticeAttempt.get(notice_id=due.id)
    assert (attempt.state, attempt.error) == (AttemptState.ACCEPTED, None)
    assert attempt.provider_id.startswith("projects/")
    assert message.data == {"kind": "check_in_due", "notice": str(due.id)}
    assert 1 < len(google.tried) < 15


async def test_done_by_the_other_parent_replaces_what_is_shown_without_a_sound(push, google, android, due, clock):
    await android()
    await send_due([push], "Diary", clock)
    clock.pass_by(hours=1)
    await Notice.filter(id=due.id).update(state=DeliveryState.QUEUED, due_at=clock.now, done_at=clock.now)
    await send_due([push], "Diary", clock)

    shown, instead = google.taken
    assert shown.android.notification.tag == instead.android.notification.tag == instead.android.collapse_key != ""
    assert (shown.android.notification.channel_id, instead.android.notification.channel_id) == ("reminders", "quiet")
    assert (await NoticeAttempt.get(notice_id=due.id)).state is AttemptState.SUPERSEDED


async def test_phone_that_is_signed_out_gets_nothing(push, google, android, due, cast, clock):
    await android()
    await type(cast.mia.session).filter(id=cast.mia.session.id).update(ended_at=clock.now)
    await send_due([push], "Diary", clock)

    assert google.tried == []
