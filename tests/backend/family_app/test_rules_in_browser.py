"""The page's rules are the server's: dates, edit checks, pain scales and follow-up cards, on one table of cases."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest

from backend.diary.circumstances import Circumstances, Person
from backend.diary.edit_checks import check
from backend.diary.occurrence import occurred_span
from models import DiaryEntry
from models.derived_answers import derived_answers
from models.follow_ups import open_cards
from models.pain import scale_on
from models.partial_dates import precision, told
from models.protocol import load_protocol, published
from models.vocabulary import EntryKind, EntryState
from tests.backend.diary.bad_input import CASES

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]
PROTOCOL = load_protocol()
STOCKHOLM = ZoneInfo("Europe/Stockholm")
NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
BROKEN_ON = datetime(2026, 11, 1, tzinfo=UTC)
PEOPLE = {
    "leo": Person(date(2019, 5, 1), 266, datetime(2025, 3, 1, tzinfo=UTC)),
    "short": Person(date(2019, 1, 1), None, datetime(2025, 3, 1, tzinfo=UTC)),
    "unborn": Person(None, None, datetime(2025, 3, 1, tzinfo=UTC)),
    "observed": Person(date(2012, 5, 1), 266, datetime(2025, 3, 1, tzinfo=UTC), observer_rated=True),
}
POINTS = ["2026", "2026-02", "2024-02", "2026-12", "2026-10-25", "2026-03-29", "2026-10-25T02:30", "2026-03-29T02:30",
          "2026-03-29T01:59", "2026-10-25T03:00", "2026-11-20T14:30", "2026-W01", "2026-W53", "2026-W13", "2026-W43"]
DATES = [*POINTS, "unknown", *(f"{one}/.." for one in POINTS[:5]), *(f"../{one}" for one in POINTS[:5]),
         *(f"{one}/{other}" for one in POINTS[::2] for other in POINTS[1::3]),
         "", "20", "2026-13", "2026-00", "2026-02-30", "2023-02-29", "2026-11-20T24:00", "2026-11-20T12:60", "../..",
         "2025-W53", "2026-W00", "2026-W1", "2026/", "unknown/2026", "1/2/3", "2026-11-20 12:00", "２０２６"]
PARTS = [None, "night", "morning", "evening", "odd"]
ENTRIES = [(kind, answers) for kind, answers, _ in CASES] + [
    ("fracture", {"occurred": text, **more}) for text in ("unknown", "2026", "2019", "2018-12", "../2026-10", "2027")
    for more in ({}, {"epoch": "prenatal"}, {"epoch": "present_at_birth"}, {"noticed_on": "2026-11-10"})
] + [(kind, {"from": first, "to": last}) for kind in ("medication", "check_in")
     for first in ("2026-11-01", "unknown", "2027") for last in ("2026-11-30", "../2026", "2026-10")] + [("growth", {})]


def ms(instant: datetime | None) -> int | None:
    return None if instant is None else (instant - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def known(about: Person) -> Circumstances:
    return Circumstances(NOW, about, STOCKHOLM, parent_from=BROKEN_ON)


def as_page(about: Person) -> dict:
    return {"now": ms(NOW), "birth_month": f"{about.birth_month:%Y-%m}" if about.birth_month else None,
            "gestational_days": about.gestational_days, "enrolled_at": about.enrolled_at.isoformat(),
            "observer_rated": about.observer_rated, "parent_from": ms(BROKEN_ON)}


@pytest.fixture
def ask(phone):
    """Run a script of the page with its modules; all that it complains about is a failure."""
    mia = phone("mia")

    def run(script: str, **given):
        body = msgspec.json.decode(msgspec.json.encode({**given, "protocol": published(PROTOCOL)}))
        return mia.page.evaluate(f"""async (given) => {{
            const dates = await import("/app/dates.js"), checks = await import("/app/edit_checks.js");
            const pain = await import("/app/pain.js"), cards = await import("/app/follow_ups.js");
            {script} }}""", body)

    yield run
    assert mia.complaints == []


def test_page_reads_dates_as_the_server_does(ask):
    asked = [(text, part) for text in DATES for part in PARTS]

    page = ask("""return given.asked.map(([text, part]) => [dates.told(text, part), dates.precision(text, part)]);""",
               asked=asked)

    server = []
    for text, part in asked:
        found = told(text, STOCKHOLM, part)
        server.append([found and [ms(found.earliest), ms(found.latest)], precision(text, part).value])
    differing = {str(case): (one, other) for case, one, other in zip(asked, page, server, strict=True) if one != other}
    assert differing == {}


@pytest.mark.parametrize("who", sorted(PEOPLE))
def test_page_bounds_entries_as_the_server_does(ask, who):
    page = ask("""return given.entries.map(([kind, data]) =>
        dates.occurredSpan(given.protocol.forms[kind], data, given.known));""",
               entries=ENTRIES, known=as_page(PEOPLE[who]))

    for (kind, data), found in zip(ENTRIES, page, strict=True):
        span = occurred_span(PROTOCOL.form(EntryKind(kind)), data, known(PEOPLE[who]))
        assert found == [ms(end) for end in span], (kind, data)


@pytest.mark.parametrize("who", sorted(PEOPLE))
def test_page_remarks_on_what_the_server_remarks_on(ask, who):
    page = ask("""const { forms, pain_scales } = given.protocol, about = { ...given.known, forms, pain_scales };
        return given.entries.map(([kind, data]) => checks.failing(given.protocol.edit_checks, kind, data, about)
            .map(({ code }) => code));""", entries=ENTRIES, known=as_page(PEOPLE[who]))

    of_the_form = {"range_reversed", "code_unknown", "out_of_range", "of_another_form"}
    for (kind, data), found in zip(ENTRIES, page, strict=True):
        remarks, hard = check(PROTOCOL, EntryKind(kind), data, known(PEOPLE[who]))
        server = {each["code"] for each in remarks} | {each["detail"] for each in hard}
        assert set(found) == server - of_the_form, (kind, data)


@pytest.mark.full
def test_remark_is_not_asked_about(ask):
    data = {"scale": "r-FLACC", "legs": 1, "leg_hurt_or_in_cast": True}

    codes = ask("""return [checks.failing, checks.remarks].map((run) =>
        run(given.protocol.edit_checks, "pain", given.data, given.known).map(({ code }) => code));""",
                data=data, known=as_page(PEOPLE["observed"]))

    assert codes == [["items_incomplete", "leg_item_confounded"], ["items_incomplete"]]


def test_page_chooses_the_scale_and_adds_up_as_the_server_does(ask):
    days = [date(year, month, 28) for year in range(2018, 2030) for month in (4, 5)]
    items = {"scale": "FLACC", "face": 1, "legs": 0, "activity_level": 2, "cry": 2, "consolability": 1}
    rated = [items, {**items, "cry": None}, {**items, "scale": "NRS-11"}, {}]

    scales, totals = ask("""return [
        given.people.map((about) => given.days.map((day) => pain.scaleOn(given.protocol.pain_scales, about,
            new Date(`${day}T12:00`))?.scale ?? null)), given.rated.map(pain.totalOf)];""",
                         people=[as_page(about) for about in PEOPLE.values()], days=days, rated=rated)

    rules = PROTOCOL.file.pain_scale
    for about, found in zip(PEOPLE.values(), scales, strict=True):
        server = [scale_on(rules, about.birth_month, day, observer_rated=about.observer_rated) for day in days]
        assert found == [rule.scale if rule else None for rule in server]
    assert totals == [derived_answers(data).get("pain_total") for data in rated]


def entry(number: int, kind: str, at: datetime, **data) -> DiaryEntry:
    kept = DiaryEntry(id=f"01932f6e-8a00-7c4e-9d11-{number:012}", kind=EntryKind(kind), state=EntryState.RECEIVED,
                      data=data, parent_id=data.get("parent_id"), received_at=at)
    span = occurred_span(PROTOCOL.form(kept.kind), data, Circumstances(at, PEOPLE["leo"], STOCKHOLM))
    kept.occurred_from, kept.occurred_to = span
    return kept


def test_page_finds_the_cards_that_the_server_finds(ask):
    told_at = datetime(2026, 10, 1, 21, 30, tzinfo=UTC)
    texts = ["2026-10-01", "2026", "unknown", "2026-08", "2026-W39", "2026-10-01T23:50"]
    entries = [entry(number, "fracture", told_at, occurred=text) for number, text in enumerate(texts)]
    for number, (healed, days) in enumerate([("not_yet", 9), ("using_as_before", 9), ("delayed", 25)]):
        at = told_at + timedelta(days=days)
        entries.append(entry(100 + number, "follow_up", at, parent_id=str(entries[number].id), healed=healed))
        entries[-1].parent_id = entries[number].id
    today = [told_at + timedelta(days=days, hours=13) for days in (0, 6, 7, 20, 21, 41, 42, 60)]

    page = ask("""const at = (now) => cards.openCards(given.protocol, given.entries, given.about, new Date(now));
        return given.today.map((now) => at(now)
        .map((card) => [card.fracture.id, card.day, card.due_on, card.last_healed]));""",
               about=as_page(PEOPLE["leo"]), today=[ms(now) for now in today],
               entries=[{"id": str(e.id), "kind": e.kind, "state": e.state, "data": e.data,
                         "received_at": e.received_at} for e in entries])

    for now, found in zip(today, page, strict=True):
        server = open_cards(PROTOCOL.file.follow_up, entries, STOCKHOLM, now.astimezone(STOCKHOLM).date())
        assert found == [[str(card.fracture_id), card.day, card.due_on.isoformat(), card.last_healed]
                         for card in server]
