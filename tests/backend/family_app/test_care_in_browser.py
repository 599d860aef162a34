"""Pain by the scale for the age, photos by any network, and what stands on the screen when something may be urgent."""

import io
from datetime import date

import pytest
from PIL import Image

from backend.attachments.storing import store_whole_uploads
from backend.clock import utc_now
from backend.safety.acts import acknowledge
from models import Attachment, DiaryEntry, Participant, SafetyCase
from models.actions import Action
from tests.backend.family_app.test_depth_in_browser import all_sent, choose, newest
from tests.backend.family_app.test_page_in_browser import photograph

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]
WATCHED = "This app is not watched day and night"
GPS = 0x8825


def born(installation, year: int) -> None:
    installation.ask(lambda cast: Participant.filter(id=cast.leo.id).update(birth_month=date(year, 5, 1)))


def test_child_of_seven_answers_alone_and_the_carer_is_kept_apart(phone, installation):
    mia = phone("mia")
    mia.sign_in()
    mia.context.set_offline(True)
    mia.page.get_by_role("button", name="Pain").click()
    photograph(mia.page, "pain-before")
    mia.page.get_by_role("button", name="Now it's your turn").click()
    assert mia.page.get_by_role("button", name="Step").all_inner_texts() == [""] * 6  # no numbers to count by
    photograph(mia.page, "pain-child")
    mia.page.get_by_role("button", name="Step 4 of 6").click()
    photograph(mia.page, "pain-thanks")
    mia.page.get_by_role("button", name="I have the phone back").click()
    choose(mia, "Who answered?", "The child, with help")
    choose(mia, "Your own impression (kept apart)", "3")
    photograph(mia.page, "pain-adult")
    mia.page.get_by_role("button", name="Save").click()
    mia.page.locator(".home").wait_for()
    mia.context.set_offline(False)
    all_sent(mia)

    told = newest(installation, "pain")
    assert {name: told.data[name] for name in told.data if name != "occurred"} == {
        "scale": "six_step", "score": 6, "rated_by": "self_assisted", "proxy_score": 3}
    assert told.findings == []
    assert mia.complaints == []


@pytest.mark.full
def test_sleeping_child_is_an_answer_too(phone, installation):
    mia = phone("mia")
    mia.sign_in()

    mia.page.get_by_role("button", name="Pain").click()
    mia.page.get_by_role("button", name="Asleep").click()
    mia.page.get_by_role("button", name="Save").click()
    all_sent(mia)

    told = newest(installation, "pain")
    assert (told.data["not_rated"], "score" in told.data, told.findings) == ("asleep", False, [])


def test_small_child_is_watched_and_the_sum_needs_all_five(phone, installation):
    born(installation, 2024)
    mia = phone("mia")
    mia.sign_in()
    mia.page.get_by_role("button", name="Pain").click()
    for item, words in (("Face", "Frowns now and then, turned inwards"), ("Legs", "Relaxed"),
                        ("Body", "Squirms, shifts, tense"), ("Crying", "Cries steadily, screams or sobs")):
        choose(mia, item, words)
    mia.page.get_by_text("The sum is made when all five are chosen.").wait_for()
    mia.page.get_by_role("button", name="Save").click()
    mia.page.get_by_text("Not all five are chosen; without them").wait_for()
    mia.page.reload()  # what was touched is still there
    mia.page.evaluate("location.hash = '#/'")
    mia.page.get_by_role("link", name="Continue").click()
    choose(mia, "Comforting", "Hard to comfort")
    mia.page.get_by_text("Together: 6 of 10").wait_for()
    choose(mia, "Is a leg hurt or in a cast?", "Yes")
    mia.page.get_by_text("the legs and comforting by touch tell little").wait_for()
    photograph(mia.page, "pain-flacc")
    mia.page.get_by_role("button", name="Save").click()
    all_sent(mia)

    told = newest(installation, "pain").data
    assert [told[item] for item in ("scale", "face", "legs", "activity_level", "cry", "consolability")] == [
        "FLACC", 1, 0, 1, 2, 2]
    assert ("score" in told, told["rated_by"]) == (False, "carer")
    assert mia.complaints == []


