"""Pain scales, which reports may tell of the same event, and what counts as a fracture."""

from typing import Literal

import msgspec

from models.vocabulary import AdjudicationStatus


class PainScaleRule(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """The scale for an age: from one birthday (years) to before another; PedIMMPACT-type table, domain 2.6."""

    scale: str
    by: Literal["self", "carer"]
    from_age: int = 0
    to_age: int | None = None
    if_observed: bool = False
    """For participants whom staff marked as unable to rate their own pain; they get no other scale."""


class DuplicateRule(msgspec.Struct, forbid_unknown_fields=True):
    """Which two reports a person is asked to compare; nothing is ever linked by itself."""

    around_days: int
    """Earliest and latest may lie so many days apart."""
    same_site_days: int
    """The same bone, side and segment within so many days: the same fracture, or a re-fracture?"""


class CountingRule(msgspec.Struct, forbid_unknown_fields=True):
    paired_bones: Literal["one_if_same_pattern", "always_two", "always_one"]
    ribs: Literal["per_rib", "per_side_per_episode"]


class CaseDefinition(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """What counts. Every figure names the definition it was made with."""

    id: str
    title: str
    is_set: bool = True
    """False: the study has not decided yet, and nothing can be counted with it."""
    family_reports: bool = False
    """Every report counts that is not retracted, rejected, or adjudicated as something else."""
    statuses: list[AdjudicationStatus] = []
    """Adjudicated so, it counts."""
    screening: bool = False
    """Also what was found on scheduled films only (morphometric vertebral fractures)."""
    only_bones: list[str] = []
    without_bones: list[str] = []
