"""What a rehearsal starts from: one child as it stands in the database, and the course that is assumed of it."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from backend.visits.known_days import known_days
from backend.wiring import Wiring
from models import DiaryEntry, Notice, Participant, Visit
from models.protocol import Protocol
from models.protocol.visit_anchors import dose_anchor
from models.visit_plan import KnownDays
from models.vocabulary import DeliveryState
from notifications.local_time import local_date, zone_named
from notifications.planning.assumed_course import as_facts, check_in_anchors, visits_to_come, with_doses
from notifications.planning.consent_ends import consent_ends_of
from notifications.planning.fact_reading import known_of
from notifications.planning.facts import Child
from notifications.planning.rehearsal import Household
from notifications.sending.circumstances import circumstances_of
from notifications.sending.living_devices import living_devices
from notifications.sending.parcels import Letterhead


@dataclass(frozen=True)
class Facts:
    participant: Participant
    child: Child
    household: Household
    assumed_doses: dict[int, str]
    """Number → the day, of those that were not given yet."""

    def relation(self, account_id: UUID) -> str:
        """`mother`; `mother 2` where there are two."""
        links = self.household.guardianships
        one = next(link for link in links if link.account_id == account_id)
        same = [link.account_id for link in links if link.relation == one.relation]
        return f"{one.relation} {same.index(account_id) + 1}" if len(same) > 1 else str(one.relation)


async def facts_of(
    wiring: Wiring, participant: Participant, protocol: Protocol, start: datetime, until: datetime
) -> Facts:
    """The participant was read with its site."""
    known = await known_of([participant.id], protocol, start)
    child, links = known.children[0], known.guardianships
    today = local_date(start, zone_named(participant.site.timezone))
    rows = await Visit.filter(participant_id=participant.id).order_by("target_on", "plan_code")
    days = await known_days(participant, rows, protocol)
    course = with_doses(protocol.file, participant, days, rows, today)
    visits = visits_to_come(protocol.file, participant, course, rows, today)
    ends = await consent_ends_of({participant.id}, links, protocol, start, until)
    accounts = {link.account_id for link in links}
    past = _past(child, known.notices)
    now_known = await circumstances_of(past, start) if past else None
    household = Household(
        tuple(links), known.preferences, await living_devices(accounts, start), wiring.channels,
        Letterhead(wiring.settings.app_name, frozenset({protocol.file.code})), visits,
        {entry.id: entry for entry in await DiaryEntry.filter(id__in=[one.id for one in child.fractures])},
        past, now_known.tried if now_known else {}, now_known.last_seen if now_known else {},
    )
    child = replace(child, visits=as_facts(visits.values()), anchors=check_in_anchors(course),
                    consent_ends=tuple(ends[participant.id]))
    return Facts(participant, child, household, _assumed(days, course, protocol))


def _assumed(days: KnownDays, course: KnownDays, protocol: Protocol) -> dict[int, str]:
    numbers = range(1, protocol.file.doses.most + 1)
    return {number: course.anchors[name].isoformat() for number in numbers
            if (name := dose_anchor(number)) in course.anchors and name not in days.anchors}


def _past(child: Child, notices: dict[UUID, list[Notice]]) -> tuple[Notice, ...]:
    """What was told or decided already; what is only planned is planned anew."""
    return tuple(
        notice for guardian in child.guardians for notice in notices[guardian.account_id]
        if notice.told_at or notice.state is not DeliveryState.QUEUED
    )


