"""What must hold before staff plan, agree or note a visit."""

from datetime import date, datetime, timedelta

from backend.errors import FindingsRefused, IllegalState
from models import Participant
from models.participation import effect_of
from models.protocol import Protocol

PLAUSIBLE = timedelta(days=30 * 366)
"""A date further away than this is a slip of the keyboard."""


def require_visits(participant: Participant) -> None:
    """Raises IllegalState."""
    if not effect_of(participant.state).has_visits:
        raise IllegalState(state=participant.state)


def require_plausible(days: dict[str, date | None], now: datetime) -> None:
    """Raises FindingsRefused."""
    far = [pointer for pointer, day in days.items() if day and abs(day - now.date()) > PLAUSIBLE]
    if far:
        raise FindingsRefused(findings=[{"code": "date_implausible", "pointer": pointer} for pointer in far])


def visits_of_doses(protocol: Protocol) -> dict[str, int]:
    """Code of the visit → number of the dose that is given at it."""
    return {rule.code: rule.dose for rule in protocol.file.visit if rule.dose is not None}


def days_of_doses(doses: dict[int, date], protocol: Protocol) -> dict[str, date]:
    """Code of the visit → day on which its dose was given, of those that were."""
    return {code: doses[number] for code, number in visits_of_doses(protocol).items() if number in doses}
