"""A historical control the whole way: from two files to the study team, without anybody in the app."""

import json
from datetime import timedelta

from models import Notice, OutboxMessage, Participant
from notifications.planning.planner import plan_reminders
from tests.backend.records_import.conftest import told

PERSON = "code,arm,birth_month\nSE01-901,historical,2015-03\n"
FRACTURES = ("participant,reference,occurred,sites\nSE01-901,chart-1,2016-11,femur:left\n"
             "SE01-901,chart-2,2018-02-03,radius:right\n")


async def test_imported_fractures_are_reviewed_and_leave_with_their_source(bring, as_):
    reports = [await bring(PERSON), await bring(FRACTURES)]
    assert [told(report) for report in reports] == [[], []]

    items = (await as_("iris").get("/api/v1/worklist")).json()["items"]
    for item in items:
        answer = await as_("iris").post(
            f"/api/v1/review/entries/{item['entry_id']}/validation", headers={"If-Match": f'"s{item["seq"]}"'})
        assert answer.status_code == 200, answer.text

    assert [(item["participant_code"], item["source"]) for item in items] == [("SE01-901", "chart_review")] * 2
    payloads = [json.loads(message.payload) for message in await OutboxMessage.all()]
    assert sorted(p["data"]["occurred"] for p in payloads) == ["2016-11", "2018-02-03"]
    for payload in payloads:
        assert (payload["arm"], payload["source"]) == ("historical", "chart_review")
        assert [(r["source"], r["relation"]) for r in payload["revisions"]] == [
            ("chart_review", "site_staff_on_behalf")]


async def test_nobody_uses_the_app_for_them(bring, as_):
    await bring(PERSON)
    participant = await Participant.get(code="SE01-901")

    answer = await as_("nora").post(
        f"/api/v1/participants/{participant.id}/linking-codes", json={"relation": "mother", "role": "guardian"})

    assert (answer.status_code, answer.json()["code"]) == (409, "participant.from_records")
    assert answer.json()["title"] == "This participant comes from records and has no app account"


async def test_nobody_is_reminded_of_them(bring, cast, study, now):
    await bring(PERSON)
    await bring(FRACTURES)
    participant = await Participant.get(code="SE01-901")

    for days in range(8):
        await plan_reminders(study.protocol, now + timedelta(days=days))

    assert await Notice.exists(participant_id=cast.leo.id)
    assert not await Notice.exists(participant_id=participant.id)
