"""The only way to a row: narrowed to where the actor's roles allow its action. Outside is 404, like nothing."""

from typing import TypeVar
from uuid import UUID

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from backend.access.actor import Actor
from backend.access.permissions import sites_for, speaks_for
from backend.errors import NotFound
from models import (
    Account,
    ConsentDocument,
    DataQuery,
    DiaryEntry,
    Guardianship,
    OutboxMessage,
    Participant,
    SafetyCase,
    Site,
    Visit,
    WorkItem,
)
from models.record import Record
from models.statement import is_postgres

T = TypeVar("T", bound=Record)


def participants_of(actor: Actor) -> QuerySet[Participant]:
    """Participants on whom the actor may act: by guardianship, by site, or all."""
    sites = sites_for(actor)
    if sites is None:
        return Participant.all()
    children = [child for child in actor.guardians if speaks_for(actor, child)]
    return Participant.filter(Q(site_id__in=sites) | Q(id__in=children))


async def participant_for(actor: Actor, participant_id: UUID) -> Participant:
    """Raises NotFound."""
    return await _one(participants_of(actor).filter(id=participant_id))


async def locked_participant(actor: Actor, participant_id: UUID) -> Participant:
    """The row under lock: from here to commit, this transaction alone changes anything about the participant.

    (SQLite's write transactions are exclusive from their start.) Raises NotFound.
    """
    chosen = participants_of(actor).filter(id=participant_id)
    return await _one(chosen.select_for_update(no_key=True) if is_postgres() else chosen)


async def locked_account(account_id: UUID) -> Account | None:
    """The row under lock: from here to commit nobody signs in to it or changes what lets in.

    Accounts have no scope of their own; the caller says whose it is.
    """
    chosen = Account.filter(id=account_id)
    return await (chosen.select_for_update(no_key=True) if is_postgres() else chosen).first()


async def entry_for(actor: Actor, entry_id: UUID) -> tuple[Participant, DiaryEntry]:
    """The entry, read after its participant was locked. Raises NotFound."""
    return await _with_participant(actor, DiaryEntry, entry_id)


async def query_for(actor: Actor, query_id: UUID) -> tuple[Participant, DataQuery]:
    """The data query, read after its participant was locked. Raises NotFound."""
    return await _with_participant(actor, DataQuery, query_id)


async def visit_for(actor: Actor, visit_id: UUID) -> tuple[Participant, Visit]:
    """The visit, read after its participant was locked. Raises NotFound."""
    return await _with_participant(actor, Visit, visit_id)


async def guardianship_for(actor: Actor, guardianship_id: UUID) -> tuple[Participant, Guardianship]:
    """The guardianship, read after its participant was locked. Raises NotFound."""
    return await _with_participant(actor, Guardianship, guardianship_id)


def cases_of(actor: Actor) -> QuerySet[SafetyCase]:
    """Safety cases of participants at the sites where the actor may act."""
    sites = sites_for(actor)
    return SafetyCase.all() if sites is None else SafetyCase.filter(site_id__in=sites)


async def case_for(actor: Actor, case_id: UUID) -> tuple[Participant, SafetyCase]:
    """The safety case, read after its participant was locked. Raises NotFound."""
    return await _with_participant(actor, SafetyCase, case_id)


def work_items_of(actor: Actor) -> QuerySet[WorkItem]:
    """Work items about participants at the sites where the actor may act."""
    sites = sites_for(actor)
    return WorkItem.all() if sites is None else WorkItem.filter(site_id__in=sites)


async def work_item_for(actor: Actor, item_id: UUID) -> tuple[Participant, WorkItem]:
    """The work item, read after its participant was locked. Raises NotFound."""
    return await _with_participant(actor, WorkItem, item_id)


def sites_of(actor: Actor) -> QuerySet[Site]:
    """The sites at which the actor may act."""
    sites = sites_for(actor)
    return Site.all() if sites is None else Site.filter(id__in=sites)


async def site_for(actor: Actor, code: str) -> Site:
    """The site of this code. Raises NotFound."""
    site = await sites_of(actor).get_or_none(code=code)
    if site is None:
        raise NotFound
    return site


async def sites_chosen(actor: Actor, code: str | None) -> list[Site]:
    """The site of this code or, without one, all at which the actor may act. Raises NotFound."""
    return [await site_for(actor, code)] if code else await sites_of(actor)


def consent_documents_of(actor: Actor) -> QuerySet[ConsentDocument]:
    """The texts of the sites where the actor may act, and those of all sites."""
    sites = sites_for(actor)
    if sites is None:
        return ConsentDocument.all()
    return ConsentDocument.filter(Q(site_id=None) | Q(site_id__in=sites))


def messages_of(actor: Actor) -> QuerySet[OutboxMessage]:
    """Outbox messages about participants at the sites where the actor may act."""
    sites = sites_for(actor)
    return OutboxMessage.all() if sites is None else OutboxMessage.filter(entry__participant__site_id__in=sites)


async def message_for(actor: Actor, message_id: UUID) -> tuple[Participant, OutboxMessage]:
    """The message, read after its participant was locked. Raises NotFound."""
    return await _with_participant(actor, OutboxMessage, message_id, "entry__participant_id")


async def _with_participant(
    actor: Actor, table: type[T], row_id: UUID, whose: str = "participant_id"
) -> tuple[Participant, T]:
    """Whose row it is, then the lock, then the row: what was read before the lock may have changed."""
    found = await table.filter(id=row_id).values_list(whose, flat=True)
    if not found:
        raise NotFound
    participant = await locked_participant(actor, found[0])  # type: ignore[arg-type]
    return participant, await table.get(id=row_id)


async def _one(chosen: QuerySet[Participant]) -> Participant:
    participant = await chosen.first()
    if participant is None:
        raise NotFound
    return participant
