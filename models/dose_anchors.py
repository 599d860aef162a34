"""The days from which the protocol counts: a participant's first dose and, once no further one is due, the last."""

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from models.protocol import Anchors, Protocol
from models.visit import Dose


async def anchors_of(participant_ids: Collection[UUID], protocol: Protocol) -> dict[UUID, Anchors]:
    """Of those who have had a dose; nothing is read while the protocol's rhythm never changes."""
    if not protocol.file.check_in.later or not participant_ids:
        return {}
    doses: dict[UUID, list[Dose]] = defaultdict(list)
    for dose in await Dose.filter(participant_id__in=set(participant_ids)).order_by("number"):
        doses[dose.participant_id].append(dose)
    most = protocol.file.doses.most
    return {
        participant_id: {"first_dose": given[0].given_on,
                         "last_dose": given[-1].given_on if given[-1].number == most else None}
        for participant_id, given in doses.items()
    }
