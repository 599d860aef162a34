"""What a blinded reader is not shown: everything that tells whether a participant is treated (EMA 2023, 6.2.1).

The protocol marks such questions with `unblinds`; free texts are hidden everywhere, for nobody knows what they say.
"""

from typing import Any
from uuid import UUID

import msgspec
from tortoise.expressions import Q

from backend.access.actor import Actor
from backend.access.permissions import allows
from backend.review.schemas import ReviewView
from models import StaffRole
from models.actions import Action
from models.protocol import Field, Form, Protocol
from models.vocabulary import Role


def is_blinded(actor: Actor, site_id: UUID) -> bool:
    """Whether the actor looks at this site as a blinded reader and in no other role."""
    looking = {role for role, site in actor.staff_roles if site in (None, site_id) and allows(role, actor.action)}
    return looking <= {Role.BLINDED_READER}


async def has_looked_unblinded(actor: Actor, site_id: UUID) -> bool:
    """Whether the actor holds or ever held another role that sees entries of this site: what is known stays known."""
    held = await StaffRole.filter(Q(site_id=None) | Q(site_id=site_id), account_id=actor.account)
    return any(one.role is not Role.BLINDED_READER and allows(one.role, Action.REVIEW_READ) for one in held)


def answers_seen(data: dict[str, Any], form: Form) -> dict[str, Any]:
    """The answers as a blinded reader sees them; what this server doesn't know is hidden, too."""
    return _seen(data, form.field)


def _seen(answers: dict[str, Any], fields: dict[str, Field]) -> dict[str, Any]:
    """Of a list's items likewise."""
    return {name: _items_seen(value, fields[name]) if fields[name].type == "list" else value
            for name, value in answers.items() if name in fields and not _is_hidden(fields[name])}


def _items_seen(items: Any, field: Field) -> list[dict[str, Any]]:
    return [_seen(item, field.item) for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _is_hidden(field: Field) -> bool:
    return field.unblinds or field.type == "text"


def without_what_unblinds(view: ReviewView, protocol: Protocol) -> ReviewView:
    """The entry as a blinded reader sees it: no questions to the family, no deliveries, no field that unblinds."""
    form = protocol.form(view.entry.kind)
    hidden = {name for name, field in form.field.items() if _is_hidden(field)}

    def seen(data: dict[str, Any]) -> dict[str, Any]:
        return answers_seen(data, form)

    entry = msgspec.structs.replace(
        view.entry, data=seen(view.entry.data),
        findings=[finding for finding in view.entry.findings if finding.get("field") not in hidden],
    )
    revisions = [
        msgspec.structs.replace(revision, data=seen(revision.data), sent=seen(revision.sent), findings=[])
        for revision in view.revisions
    ]
    return msgspec.structs.replace(view, entry=entry, revisions=revisions, queries=[], deliveries=[])
