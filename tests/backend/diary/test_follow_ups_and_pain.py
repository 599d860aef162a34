"""Follow-up cards and pain scales over HTTP, the faces a site has licensed, and who sets that carers rate."""

from datetime import timedelta

import pytest

from backend.diary.pain_faces import SCORES, licensed_faces
from backend.settings import SettingsError
from models import AuditEvent
from models.vocabulary import ParticipantState

PNG = b"\x89PNG\r\n\x1a\n and the rest"


def days_ago(now, days: int) -> str:
    return (now - timedelta(days=days)).date().isoformat()


async def test_family_is_asked_how_a_fracture_goes_until_it_healed(phone_of, as_, cast, now):
    mia = phone_of("mia")
    broken = mia.item({"occurred": days_ago(now, 9), "sites": [{"bone": "femur", "side": "left"}]})
    fresh = mia.item({"occurred": days_ago(now, 3), "sites": [{"bone": "rib", "side": "left"}]})
    await mia.push(broken, fresh, mia.item({"occurred": "2025", "sites": [{}]}, kind="surgery"))

    asked = await as_("mia").get(f"{mia.url}/follow-ups")
    await mia.push(mia.item({"parent_id": broken["id"], "healed": "not_yet"}, kind="follow_up"))
    put_away = await as_("ben").get(f"{mia.url}/follow-ups")

    (card,) = asked.json()
    assert card == {"fracture_id": broken["id"], "day": 7, "due_on": days_ago(now, 2), "last_healed": None}
    assert put_away.json() == []


async def test_nobody_spoken_to_quietly_is_asked(phone_of, as_, cast, now):
    mia = phone_of("mia")
    await mia.push(mia.item({"occurred": days_ago(now, 9), "sites": [{}]}))
    cast.leo.state = ParticipantState.DIED
    await cast.leo.save()

    assert (await as_("mia").get(f"{mia.url}/follow-ups")).json() == []


@pytest.mark.parametrize("name", ["greta", "eve", "otto", "nora"])
async def test_cards_are_for_those_who_may_see_the_diary(name, as_, cast):
    answer = await as_(name).get(f"/api/v1/participants/{cast.leo.id}/follow-ups")

    assert answer.status_code in (403, 404)


async def test_scale_is_told_with_the_birthday_that_ends_it(as_, cast):
    at = f"/api/v1/participants/{cast.leo.id}/pain-scale"

    for name in ("mia", "greta", "nora", "max"):
        answer = await as_(name).get(at)
        assert answer.json() == {"scale": "FPS-R", "shown_as": "six_step", "by": "self", "until": "2027-05-01",
                                 "observer_rated": False}, name
    for name in ("eve", "otto", "bea", "alma"):
        assert (await as_(name).get(at)).status_code == 404, name


async def test_staff_mark_a_child_that_cannot_rate_itself(as_, cast):
    at = f"/api/v1/participants/{cast.leo.id}"

    changed = await as_("nora").patch(at, json={"observer_rated": True})

    assert changed.json()["observer_rated"] is True
    scale = (await as_("mia").get(f"{at}/pain-scale")).json()
    assert (scale["scale"], scale["by"], scale["until"]) == ("r-FLACC", "carer", None)
    told = next(child for child in (await as_("mia").get("/api/v1/me")).json()["participants"])
    assert (told["observer_rated"], told["gestational_days"], told["kind"]) == (True, 266, "child")
    event = await AuditEvent.get(action="participant.change")
    assert event.changes == {"observer_rated": [False, True]}
    for name, status in (("mia", 403), ("max", 403), ("otto", 404)):
        assert (await as_(name).patch(at, json={"observer_rated": False})).status_code == status, name


async def test_observed_child_gets_no_finding_for_the_observed_scale(phone_of, as_, cast):
    cast.leo.observer_rated = True
    await cast.leo.save()
    mia = phone_of("mia")
    items = {"face": 1, "legs": 2, "activity_level": 0, "cry": 2, "consolability": 1}

    (answer,) = await mia.push(mia.item({"occurred": "2026-11-20", "scale": "r-FLACC", **items}, kind="pain"))

    assert (answer["status"], answer.get("findings")) == ("applied", None)
    shown = (await as_("mia").get(f"{mia.url}/entries/{answer['id']}")).json()
    assert shown["derived"] == {"pain_total": 6}
    assert "score" not in shown["data"]


async def test_faces_are_shown_where_a_site_has_licensed_them(as_, cast, tmp_path):
    for score in SCORES:
        (tmp_path / f"{score}.png").write_bytes(PNG)
    assert (await as_("mia").get("/api/v1/pain-faces/4")).status_code == 404
    assert (await as_("mia").get("/api/v1/me")).json()["pain_faces"] is False

    cast.wiring.faces.update(licensed_faces(str(tmp_path)))

    face = await as_("mia").get("/api/v1/pain-faces/4")
    assert (face.content, face.headers["content-type"]) == (PNG, "image/png")
    assert face.headers["x-content-type-options"] == "nosniff"
    assert (await as_("mia").get("/api/v1/pain-faces/5")).status_code == 404
    assert (await as_("mia").get("/api/v1/me")).json()["pain_faces"] is True
    scale = (await as_("mia").get(f"/api/v1/participants/{cast.leo.id}/pain-scale")).json()
    assert scale["shown_as"] == "FPS-R"


@pytest.mark.parametrize("content", [None, b"<svg onload=alert(1)>", b"x" * 2_000_000])
def test_faces_that_are_not_all_images_stop_the_start(tmp_path, content):
    for score in SCORES[:-1]:
        (tmp_path / f"{score}.png").write_bytes(PNG)
    if content:
        (tmp_path / "10.png").write_bytes(content)

    with pytest.raises(SettingsError, match="FPS_R_IMAGES: image 10"):
        licensed_faces(str(tmp_path))
