"""What the demo's families tell in depth. Everything is made up."""

from datetime import date, timedelta
from typing import Any

from models.vocabulary import EntryKind

Told = dict[str, Any]
DATED = frozenset({EntryKind.FRACTURE, EntryKind.FOLLOW_UP, EntryKind.PAIN})

TWO_BONES: Told = {
    "part_of_day": "afternoon", "witnessed": "saw_it", "epoch": "postnatal",
    "sites": [
        {"bone": "tibia", "side": "left", "segment": "shaft", "same_place_before": "no", "limb_shape_before": "bowed"},
        {"bone": "fibula", "side": "left", "segment": "shaft", "same_place_before": "no"},
    ],
    "activity": "own_movement", "force": "fall_from_standing",
    "mechanism_text": "Pulled up at the sofa and sat down hard",
    "certainty": "sure", "signs": ["pain", "swelling", "not_using_limb", "crack_heard"], "warning_signs": ["none"],
    "care_sought": ["phone_OI_team", "emergency_ward"], "imaging": "done", "imaging_kinds": ["xray"],
    "imaging_result": "fracture", "clinician_said": "fracture", "treatment": ["splint_home", "splint_clinic"],
    "hospital": "ED_only", "anaesthesia": "none", "outcome": "none_of_these", "pain": 6,
}
FOLLOW_UPS: tuple[tuple[int, Told], ...] = (
    (8, {"healed": "not_yet", "pain": 3, "immobilised_by": "splint_clinic", "nights_disturbed": 4,
         "medication": [{"name": "Paracetamol", "dose": 240, "dose_unit": "mg", "route": "oral"}],
         "mobility_before": "pulls_to_stand", "mobility_now": "sits", "parent_work_days_lost": 5}),
    (22, {"healed": "not_yet", "pain": 1, "mobility_now": "bottom_shuffles"}),
    (44, {"healed": "using_as_before", "pain": 0, "mobility_now": "pulls_to_stand"}),
)
PAIN: dict[str, Told] = {
    "SE01-001": {"scale": "FLACC", "face": 1, "legs": 1, "activity_level": 1, "cry": 0, "consolability": 1,
                 "rated_by": "carer", "leg_hurt_or_in_cast": True},
    "SE01-008": {"scale": "six_step", "score": 4, "rated_by": "self", "proxy_score": 5},
    "SE01-011": {"scale": "NRS-11", "score": 3, "rated_by": "self"},
    "GB01-003": {"not_rated": "asleep", "proxy_score": 2},
}
TWO_VOICES: tuple[Told, Told] = (
    {"part_of_day": "morning", "sites": [{"bone": "humerus", "side": "right"}], "certainty": "think_so", "pain": 5},
    {"sites": [{"bone": "humerus", "side": "unknown"}], "certainty": "not_sure", "pain": 4},
)
ADMITTED: Told = {
    "part_of_day": "night", "sites": [{"bone": "femur", "side": "right", "segment": "shaft"}], "certainty": "sure",
    "force": "minimal_handling", "care_sought": ["ambulance", "emergency_ward", "admitted"], "imaging": "done",
    "imaging_result": "fracture", "hospital": "admitted", "nights": 1, "treatment": ["traction"], "pain": 8,
}
DRUGS = ("zoledronate", "pamidronate")
FIRST = (("holds_head", 4), ("rolls", 9), ("sits", 14), ("bottom_shuffles", 20), ("bears_weight", 31))
"""Milestones and the age in months; the last of them often later."""


def background(born: str, today: date) -> list[tuple[str, Told]]:
    """A child's time-lines, each date as exactly as a parent remembers it."""
    birth = date.fromisoformat(f"{born}-01")
    number = birth.month

    def month(months: int) -> str:
        return (birth + timedelta(days=round(30.44 * months))).strftime("%Y-%m")

    told: list[tuple[str, Told]] = [
        ("medication", {"drug": DRUGS[number % 2], "from": month(5), "route": "intravenous", "dose_unit": "mg_per_kg",
                        "dose": 0.05 if number % 2 == 0 else 1}),
        ("medication", {"drug": "vitamin_d", "from": month(1), "dose": 10, "dose_unit": "micrograms", "route": "oral"}),
        *(("milestone", {"milestone": code, "occurred": month(months + number % 4)}) for code, months in FIRST),
        ("growth", {"occurred": (today - timedelta(days=45)).isoformat(), "length_cm": 78 + number,
                    "weight_kg": 9.4 + number / 2, "measured_by": "clinic"}),
        ("physiotherapy", {"therapy": "hydrotherapy", "per_week": 1, "from": month(24)}),
    ]
    if number % 3 == 0:
        told.append(("orthosis", {"orthosis": "ankle_foot", "from": month(32)}))
        told.append(("surgery", {"procedure": "rodding", "occurred": month(34), "planned_before": True,
                                 "hospital": "admitted", "nights": 4, "anaesthesia": "general",
                                 "sites": [{"bone": "femur", "side": "left"}]}))
    return told
