"""What no single key shows: names that stand twice or nowhere, times in the wrong order, places nobody knows."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from babel import Locale

from models.protocol import check_faults
from models.protocol.clinical_faults import case_faults, counting_faults, follow_up_faults, scale_faults
from models.protocol.file import ProtocolFile
from models.protocol.form_faults import form_faults
from models.protocol.lines import Path
from models.protocol.periods import period_of
from models.protocol.reminder_faults import reminder_faults
from models.protocol.safety_faults import safety_faults
from models.protocol.shape import Fault
from models.protocol.visit_faults import period_faults, visit_faults
from models.vocabulary import Arm
from models.zones import known_zone

ENGLISH = Locale("en")
LONGEST = {"site": ("code", 10), "visit": ("code", 40)}
"""As long as the tables are wide."""


def faults_in(content: ProtocolFile) -> Iterator[Fault]:
    yield from _names(content)
    yield from _arms(content)
    yield from _sites(content)
    yield from _countries(content)
    yield from _rhythm(content)
    yield from visit_faults(content)
    yield from reminder_faults(content)
    yield from form_faults(content)
    for index, check in enumerate(content.edit_check):
        yield from ((("edit_check", index, key), why) for key, why in check_faults.faults_of(check, content.form))
    yield from scale_faults(content)
    yield from follow_up_faults(content)
    yield from case_faults(content)
    yield from counting_faults(content)
    yield from safety_faults(content)


def _names(content: ProtocolFile) -> Iterator[Fault]:
    for what, key in (("site", "code"), ("country", "code"), ("visit", "code"), ("edit_check", "code"),
                      ("safety_rule", "code"), ("case_definition", "id")):
        names = [getattr(row, key) for row in getattr(content, what)]
        yield from twice(names, (what,), key)
        yield from (((what, index, key), "must not be empty") for index, name in enumerate(names) if not name)
    for what, (key, most) in LONGEST.items():
        yield from (((what, index, key), f"is longer than {most} letters")
                    for index, row in enumerate(getattr(content, what)) if len(getattr(row, key)) > most)
    for name in ("code", "version"):
        if not 0 < len(getattr(content, name)) <= 40:
            yield (name,), "must have 1 to 40 letters"


def twice(names: Sequence[Any], path: Path, *key: str) -> Iterator[Fault]:
    """Each further mention of what was named before."""
    yield from (((*path, index, *key), f"{name} stands twice")
                for index, name in enumerate(names) if name in names[:index])


def _arms(content: ProtocolFile) -> Iterator[Fault]:
    yield from twice(content.arms, ("arms",))
    if not content.arms:
        yield ("arms",), "nobody could take part"
    places: list[tuple[Path, Iterable[Arm]]] = [
        (("doses", "arms"), content.doses.arms), (("consent", "arms"), content.consent.arms),
        (("safety", "arms"), content.safety.arms),
        *((("visit", index, "arms"), rule.arms) for index, rule in enumerate(content.visit)),
        *((("safety_rule", index, "arms"), rule.arms) for index, rule in enumerate(content.safety_rule)),
    ]
    for path, arms in places:
        yield from (((*path, index), f"the study has no arm {arm}") for index, arm in enumerate(arms)
                    if arm not in content.arms)


def _sites(content: ProtocolFile) -> Iterator[Fault]:
    listed = {rule.code for rule in content.country}
    for index, site in enumerate(content.site):
        if not known_zone(site.timezone):
            yield ("site", index, "timezone"), f"unknown time zone {site.timezone}"
        if site.country not in listed:
            yield ("site", index, "country"), f"no [[country]] {site.country}"
        if site.language not in ENGLISH.languages or len(site.language) > 3:
            yield ("site", index, "language"), f"{site.language} is no language of ISO 639"
    if not content.site:
        yield ("site",), "there is none"


def _countries(content: ProtocolFile) -> Iterator[Fault]:
    for index, rule in enumerate(content.country):
        path = ("country", index)
        if len(rule.code) != 2 or rule.code not in ENGLISH.territories or rule.code.startswith(("X", "Z")):
            yield (*path, "code"), f"{rule.code} is no country of ISO 3166"
        if not 1 <= rule.adult_at <= 30:
            yield (*path, "adult_at"), "must be between 1 and 30"
        if not _rises([0, *rule.child_tiers, rule.adult_at]):
            yield (*path, "child_tiers"), "ages must rise and end before adult_at"
        if rule.own_account_from is not None and not 0 < rule.own_account_from <= rule.adult_at:
            yield (*path, "own_account_from"), "must not lie after adult_at"


def _rhythm(content: ProtocolFile) -> Iterator[Fault]:
    rule, late = content.check_in, content.lateness
    if not late.contemporaneous < late.late < late.recalled:
        yield ("lateness",), "contemporaneous, late and recalled must rise"
    longest = max([rule.every_days, *(later.every_days for later in rule.later)])
    if rule.recall_days < longest:
        yield ("check_in", "recall_days"), f"is shorter than the {longest} days that are asked about at once"
    if rule.recall_days < late.recalled:
        yield ("check_in", "recall_days"), f"is shorter than lateness.recalled ({late.recalled})"
    for index, later in enumerate(rule.later):
        yield from period_faults(later.offset, ("check_in", "later", index, "offset"))
        if content.doses.most < 1:
            yield ("check_in", "later", index, "anchor"), "the study gives no doses"
    sound = [later for later in rule.later if not list(period_faults(later.offset, ()))]
    for index, (one, next_) in enumerate(pairwise(sound)):
        if one.anchor == next_.anchor and period_of(one.offset).length >= period_of(next_.offset).length:
            yield ("check_in", "later", index + 1, "offset"), "must come after the one before"
    if content.doses.most < 0 or bool(content.doses.most) != bool(content.doses.arms):
        yield ("doses",), "doses and the arms that get them go together"


def _rises(numbers: Sequence[float]) -> bool:
    return all(one < next_ for one, next_ in pairwise(numbers))
