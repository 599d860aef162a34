"""What a blinded reader is not shown: everything that tells whether a participant is treated (EMA 2023, 6.2.1).

The protocol marks such questions with `unblinds`; free texts among them, for nobody knows what they say.
"""

from typing import Any
from uuid import UUID

import msgspec

from backend.access.actor import Actor
from backend.access.permissions import allows
from backend.review.schemas import ReviewView
from models.protocol import Protocol
from models.vocabulary import Role


def is_blinded(actor: Actor, site_id: UUID) -> bool:
    """Whether the actor looks at this site as a blinded reader and in no other role."""
    looking = {role for role, site in actor.staff_roles if site in (None, site_id) and allows(role, actor.action)}
    return looking <= {Role.BLINDED_READER}


def without_what_unblinds(view: ReviewView, protocol: Protocol) -> ReviewView:
    """The entry as a blinded reader sees it: no questions to the family, no deliveries, no field that unblinds."""
    form = protocol.form(view.entry.kind)
    hidden = {name for name, field in form.field.items() if field.unblinds}

    def seen(data: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in data.items() if name in form.field and name not in hidden}

    entry = msgspec.structs.replace(
        view.entry, data=seen(view.entry.data),
        findings=[finding for finding in view.entry.findings if finding.get("field") not in hidden],
    )
    revisions = [
        msgspec.structs.replace(revision, data=seen(revision.data), sent=seen(revision.sent), findings=[])
        for revision in view.revisions
    ]
    return msgspec.structs.replace(view, entry=entry, revisions=revisions, queries=[], deliveries=[])
