"""Safety cases, and what a fracture was in the end."""

from enum import StrEnum


class CaseState(StrEnum):
    OPEN = "open"
    """Nobody has looked yet: the ladder climbs."""
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"


class CaseStepKind(StrEnum):
    OPENED = "opened"
    RULE_ADDED = "rule_added"
    """A correction, or a dose noted later, made a further rule fit."""
    RULE_GONE = "rule_gone"
    """After a correction or retraction a rule fits no longer. The case stays as it is: people close it."""
    ESCALATED = "escalated"
    ACKNOWLEDGED = "acknowledged"
    ASSESSED = "assessed"
    CLOSED = "closed"
    REOPENED = "reopened"


class Assessment(StrEnum):
    """What the investigator decided; the system never does."""

    SERIOUS = "serious"
    NOT_SERIOUS = "not_serious"
    EXEMPT = "exempt"
    """Serious, and the protocol exempts this kind of event from reporting within 24 hours."""


class SignatureMeaning(StrEnum):
    """What a person's signature says."""

    I_HAVE_READ_THIS = "i_have_read_this"
    I_ASSESSED_THIS = "i_assessed_this"
    I_ADJUDICATED_THIS = "i_adjudicated_this"


class AdjudicationStatus(StrEnum):
    """What it was (domain: not the same as validation)."""

    PENDING = "pending"
    CONFIRMED_RADIOGRAPHIC = "confirmed_radiographic"
    CONFIRMED_CLINICAL = "confirmed_clinical"
    PROBABLE = "probable"
    NOT_FRACTURE = "not_fracture"
    NOT_EVALUABLE = "not_evaluable"
    IATROGENIC_OSTEOTOMY = "iatrogenic_osteotomy"


class EvidenceKind(StrEnum):
    RADIOGRAPH = "radiograph"
    OTHER_IMAGING = "other_imaging"
    IMAGING_REPORT = "imaging_report"
    DISCHARGE_LETTER = "discharge_letter"
    CLINIC_VISIT = "clinic_visit"
    FAMILY_PHOTO = "family_photo"
    TELEPHONE = "telephone"


class Detection(StrEnum):
    """How it came to light: morphometric vertebral fractures are screening findings, no diary events."""

    CLINICAL = "clinical"
    SCREENING = "screening"
