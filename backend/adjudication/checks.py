"""What can't be right in a judgement: refused with the question it is about, before anything is signed. Pure."""

from collections.abc import Iterator

from backend.adjudication.schemas import NewJudgement
from models.fractures.ao_code import ao_fault
from models.fractures.places import UNKNOWN, Place
from models.protocol import Protocol
from models.vocabulary import AdjudicationStatus, EntryKind, EvidenceKind

IMAGING = {EvidenceKind.RADIOGRAPH, EvidenceKind.OTHER_IMAGING, EvidenceKind.IMAGING_REPORT}
Finding = dict[str, str]


def faults_of(
    judgement: NewJudgement, told: tuple[Place, ...], free: int, protocol: Protocol
) -> list[Finding]:
    """`free`: the next number for a place that nobody has named yet."""
    if judgement.site_index > free:
        return [_finding("site_index", "site_index.not_next")]
    if judgement.place is None and judgement.site_index >= len(told):
        return [_finding("bone", "place.missing")]
    place = place_judged(judgement, told)
    return [*_unknown_codes(judgement, protocol), *_odd_place(place), *_odd_reading(judgement, place)]


def place_judged(judgement: NewJudgement, told: tuple[Place, ...]) -> Place:
    """As the reader sees it, or as it was told."""
    seen = judgement.place
    if seen is None:
        return told[judgement.site_index]
    return Place(seen.bone, seen.side or UNKNOWN, seen.segment or UNKNOWN, seen.level or UNKNOWN, seen.count)


def _unknown_codes(judgement: NewJudgement, protocol: Protocol) -> Iterator[Finding]:
    """Codes that the study's own fracture form doesn't know."""
    sites = protocol.form(EntryKind.FRACTURE).field.get("sites")
    if judgement.place is None or sites is None:
        return
    for name in ("bone", "side", "segment", "level"):
        code = getattr(judgement.place, name)
        if code is not None and (name not in sites.item or code not in sites.item[name].codes):
            yield _finding(name, "code_unknown")


def _odd_place(place: Place) -> Iterator[Finding]:
    if place.level != UNKNOWN and place.bone != "vertebra":
        yield _finding("level", "level.not_a_vertebra")


def _odd_reading(judgement: NewJudgement, place: Place) -> Iterator[Finding]:
    if judgement.ao_code and (wrong := ao_fault(judgement.ao_code, place)):
        yield _finding("ao_code", wrong)
    needs_images = judgement.ao_code or judgement.status is AdjudicationStatus.CONFIRMED_RADIOGRAPHIC
    if needs_images and not IMAGING & set(judgement.evidence):
        yield _finding("evidence", "evidence.imaging_missing")
    if judgement.genant is not None and place.bone != "vertebra":
        yield _finding("genant", "genant.not_a_vertebra")


def _finding(question: str, code: str) -> Finding:
    return {"code": code, "pointer": f"/{question}"}
