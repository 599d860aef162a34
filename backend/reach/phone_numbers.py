"""Numbers as we keep them: E.164, of a phone that takes SMS, as the numbering plans of all countries say (pure)."""

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

from backend.errors import DoesNotFit

TAKES_SMS = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}
"""Never a premium number: what is sent there would cost more the more is sent."""


def mobile_number(typed: str) -> str:
    """The one form of a number that was typed with its country code. Raises DoesNotFit."""
    try:
        number = phonenumbers.parse(typed, None)
    except NumberParseException:
        raise _unfit() from None
    if not phonenumbers.is_valid_number(number) or phonenumbers.number_type(number) not in TAKES_SMS:
        raise _unfit()
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def _unfit() -> DoesNotFit:
    detail = "is not the number of a mobile phone, with its country code (+46 …)"
    return DoesNotFit(errors=[{"pointer": "/phone", "detail": detail}])
