"""What the phone thinks urgent without a network is what the server opens a case for; what else it finds by itself."""

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from backend.safety.rules import Around, Told, fitting
from models.protocol import published
from models.vocabulary import Arm, EntryKind, ParticipantKind
from tests.backend.family_app.test_page_in_browser import photograph
from tests.backend.safety.test_rules import ON_THEIR_OWN, PROTOCOL, STOCKHOLM

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]
DAY = "2026-11-20"
SPAN = (datetime(2026, 11, 19, 23, tzinfo=UTC), datetime(2026, 11, 20, 22, 59, 59, 999000, tzinfo=UTC))
TOLD = [(kind, data) for _, kind, fits, other in ON_THEIR_OWN for data in (fits, other)]
TOLD += [(EntryKind.SYMPTOM, {"symptom": "rash_or_allergic_reaction"}), (EntryKind.SYMPTOM, {"temperature_c": 38.5}),
         (EntryKind.SYMPTOM, {"temperature_c": 38.4}), (EntryKind.SYMPTOM, {"symptom": "contraction"}),
         (EntryKind.SYMPTOM, {"hospital": "ED_only"}), (EntryKind.FRACTURE, {})]


def as_json(value):
    return msgspec.json.decode(msgspec.json.encode(value))


@pytest.mark.parametrize("subject", list(ParticipantKind))
def test_phone_finds_urgent_what_the_server_does(phone, subject):
    mia = phone("mia")
    arm = Arm.PRENATAL if subject is ParticipantKind.WOMAN else Arm.POSTNATAL

    page = mia.page.evaluate("""async ({ told, protocol, about }) => {
        const { mayBeUrgent } = await import("/app/safety.js");
        return told.map(([kind, data]) => mayBeUrgent(protocol, { id: "1", kind, data }, [], about));
    }""", as_json({"told": [(kind, {"occurred": DAY, **data}) for kind, data in TOLD], "protocol": published(PROTOCOL),
                   "about": {"kind": subject, "birth_month": "2019-05", "now": int(SPAN[1].timestamp() * 1000)}}))

    infused = Around(STOCKHOLM, (), (date(2026, 11, 20),))  # the phone knows of none, and so of any
    server = [bool(fitting(PROTOCOL, Told(kind, data, SPAN, subject, arm), infused)) for kind, data in TOLD]
    differing = [(case, one, other) for case, one, other in zip(TOLD, page, server, strict=True) if one != other]
    assert differing == []


def test_phone_counts_two_episodes_within_seven_days_as_the_server_does(phone):
    mia = phone("mia")
    shifts = [timedelta(days=days) for days in (-9, -8, -7, 0, 7, 8, 9)]
    others = [(datetime(2026, 11, 20, tzinfo=UTC) + shift).date() for shift in shifts]

    page = mia.page.evaluate("""async ({ day, others, protocol, about }) => {
        const { mayBeUrgent } = await import("/app/safety.js");
        const fracture = (id, occurred) => ({ id, kind: "fracture", data: { occurred }, made_at: about.now });
        return others.map((other) => mayBeUrgent(protocol, fracture(1, day), [fracture(2, other)], about));
    }""", as_json({"day": DAY, "others": others, "protocol": published(PROTOCOL), "about": {
        "kind": "child", "birth_month": "2019-05", "now": int((SPAN[1] + timedelta(days=30)).timestamp() * 1000)}}))

    told = Told(EntryKind.FRACTURE, {}, SPAN, ParticipantKind.CHILD, Arm.POSTNATAL)
    around = [Around(STOCKHOLM, ((SPAN[0] + shift, SPAN[1] + shift),)) for shift in shifts]
    assert page == [bool(fitting(PROTOCOL, told, each)) for each in around]
    assert set(page) == {True, False}


ATTESTED = [
    ([], "2026-10-22"),  # enrolled long ago: as far back as one can remember
    ([("check_in", {"to": "2026-11-15", "answer": "nothing_happened"})], "2026-11-16"),
    ([("check_in", {"to": "2026-11-15", "answer": "dont_know"})], "2026-10-22"),
    ([("check_in", {"to": "2026-11-15", "answer": "had"}), ("fracture", {"nothing_else_since": "2026-11-16"})],
     "2026-11-21"),
]


def test_anything_else_is_asked_since_the_last_attested_day(phone):
    mia = phone("mia")

    found = mia.page.evaluate("""async ({ attested, protocol }) => {
        const { unattestedSince } = await import("/app/screens/after.js");
        const told = ([kind, data]) => ({ kind, data, received_at: "2026-11-20T12:00:00Z" });
        return attested.map(([entries]) => unattestedSince(entries.map(told), protocol, "2025-01-01T00:00:00Z",
            new Date("2026-11-22T12:00")));
    }""", as_json({"attested": ATTESTED, "protocol": published(PROTOCOL)}))

    assert found == [since for _, since in ATTESTED]


def test_photo_that_has_not_come_after_a_day_is_named_on_the_first_screen(phone):
    mia = phone("mia")
    mia.sign_in()
    mia.log_fracture()
    mia.page.get_by_text("All sent").wait_for()

    mia.page.evaluate("""async () => {
        const { state } = await import("/app/state.js");
        const [entry] = await state.kept.all("entries");
        entry.data.attachments = [{ id: "1", purpose: "photo" }, { id: "2", purpose: "letter" }];
        const at = (days) => new Date(Date.now() - days * 86400000).toISOString();
        await state.kept.write(["entries", "attachments"], (kept) => {
            kept.entries.put(entry);
            kept.attachments.put({ id: "1", state: "declared", created_at: at(2) });
            kept.attachments.put({ id: "2", state: "declared", created_at: at(0.5) });
        });
    }""")
    mia.page.evaluate("location.hash = '#/settings'")
    mia.page.get_by_role("heading", name="Settings").wait_for()
    mia.page.evaluate("location.hash = '#/'")

    mia.page.get_by_text("1 photo(s) named in the diary have not come yet").wait_for()
    photograph(mia.page, "home-missing")


@pytest.mark.full
def test_carer_who_only_reports_reads_the_sentence_and_nothing_of_a_case(phone):
    greta = phone("greta")
    greta.sign_in("greta")

    greta.page.get_by_role("button", name="Fracture", exact=True).click()
    greta.page.get_by_text("More places").click()
    greta.page.get_by_role("button", name="Skull", exact=True).click()
    greta.page.get_by_role("button", name="Save").click()
    greta.page.get_by_text("All sent").wait_for()

    greta.page.locator(".after").get_by_text("not watched day and night").wait_for()
    assert greta.page.get_by_text("being told").count() == 0
    assert greta.complaints == []
