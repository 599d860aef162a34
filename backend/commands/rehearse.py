"""`rehearse`: every reminder to come of one participant, for years; nothing is sent or stored."""

from datetime import date, datetime, time
from pathlib import Path

import click
import msgspec

from backend.clock import utc_now
from backend.commands.rehearsal_facts import Facts, facts_of
from backend.commands.rehearsal_print import Line, Script, as_calendar, as_lines, as_wall_time
from backend.commands.start import in_database, refuse, refuse_database_faults, usable_wiring
from backend.wiring import Wiring
from models import Participant
from models.protocol import Protocol, ProtocolError, load_protocol, plus_period
from notifications.local_time import local_date, to_utc, zone_named
from notifications.planning.rehearsal import Rehearsed
from notifications.planning.rehearsal import rehearse as rehearsed

MOST_YEARS = 20
ANSWERED = ("whoever is told looks within the hour and answers what is asked, so nobody else is asked",
            "the family never looks and never answers: see who else is asked and by which channel")
ALWAYS = (
    "visits take place on the day agreed, else on the day the plan aims at",
    "people, wishes, holidays and phones stay as they are now; so do consents and the participant's state",
    "nobody puts anything off, and other children of the same people take nothing of the daily and weekly measure",
    "what staff start (questions, texts to sign, a visit moved within 48 hours) can't be foreseen",
)


@click.command()
@click.option("--participant", "code", required=True, help="Code such as SE01-003.")
@click.option("--years", default=10, type=click.IntRange(1, MOST_YEARS), show_default=True)
@click.option("--from", "first", type=click.DateTime(["%Y-%m-%d"]), help="First day, at the site; otherwise now.")
@click.option("--protocol", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="Rehearse this file instead of the study's own, before it goes live.")
@click.option("--unanswered", is_flag=True, help="As if the family never looked or answered.")
@click.option("--json", "form", flag_value="json", help="As JSON.")
@click.option("--ics", "form", flag_value="ics", help="As a calendar.")
def rehearse(code: str, years: int, first: datetime | None, file: Path | None, unanswered: bool, form: str | None) \
        -> None:
    """Print every reminder to come: who, when on their own clock, by what, with the days when clocks change marked.

    Nothing is sent, and nothing is stored.
    """
    wiring = usable_wiring()
    try:
        protocol = load_protocol(file) if file else wiring.protocol
    except ProtocolError as fault:
        refuse(*map(str, fault.args))
    refuse_database_faults(wiring.settings)
    script = in_database(wiring, script_of(wiring, protocol, code, (first.date() if first else None, years),
                                           answers=not unanswered))
    if script is None:
        refuse(f"there is no participant {code}")
    if form == "json":
        click.echo(msgspec.json.format(msgspec.json.encode(script)).decode())
    elif form == "ics":
        click.echo(as_calendar(script), nl=False)
    else:
        click.echo("\n".join(as_lines(script)))


async def script_of(
    wiring: Wiring, protocol: Protocol, code: str, when: tuple[date | None, int], *, answers: bool,
    until: datetime | None = None,
) -> Script | None:
    """None where there is no such participant. `when`: the first day at the site (None = now) and the years."""
    participant = await Participant.get_or_none(code=code).select_related("site")
    if participant is None:
        return None
    (day, years), zone = when, zone_named(participant.site.timezone)
    start = to_utc(datetime.combine(day, time()), zone) if day else utc_now()
    until = until or to_utc(datetime.combine(plus_period(local_date(start, zone), f"P{years}Y"), time()), zone)
    facts = await facts_of(wiring, participant, protocol, start, until)
    found = rehearsed(protocol.file, facts.child, facts.household, start, until, answers=answers)
    return Script(
        code, protocol.file.code, protocol.file.version, protocol.hash, start, until,
        list(_assumed(facts, answers)), [_line(facts, one) for one in found],
    )


def _assumed(facts: Facts, answers: bool) -> list[str]:
    doses = [f"dose {number} is given on {day}" for number, day in facts.assumed_doses.items()]
    ends = [f"{end.at:%Y-%m-%d}: what was signed is not enough any more; what follows holds if it is signed anew"
            for end in facts.child.consent_ends]
    silent = [] if facts.child.guardians else ["nobody has access for this participant now, so nobody is told"]
    return [*doses, ANSWERED[not answers], *ALWAYS, *ends, *silent]


def _line(facts: Facts, one: Rehearsed) -> Line:
    account = next(link.account for link in facts.household.guardianships if link.account_id == one.notice.account_id)
    wall, moved = as_wall_time(one.at, account.timezone)
    visit = facts.household.visits.get(one.notice.subject_id)
    return Line(one.at, wall, account.timezone, facts.relation(account.id), one.notice.kind, one.notice.slot,
                visit.plan_code if visit else "", one.channel, one.order, one.is_fallback, moved)
