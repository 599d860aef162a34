"""What stands on a family's screen beside whatever may be urgent. It never leaves by a channel (see `privacy`), so it
has a catalogue of its own: `locale/<language>/LC_MESSAGES/safety.po`.
"""

from notifications.words.languages import SAFETY, language_for, translated

NOTICE = "safety_notice"


def safety_notice(wanted: str, emergency_number: str) -> str:
    return translated(NOTICE, language_for(wanted), SAFETY).format(number=emergency_number)
