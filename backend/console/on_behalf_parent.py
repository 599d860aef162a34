"""Which fracture an entry belongs to that staff write down: a choice among what was reported of this child."""

from uuid import UUID

from backend.console.answers import shown
from backend.console.words import partial_date, say
from models import DiaryEntry
from models.protocol import Form
from models.vocabulary import EntryKind, EntryState

PARENT = "parent_id"
MOST = 100
GONE = (EntryState.RETRACTED, EntryState.REJECTED, EntryState.DUPLICATE)


async def fractures_to_choose(participant_id: UUID, asked: Form, fracture: Form) -> dict[str, str]:
    """Id → words, the newest first; empty for a form that does not ask. The caller has opened the record."""
    if PARENT not in asked.field:
        return {}
    found = await DiaryEntry.filter(
        participant_id=participant_id, kind=EntryKind.FRACTURE, state__not_in=GONE,
    ).order_by("-occurred_from", "-id").limit(MOST)
    return {str(entry.id): _in_words(entry, fracture) for entry in found}


def _in_words(entry: DiaryEntry, fracture: Form) -> str:
    told = entry.data.get("occurred")
    when = partial_date(told) if isinstance(told, str) else "No date"
    return f"{when}: {'; '.join(shown(fracture.field.get('sites'), entry.data.get('sites')))}" \
        f" ({say('relation', entry.relation).lower()})"
