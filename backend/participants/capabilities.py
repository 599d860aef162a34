"""What a guardianship may allow: all that its role can have, unless whoever issues the code says less."""

from collections.abc import Collection, Sequence

from backend.errors import CapabilityEscalation
from models.vocabulary import Capability, Role

CAPABILITIES = {
    Role.GUARDIAN: [Capability.LOG, Capability.SEE, Capability.ANSWER, Capability.INVITE],
    Role.PARTICIPANT: [Capability.LOG, Capability.SEE, Capability.ANSWER],
    Role.CARER: [Capability.LOG],
}
"""Unless said otherwise."""
POSSIBLE = {**CAPABILITIES, Role.CARER: [Capability.LOG, Capability.SEE]}
"""A carer reports only; who issues the code may let them see the diary too."""


def granted(
    role: Role, wanted: Sequence[Capability] | None, own: Collection[Capability] = tuple(Capability)
) -> list[Capability]:
    """What a new guardianship allows, given by somebody who holds `own`. Raises CapabilityEscalation."""
    if wanted is None:
        return [capability for capability in CAPABILITIES[role] if capability in own]
    require_within(wanted, POSSIBLE[role])
    require_within(wanted, own)
    return [capability for capability in Capability if capability in wanted]


def require_within(wanted: Sequence[Capability], limit: Collection[Capability]) -> None:
    """Raises CapabilityEscalation."""
    if beyond := [capability for capability in wanted if capability not in limit]:
        raise CapabilityEscalation(beyond=beyond)
