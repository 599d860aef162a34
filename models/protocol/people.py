"""Sites, and who consents in which country."""

from typing import Literal

import msgspec

from models.vocabulary import Arm


class SiteRule(msgspec.Struct, forbid_unknown_fields=True):
    code: str
    name: str
    country: str
    timezone: str
    language: str


class ConsentRule(msgspec.Struct, forbid_unknown_fields=True):
    """The arms whose consent is kept here: without a valid one their new entries wait in quarantine."""

    arms: list[Arm] = []


class CountryRule(msgspec.Struct, forbid_unknown_fields=True):
    """Who consents for a child in this country, and from which birthdays (years) the child has a say."""

    code: str
    custodians: Literal["all", "one"]
    adult_at: int
    child_tiers: list[int] = []
    own_account_from: int | None = None