@pytest.mark.full
def test_older_child_answers_with_numbers(phone, installation):
    born(installation, 2015)
    mia = phone("mia")
    mia.sign_in()

    mia.page.get_by_role("button", name="Pain").click()
    mia.page.get_by_role("button", name="Now it's your turn").click()
    photograph(mia.page, "pain-numbers")
    mia.page.get_by_role("button", name="7", exact=True).click()
    mia.page.get_by_role("button", name="I have the phone back").click()
    mia.page.get_by_role("button", name="Save").click()
    all_sent(mia)

    told = newest(installation, "pain").data
    assert (told["scale"], told["score"], told["rated_by"]) == ("NRS-11", 7, "self")


def test_sentence_about_help_stands_before_saving_and_after_without_a_network(phone, installation):
    mia = phone("mia")
    mia.sign_in()
    mia.context.set_offline(True)
    for kind in ("Fracture", "Symptom"):
        mia.page.get_by_role("button", name=kind, exact=True).click()
        mia.page.get_by_text(WATCHED).wait_for()
        photograph(mia.page, f"write-{kind.lower()}")
        mia.page.get_by_role("button", name="Cancel").click()
        mia.page.locator(".home").wait_for()
    mia.log_fracture()
    assert mia.page.get_by_text(WATCHED).count() == 0  # nothing about it is urgent

    mia.page.get_by_role("button", name="Fracture", exact=True).click()
    mia.page.get_by_text("More places").click()
    mia.page.get_by_role("button", name="Skull", exact=True).click()
    mia.page.get_by_role("button", name="Save").click()
    mia.page.get_by_text(WATCHED).wait_for()  # by the rules on the phone
    photograph(mia.page, "after-urgent")
    assert mia.page.get_by_text("The study staff are being told.").count() == 0
    mia.context.set_offline(False)
    mia.page.get_by_text("The study staff are being told.").wait_for()

    installation.ask(read_by_nora)
    mia.page.reload()
    mia.page.get_by_text("The study staff read this on").wait_for()
    photograph(mia.page, "after-read")
    assert mia.complaints == []


async def read_by_nora(cast) -> None:
    for case in await SafetyCase.all():
        entry = await DiaryEntry.get(id=case.entry_id)
        actor = await cast.actor("nora", Action.SAFETY_ACKNOWLEDGE)
        await acknowledge(actor, case.id, case.seq, entry.version, utc_now())


@pytest.mark.full
def test_page_speaks_the_sentence_in_the_language_of_the_page(phone):
    mia = phone("mia")
    mia.sign_in()
    mia.page.evaluate("location.hash = '#/settings'")
    mia.page.get_by_role("button", name="Svenska").click()
    mia.page.get_by_role("heading", name="Inställningar").wait_for()
    mia.context.set_offline(True)

    mia.page.evaluate("location.hash = '#/write/fracture'")

    mia.page.get_by_text("dygnet runt").wait_for()
    photograph(mia.page, "write-fracture-sv")


def camera_picture() -> bytes:
    """A large picture that says where it was taken."""
    written, exif = io.BytesIO(), Image.Exif()
    exif.get_ifd(GPS).update({1: "N", 2: (59.0, 20.0, 0.0), 3: "E", 4: (18.0, 4.0, 0.0)})
    exif[GPS] = exif.get_ifd(GPS)
    Image.radial_gradient("L").resize((3000, 2000)).convert("RGB").save(written, "JPEG", exif=exif)
    assert Image.open(io.BytesIO(written.getvalue())).getexif().get_ifd(GPS)
    return written.getvalue()


KEPT = """async () => {
    const { state } = await import("/app/state.js");
    const photos = await state.kept.all("photos");
    return Promise.all(photos.map(async ({ blob }) => [...new Uint8Array(await blob.arrayBuffer())]));
}"""


