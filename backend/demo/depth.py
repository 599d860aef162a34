"""What the demo shows of clinical depth: a fracture in all its details and how it went on, pain by age, medicines and
milestones, a photo, two voices about one event, readings of a film, safety cases and who is on duty."""

import io
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from PIL import Image, ImageDraw

from backend.access.actor import Actor
from backend.adjudication.schemas import NewJudgement
from backend.adjudication.signing import sign_judgement
from backend.attachments.receiving import Receiving
from backend.attachments.storing import store_whole_uploads
from backend.attachments.tus import Announced
from backend.attachments.uploads import begin_upload
from backend.clock import utc_now
from backend.demo import details
from backend.demo.cohort import Cast, coordinator_of
from backend.demo.people import Family
from backend.diary.sync import accept_batch
from backend.diary.uploads import Sender
from backend.review.decisions import validate_entry
from backend.safety import acts
from backend.safety.duty import plan_shift
from backend.safety.schemas import NewShift
from backend.wiring import Wiring
from models import DiaryEntry, SafetyCase
from models.actions import Action
from models.fields import new_id
from models.transaction import atomic
from models.vocabulary import AdjudicationStatus, Assessment, AttachmentPurpose, EvidenceKind

OLD = timedelta(days=2)
INVESTIGATORS = {"SE01": "iris", "GB01": "ivan"}


async def tell_in_depth(wiring: Wiring, cast: Cast, now: datetime) -> None:
    photo = new_id()
    await _tell(wiring, cast, photo, now)
    await _send_photo(wiring, cast, photo)


@atomic
async def _tell(wiring: Wiring, cast: Cast, photo: UUID, now: datetime) -> None:
    diary = _Diary(wiring, cast)
    await _duty(cast, now)
    await _a_fracture_from_its_first_day(diary, photo, now)
    for code, told in details.PAIN.items():
        await diary.reviewed(code, "pain", now - timedelta(days=4), told)
    for family, participant, _ in cast.families:
        for kind, told in details.background(family.born, now.date()):
            await diary.reviewed(participant.code, kind, now - timedelta(days=40), told)
    await _two_voices(diary, now)
    await _old_cases_are_read(cast, now)
    await _an_open_case(diary, now)


class _Diary:
    """Writing as a family's phone does, on a day of the past."""

    def __init__(self, wiring: Wiring, cast: Cast) -> None:
        self.wiring, self.cast, self.staff = wiring, cast, cast.staff
        self.families = {family.code: (family, participant, people) for family, participant, people in cast.families}

    async def log(
        self, code: str, kind: str, at: datetime, data: dict[str, Any], *, by: int = 0,
        offline_for: timedelta = timedelta(),
    ) -> UUID:
        """`by`: which of the family; `offline_for`: how long the phone kept it before it could send."""
        _, participant, people = self.families[code]
        sender = Sender(list(people.values())[by], participant.id, self.wiring.protocol, at, clock_skew=0,
                        app_version="1.0")
        written = at - offline_for
        item = {"collection": "entries", "id": str(new_id()), "op": "upsert", "kind": kind, "client_seq": 1,
                "recorded_at": written.isoformat(), "timezone": "Europe/Stockholm",
                "data": {"occurred": written.strftime("%Y-%m-%d"), **data} if kind in details.DATED else data}
        (result,) = await accept_batch(sender, [item])
        return UUID(result.id)

    async def reviewed(self, code: str, kind: str, at: datetime, data: dict[str, Any]) -> UUID:
        """The same, validated by the site three days later."""
        entry = await DiaryEntry.get(id=await self.log(code, kind, at, data))
        coordinator = coordinator_of(self.cast, self.families[code][0]).acting(Action.ENTRY_VALIDATE)
        await validate_entry(coordinator, entry.id, entry.seq, at + timedelta(days=3))
        return entry.id


