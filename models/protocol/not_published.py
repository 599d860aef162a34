"""What the trial has not published: unset in the protocol's file, said wherever it is shown, never guessed."""

from collections.abc import Iterator

import msgspec

from models.protocol.file import ProtocolFile
from models.protocol.repeats import by_code


class NotPublished(msgspec.Struct, frozen=True):
    """`key` as in the file; `of` names the rows in which it is unset, empty where there is one only."""

    key: str
    of: tuple[str, ...] = ()


def not_published(content: ProtocolFile) -> list[NotPublished]:
    visits = by_code(content.visit).items()
    rows = {
        "visit.window": tuple(code for code, one in visits if one.rule.window_before is None),
        "visit.bring": tuple(code for code, one in visits if not one.rule.bring),
        "case_definition": tuple(one.id for one in content.case_definition if not one.is_set),
        "country.child_tiers": tuple(rule.code for rule in content.country if not rule.child_tiers),
        "country.own_account_from": tuple(rule.code for rule in content.country if rule.own_account_from is None),
    }
    return [*(NotPublished(key, of) for key, of in rows.items() if of), *_single(content)]


def _single(content: ProtocolFile) -> Iterator[NotPublished]:
    if content.safety.fracture_with_admission_is_serious is None:
        yield NotPublished("safety.fracture_with_admission_is_serious")