def take_photo(mia, content: bytes) -> None:
    mia.page.get_by_role("link", name="Add details").click()
    mia.page.get_by_role("link", name="Photos and letters").click()
    mia.page.get_by_label("Take or choose a photo").first.set_input_files(
        {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": content})


def test_photo_is_made_small_kept_offline_and_forgotten_only_when_stored(phone, installation):
    mia = phone("mia")
    mia.sign_in()
    mia.log_fracture()
    all_sent(mia)
    mia.context.set_offline(True)
    take_photo(mia, camera_picture())
    mia.page.locator(".photos").get_by_text("On this phone").wait_for()
    photograph(mia.page, "photos-offline")
    mia.switch_off()
    mia.switch_on(offline=True)
    mia.page.locator(".entry").first.click()
    mia.page.locator(".photos img").wait_for()

    (kept,) = mia.page.evaluate(KEPT)
    picture = Image.open(io.BytesIO(bytes(kept)))
    assert (max(picture.size), len(picture.getexif())) == (1600, 0)
    mia.context.set_offline(False)
    mia.page.evaluate("location.hash = '#/'")
    all_sent(mia)
    mia.page.locator(".entry").first.click()
    mia.page.locator(".photos").get_by_text("Sent").wait_for()
    mia.page.evaluate("async () => (await import('/app/state.js')).sendNow()")
    assert len(mia.page.evaluate(KEPT)) == 1  # sent, not yet stored

    installation.ask(lambda cast: store_whole_uploads(cast.wiring.images, utc_now()))
    mia.page.reload()
    mia.page.locator(".photos img").wait_for()
    mia.page.wait_for_timeout(500)
    row = installation.ask(lambda cast: Attachment.get())
    assert (row.state, row.width, str(row.entry_id)) == ("stored", 1600, str(newest(installation).id))
    mia.page.evaluate("location.hash = '#/'")
    mia.page.reload()
    all_sent(mia)
    mia.page.wait_for_timeout(500)
    assert mia.page.evaluate(KEPT) == []
    assert mia.complaints == []


@pytest.mark.full
def test_cut_connection_goes_on_where_it_was(phone, installation):
    mia = phone("mia")
    mia.sign_in()
    mia.log_fracture()
    all_sent(mia)
    seen = []

    def cut_once(route) -> None:
        seen.append(route.request.headers["upload-offset"])
        if len(seen) == 2:
            route.abort()
        else:
            route.continue_()

    mia.context.route("**/api/v1/uploads/*", cut_once)
    noise = io.BytesIO()
    Image.effect_noise((1600, 1600), 90).convert("RGB").save(noise, "JPEG", quality=95)
    take_photo(mia, noise.getvalue())
    mia.page.locator(".photos li").wait_for()
    mia.page.get_by_role("button", name="Done").click()
    mia.page.wait_for_timeout(500)
    mia.page.evaluate("location.hash = '#/settings'")
    mia.page.get_by_role("button", name="Send now").click()
    mia.page.evaluate("location.hash = '#/'")
    all_sent(mia)
    mia.page.locator(".entry").first.click()
    mia.page.locator(".photos").get_by_text("Sent").wait_for()

    row = installation.ask(lambda cast: Attachment.get())
    assert row.received == row.length > 262_144
    assert seen.count("0") == 1  # what had come was not sent again
    assert mia.complaints == []


@pytest.mark.full
def test_what_is_no_picture_is_said_at_once(phone):
    mia = phone("mia")
    mia.sign_in()
    mia.log_fracture()

    take_photo(mia, b"<html>not a picture</html>")

    mia.page.get_by_text("This picture can't be read here.").wait_for()
    assert mia.page.evaluate(KEPT) == []
    assert mia.complaints == []


@pytest.mark.full
def test_photo_on_another_phone_is_named_as_missing(phone, installation):
    mia, ben = phone("mia"), phone("ben")
    mia.sign_in()
    mia.log_fracture()
    all_sent(mia)
    mia.context.route("**/api/v1/uploads**", lambda route: route.abort())
    take_photo(mia, camera_picture())
    mia.page.get_by_role("button", name="Done").click()
    mia.page.wait_for_timeout(1000)
    ben.sign_in("ben")
    ben.standing().get_by_text("Sent").wait_for()

    ben.page.locator(".entry").first.click()

    ben.page.locator(".photos").get_by_text("it lies on another phone").wait_for()
    photograph(ben.page, "photo-missing")