async def _duty(cast: Cast, now: datetime) -> None:
    """Stockholm is covered; in London nobody answers on the fourth day from now."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    shifts = (("SE01", "nora", "dag", 0, 14), ("GB01", "otto", "ivan", 0, 3), ("GB01", "otto", "otto", 4, 14))
    for site, planner, holder, first, last in shifts:
        wanted = NewShift(site, cast.staff[holder].account, midnight + timedelta(days=first),
                          midnight + timedelta(days=last), phone="+46 8 000 00 00")
        await plan_shift(cast.staff[planner].acting(Action.DUTY_PLAN), wanted, now)


async def _a_fracture_from_its_first_day(diary: _Diary, photo: UUID, now: datetime) -> None:
    """Two bones of Leo's, every question answered, the card answered three times, two readers of the film."""
    began = now - timedelta(days=60)
    named = {**details.TWO_BONES, "attachments": [{"id": str(photo), "purpose": "photo"}]}
    entry_id = await diary.reviewed("SE01-001", "fracture", began, named)
    for days, told in details.FOLLOW_UPS:
        answer = {"parent_id": str(entry_id), **told}
        await diary.reviewed("SE01-001", "follow_up", began + timedelta(days=days), answer)
    family = diary.families["SE01-001"][0]
    await _read_films(diary, family, entry_id, began)


async def _read_films(diary: _Diary, family: Family, entry_id: UUID, began: datetime) -> None:
    entry = await DiaryEntry.get(id=entry_id)
    for reader, codes in (("bea", ("42-D/5.1", None)), (INVESTIGATORS[family.site], ("42t-D/5.1", "42f-D/5.1"))):
        for index, ao_code in enumerate(codes):
            judgement = NewJudgement(AdjudicationStatus.CONFIRMED_RADIOGRAPHIC, site_index=index, ao_code=ao_code,
                                     evidence=[EvidenceKind.RADIOGRAPH, EvidenceKind.IMAGING_REPORT])
            await sign_judgement(diary.staff[reader].acting(Action.ADJUDICATE), entry.id, entry.version, judgement,
                                 diary.wiring.protocol, began + timedelta(days=10))


async def _two_voices(diary: _Diary, now: datetime) -> None:
    """Two parents told of what may be one event; nobody has compared them yet."""
    for parent, told in enumerate(details.TWO_VOICES):
        await diary.log("SE01-004", "fracture", now - timedelta(days=6, hours=-parent * 5), told, by=parent)


async def _old_cases_are_read(cast: Cast, now: datetime) -> None:
    """What may have been urgent in two years was read, judged and closed soon after it came."""
    for case in await SafetyCase.filter(known_since__lt=now - OLD):
        family = next(f for f in cast.families if f[1].id == case.participant_id)[0]
        coordinator, investigator = coordinator_of(cast, family), cast.staff[INVESTIGATORS[family.site]]
        entry = await DiaryEntry.get(id=case.entry_id)
        at = case.known_since + timedelta(hours=2)
        await acts.acknowledge(coordinator.acting(Action.SAFETY_ACKNOWLEDGE), case.id, case.seq, entry.version, at)
        await case.refresh_from_db()
        await acts.assess(investigator.acting(Action.SAFETY_ASSESS), case.id, case.seq, entry.version,
                          Assessment.NOT_SERIOUS, note="Cared for at home, as usual", now=at + timedelta(hours=1))
        await case.refresh_from_db()
        await acts.close(coordinator.acting(Action.SAFETY_CLOSE), case.id, case.seq, "Nothing is left to do",
                         at + timedelta(hours=2))


async def _an_open_case(diary: _Diary, now: datetime) -> None:
    """Written without network in the hospital nine hours before it came; the clock runs since two hours."""
    await diary.log("SE01-002", "fracture", now - timedelta(hours=2), details.ADMITTED, by=1,
                    offline_for=timedelta(hours=9))


async def _send_photo(wiring: Wiring, cast: Cast, photo: UUID) -> None:
    """As a phone sends it, and as the worker takes it in."""
    _, participant, people = cast.families[0]
    content = _picture()
    mia: Actor = people["mia"].acting(Action.ATTACHMENT_UPLOAD)
    announced = Announced(photo, participant.id, len(content), AttachmentPurpose.PHOTO)
    upload = await begin_upload(mia, announced, utc_now())

    async def whole() -> Any:
        yield content

    async def still_allowed() -> None:
        """Nobody takes a right away in between."""

    await Receiving(wiring.images, upload, 0, None, utc_now, still_allowed).take(whole())
    await store_whole_uploads(wiring.images, utc_now())


def _picture() -> bytes:
    """A drawn leg in a splint: no real child."""
    image = Image.new("RGB", (1200, 900), "#e9e3d8")
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle((150, 330, 1000, 560), 110, fill="#e0b79a")
    pen.rounded_rectangle((930, 300, 1080, 620), 60, fill="#e0b79a")
    pen.rounded_rectangle((280, 300, 900, 590), 40, outline="#8fa9c4", width=36)
    written = io.BytesIO()
    image.save(written, "JPEG", quality=85)
    return written.getvalue()
