"""A notice by SMS from the sender to the phone: what leaves, what comes back, and what becomes of it when it can't."""

from datetime import datetime, timedelta

import httpx
import pytest

from models import Account, DataQuery, Notice, NoticeAttempt, NoticePreference
from models.vocabulary import AttemptState, DeliveryState, NoticeKind
from notifications.channels.sms_budget import take, used
from notifications.sending.sender import send_due
from tests.models.rows import entry
from tests.sms_providers import Elks46, TwilioApi

NUMBER = "+46701740605"
NOON = datetime.fromisoformat("2026-05-20T12:00:00+00:00")
S = AttemptState


@pytest.fixture
def now() -> datetime:
    return NOON


@pytest.fixture
async def notice(cast) -> Notice:
    """Of Mia, who wants to be told by SMS alone and has proved her number."""
    await Account.filter(id=cast.mia.id).update(phone=NUMBER)
    await NoticePreference.create(account_id=cast.mia.id, push_on=False, email_on=False, sms_on=True)
    return await waiting(cast)


async def waiting(cast) -> Notice:
    query = await DataQuery.create(
        entry=await entry(cast.leo), participant=cast.leo, seq=2, field="", question="?", state="open",
        entry_version=1, opened_by=cast.nora.account, opened_at=NOON,
    )
    return await Notice.create(
        account=cast.mia.account, participant=cast.leo, kind=NoticeKind.QUERY_WAITING, subject_id=query.id,
        slot="opened", due_at=NOON, created_at=NOON,
    )


async def send(wiring, at: datetime = NOON) -> NoticeAttempt:
    await send_due(wiring.channels, "Diary", lambda: at)
    return await NoticeAttempt.get(channel="sms")


@pytest.mark.parametrize("made", [Elks46, TwilioApi])
async def test_a_notice_leaves_arrives_and_is_counted(as_, notice, reaching, made):
    provider = made()
    attempt = await send(reaching(provider))

    [(name, form)] = provider.sent
    assert form.get("to", form.get("To")) == NUMBER
    assert len(provider.texts[0]) <= 70
    assert (attempt.state, attempt.provider_id, attempt.segments) == (S.ACCEPTED, name, 1)
    assert await used(NOON) == 1
    await provider.report(as_(), name, "delivered")
    assert (await NoticeAttempt.get()).state is S.DELIVERED


async def test_who_said_stop_gets_no_further_sms(cast, notice, reaching):
    provider = TwilioApi()
    provider.answers = [provider.refused(400, 21610)]
    wiring = reaching(provider)

    attempt = await send(wiring)
    await waiting(cast)
    await send_due(wiring.channels, "Diary", lambda: NOON + timedelta(days=1))

    assert (attempt.state, attempt.error) == (S.FAILED, "stopped")
    assert not (await NoticePreference.get(account_id=cast.mia.id)).sms_on
    assert provider.asked == 1


async def test_after_the_months_cap_the_inbox_alone_tells(notice, reaching):
    provider = Elks46()
    wiring = reaching(provider, cap=1)
    assert await take(1, 1, NOON)

    attempt = await send(wiring)

    assert (attempt.state, (attempt.error or "").removeprefix("ours:").strip()) == (S.FAILED, "sms_cap")
    assert (await Notice.get(id=notice.id)).state in (DeliveryState.DEAD, DeliveryState.DELIVERED)
    assert await used(NOON) == 1


async def test_a_provider_that_is_down_for_an_hour_gets_it_once_afterwards(notice, reaching):
    provider, at = Elks46(), NOON
    wiring = reaching(provider)
    while at < NOON + timedelta(hours=1):
        provider.answers = [httpx.Response(503)]
        assert (await send(wiring, at)).state is S.QUEUED
        at = max(at + timedelta(seconds=1), (await Notice.get(id=notice.id)).due_at)

    provider.answers = []
    assert (await send(wiring, at)).state is S.ACCEPTED
    await send_due(wiring.channels, "Diary", lambda: at + timedelta(hours=3))

    assert len(provider.sent) == 1


async def test_a_provider_that_wants_patience_gets_it(notice, reaching):
    provider = TwilioApi()
    provider.answers = [provider.refused(429, 20429, Retry_After="900")]
    wiring = reaching(provider)

    await send(wiring)
    assert (await Notice.get(id=notice.id)).due_at >= NOON + timedelta(seconds=900)
    await send(wiring, NOON + timedelta(seconds=890))
    assert provider.asked == 1
    assert (await send(wiring, NOON + timedelta(seconds=1200))).state is S.ACCEPTED


async def test_an_sms_that_was_lost_on_the_way_has_failed(as_, notice, reaching):
    provider = TwilioApi()
    await send(reaching(provider))

    await provider.report(as_(), provider.sent[0][0], "undelivered", "30003")

    attempt = await NoticeAttempt.get()
    assert (attempt.state, attempt.error) == (S.FAILED, "undelivered 30003")
