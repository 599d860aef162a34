"""A fracture entry with what readers signed about it, as far as this reader may see it."""

from uuid import UUID

import msgspec

from backend.access import scope
from backend.access.actor import Actor
from backend.adjudication.schemas import AdjudicationView, JudgedPlaceView, JudgementView
from backend.errors import NotFound
from backend.review.blinding import answers_seen, is_blinded
from models import Adjudication, DiaryEntry, Site
from models.fractures.places import place_of, places_in
from models.protocol import Protocol
from models.vocabulary import AdjudicationStatus, EntryKind


async def adjudication_of(actor: Actor, entry_id: UUID, protocol: Protocol) -> AdjudicationView:
    """Raises NotFound."""
    entry = await DiaryEntry.get_or_none(id=entry_id, kind=EntryKind.FRACTURE)
    if entry is None:
        raise NotFound
    participant = await scope.participant_for(actor, entry.participant_id)
    site = await Site.get(id=participant.site_id)
    blinded = is_blinded(actor, participant.site_id)
    signed = await Adjudication.filter(entry_id=entry.id).order_by("-seq")
    form = protocol.form(entry.kind)
    return AdjudicationView(
        entry.id, participant.id, participant.code, site.code, entry.state, entry.version,
        answers_seen(entry.data, form) if blinded else entry.data,
        _places(entry, signed, actor.account if blinded else None),
    )


def _places(entry: DiaryEntry, signed: list[Adjudication], only: UUID | None) -> list[JudgedPlaceView]:
    """`only`: a blinded reader, who sees neither others' judgements nor a place that only others have seen."""
    seen = {one.site_index for one in signed if only in (None, one.reader_id)}
    told = range(len(places_in(entry.data)))
    return [_place(entry, index, signed, only) for index in sorted({*told, *seen})]


def _place(entry: DiaryEntry, index: int, signed: list[Adjudication], only: UUID | None) -> JudgedPlaceView:
    about = [one for one in signed if one.site_index == index]
    newest = newest_of_readers(about)
    told = places_in(entry.data)
    shown = [one for one in about if only is None or one.reader_id == only]
    hidden = only is not None and not any(one.entry_version == entry.version for one in shown)
    return JudgedPlaceView(
        index, msgspec.to_builtins(told[index]) if index < len(told) else None,
        None if hidden else disagree(newest, entry.version),
        [_judgement(one, entry, is_newest=one in newest) for one in shown],
    )


def newest_of_readers(newest_first: list[Adjudication]) -> list[Adjudication]:
    """Of each reader and place the last word."""
    found: dict[tuple[UUID, int], Adjudication] = {}
    for one in newest_first:
        found.setdefault((one.reader_id, one.site_index), one)
    return list(found.values())


def disagree(newest: list[Adjudication], version: int) -> bool:
    """Whether two readers judged this version differently: what it was, how it was found, where, or its pattern."""
    views = {
        (one.status, one.detection, place_of(one.place), one.ao_code) for one in newest
        if one.entry_version == version and one.status is not AdjudicationStatus.PENDING
    }
    return len(views) > 1


def _judgement(one: Adjudication, entry: DiaryEntry, *, is_newest: bool) -> JudgementView:
    return JudgementView(
        one.id, one.site_index, one.entry_version, one.entry_version == entry.version, is_newest, one.status,
        one.detection, one.place, one.ao_code, one.genant, one.evidence, one.blinded, one.comment, one.reader_id,
        one.signed_name, one.signed_at, one.meaning, one.content_hash,
    )
