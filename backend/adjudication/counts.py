"""A participant's fractures by a named case definition of the protocol, with everything the figure depends on."""

from collections.abc import Iterable
from uuid import UUID

from backend.access import scope
from backend.access.actor import Actor
from backend.adjudication.schemas import EpisodeView, EpochTotal, ExcludedView, FractureCountView, UnitView
from backend.errors import DefinitionNotSet, DoesNotFit
from models import Adjudication, DiaryEntry
from models.fractures.counting import POSTNATAL, Episode, FractureCount, Judgement, Told, count_fractures
from models.fractures.places import place_of, places_in
from models.protocol import CaseDefinition, Protocol
from models.vocabulary import EntryKind


async def fracture_count(
    actor: Actor, participant_id: UUID, definition_id: str, protocol: Protocol
) -> FractureCountView:
    """Raises NotFound, DoesNotFit (no such definition) or DefinitionNotSet."""
    definition = set_definition(protocol, definition_id)
    participant = await scope.participant_for(actor, participant_id)
    return _counted(participant.id, *await _reports(participant.id), definition, protocol)


async def fracture_counts(
    actor: Actor, participant_id: UUID, protocol: Protocol
) -> list[tuple[CaseDefinition, FractureCountView | None]]:
    """By every case definition from the same reading; None where nobody has decided on it. Raises NotFound."""
    participant = await scope.participant_for(actor, participant_id)
    told, judged = await _reports(participant.id)
    return [(one, _counted(participant.id, told, judged, one, protocol) if one.is_set else None)
            for one in protocol.file.case_definition]


async def _reports(participant_id: UUID) -> tuple[list[Told], list[Judgement]]:
    entries = await DiaryEntry.filter(participant_id=participant_id, kind=EntryKind.FRACTURE)
    signed = await Adjudication.filter(entry__participant_id=participant_id)
    return [_told(entry) for entry in entries], [_judgement(one) for one in signed]


def _counted(
    participant_id: UUID, told: list[Told], judged: list[Judgement], definition: CaseDefinition, protocol: Protocol
) -> FractureCountView:
    rule = protocol.file.counting
    count = count_fractures(told, judged, definition, rule)
    return FractureCountView(
        participant_id, definition.id, definition.title, protocol.file.version, protocol.hash, rule.paired_bones,
        rule.ribs, _totals(count), [_episode(episode) for episode in count.episodes],
        [ExcludedView(e.entry_id, e.site_index, e.why) for e in count.excluded],
    )


def set_definition(protocol: Protocol, definition_id: str) -> CaseDefinition:
    """Raises DoesNotFit or DefinitionNotSet: nothing is ever counted by a rule that nobody has decided on."""
    known = {definition.id: definition for definition in protocol.file.case_definition}
    if definition_id not in known:
        raise DoesNotFit(errors=[{"pointer": "/case_definition", "detail": "is not in the protocol"}])
    if not known[definition_id].is_set:
        raise DefinitionNotSet(case_definition=definition_id)
    return known[definition_id]


def _told(entry: DiaryEntry) -> Told:
    epoch = entry.data.get("epoch")
    return Told(
        entry.id, entry.version, entry.state, entry.received_at, places_in(entry.data), entry.duplicate_of_id,
        epoch if isinstance(epoch, str) and epoch else POSTNATAL,
    )


def _judgement(one: Adjudication) -> Judgement:
    return Judgement(
        one.entry_id, one.entry_version, one.site_index, one.reader_id, one.seq, one.status, place_of(one.place),
        one.detection, one.ao_code,
    )


def _totals(count: FractureCount) -> list[EpochTotal]:
    epochs = sorted({POSTNATAL, *(episode.epoch for episode in count.episodes)})
    return [_total(epoch, [e for e in count.episodes if e.epoch == epoch]) for epoch in epochs]


def _total(epoch: str, episodes: Iterable[Episode]) -> EpochTotal:
    counted = list(episodes)
    return EpochTotal(epoch, len(counted), sum(len(episode.units) for episode in counted))


def _episode(episode: Episode) -> EpisodeView:
    return EpisodeView(episode.entry_id, episode.epoch, [
        UnitView(u.bone, u.side, u.segment, u.level, u.number, list(u.sites)) for u in episode.units
    ])
