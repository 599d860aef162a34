"""Odd answers and what is remarked about them: the same table for the server and for the page in a browser.

Received 2026-11-22 at 11:00 in Stockholm; the child was born in May 2019, after 38 weeks.
"""

from typing import Any

FLACC = {"scale": "r-FLACC", "face": 1, "legs": 1, "activity_level": 0, "cry": 2, "consolability": 1}
DAY = {"occurred": "2026-11-20"}
NRS = {"scale": "FPS-R", **DAY}


def sites(*rows: dict[str, Any]) -> dict[str, Any]:
    return {**DAY, "sites": list(rows)}


OWN = ["femur", "tibia", "fibula", "humerus", "radius", "ulna", "clavicle", "scapula", "rib", "hand", "finger", "foot",
       "toe", "kneecap"]
CASES: list[tuple[str, dict[str, Any], set[str]]] = [
    *[("fracture", sites({"bone": bone, "side": "midline"}), {"midline_of_paired_bone"}) for bone in OWN],
    *[("surgery", sites({"bone": bone, "side": side}), set()) for bone in OWN for side in ("left", "right", "unknown")],
    *[("fracture", sites({"bone": bone, "side": side}), {"side_of_midline_bone"})
      for bone in ("sternum", "vertebra") for side in ("left", "right")],
    *[("fracture", sites({"bone": bone, "side": side}), set())
      for bone in ("pelvis", "skull", "face", "jaw") for side in ("left", "right", "midline")],
    ("fracture", sites({"bone": "sternum", "side": "left"}, {"bone": "sternum", "side": "right"}),
     {"side_of_midline_bone"}),
    ("fracture", sites({"bone": "femur", "side": "left"}, {"bone": "femur", "side": "left"}), {"bone_twice"}),
    ("fracture", sites({"bone": "femur", "side": "left"}, {"bone": "femur"}), {"bone_twice"}),
    ("surgery", sites({"bone": "femur", "side": "left"}, {"bone": "femur", "side": "left"}),
     {"bone_twice_in_surgery"}),
    ("fracture", sites({"bone": "femur", "side": "left"}, {"bone": "femur", "side": "right"}), set()),
    ("fracture", sites({"bone": "tibia", "side": "left"}, {"bone": "fibula", "side": "left"}), set()),
    ("fracture", sites({"bone": "femur", "side": "left", "segment": "shaft"},
                       {"bone": "femur", "side": "left", "segment": "upper_end"}), set()),
    ("fracture", sites({"bone": "vertebra", "level": "T7"}, {"bone": "vertebra", "level": "L1"}), set()),
    ("fracture", sites({"bone": "vertebra", "level": "T7"}, {"bone": "vertebra", "level": "T7"}), {"bone_twice"}),
    ("fracture", sites({}, {}), set()),
    ("fracture", sites({"bone": "rib", "side": "left", "count": 3}), set()),
    ("fracture", sites({"bone": "femur", "side": "left", "count": 3}), {"count_not_of_ribs"}),
    ("fracture", sites({"bone": "rib", "side": "left", "level": "T7"}), {"level_not_of_vertebra"}),
    ("fracture", {**sites({}), "force": "fall_from_height", "fall_height_cm": 120}, set()),
    ("fracture", {**sites({}), "force": "fall_from_standing", "fall_height_cm": 120}, {"height_without_fall"}),
    ("fracture", {**sites({}), "fall_height_cm": 120}, {"height_without_fall"}),
    ("fracture", {**sites({}), "imaging": "planned", "imaging_result": "fracture"}, {"result_without_imaging"}),
    ("fracture", {**sites({}), "imaging": "done", "imaging_result": "fracture"}, set()),
    ("fracture", {**sites({}), "hospital": "ED_only", "nights": 2}, {"nights_without_admission"}),
    ("symptom", {**DAY, "nights": 2}, {"nights_without_admission"}),
    ("surgery", {**DAY, "hospital": "admitted", "nights": 2}, set()),
    ("fracture", {**sites({}), "admitted_on": "2026-11-20", "discharged_on": "2026-11-18"}, {"stay_reversed"}),
    ("fracture", {**sites({}), "admitted_on": "2026-11", "discharged_on": "2026-11-18"}, set()),
    ("fracture", {"sites": [{}], "occurred": "2019-03", "epoch": "postnatal"}, {"onset_before_birth"}),
    ("fracture", {"sites": [{}], "occurred": "2019-03"}, {"onset_before_birth"}),
    ("fracture", {"sites": [{}], "occurred": "2019-03", "epoch": "prenatal"}, set()),
    ("fracture", {"sites": [{}], "occurred": "2018-03", "epoch": "prenatal"}, {"onset_before_birth"}),
    ("fracture", {"sites": [{}], "occurred": "2019-06", "epoch": "prenatal"}, {"onset_after_birth"}),
    ("fracture", {"sites": [{}], "occurred": "2019-05-03", "epoch": "present_at_birth"}, set()),
    ("fracture", {"sites": [{}], "occurred": "2019-05-03", "epoch": "postnatal"}, set()),
    ("fracture", {"sites": [{}], "occurred": "unknown"}, set()),
    ("fracture", {"sites": [{}], "occurred": "../2026-11-10", "noticed_on": "2026-11-10"}, set()),
    ("fracture", {"sites": [{}], "occurred": "2026-11-12", "noticed_on": "2026-11-10"}, {"noticed_before_onset"}),
    ("fracture", {"sites": [{}], "occurred": "2026-11-12/..", "noticed_on": "2026-11-10"}, {"noticed_before_onset"}),
    ("fracture", {"sites": [{}], "occurred": "2026", "noticed_on": "2026-11-24"}, {"noticed_in_future"}),
    ("fracture", {**sites({}), "nothing_else_since": "2026-11-23"}, {"nothing_else_in_future"}),
    ("fracture", {**sites({}), "nothing_else_since": "2026-11-22"}, set()),
    ("fracture", {"sites": [{}], "occurred": "2026-11-23/2026-11-25"}, {"onset_in_future"}),
    ("fracture", {"sites": [{}], "occurred": "2026-W47/2026-W49"}, set()),
    ("milestone", {"occurred": "2018"}, {"onset_before_birth"}),
    ("medication", {"from": "2026-11", "to": "2026-10"}, {"days_reversed"}),
    ("orthosis", {"from": "2026", "to": "2026-10"}, set()),
    ("physiotherapy", {"from": "2026-11-01/..", "to": "2026-W40"}, {"days_reversed"}),
    ("follow_up", {"healed_on": "2026-10", "healed": "using_as_before"}, {"healed_before_fracture"}),
    ("follow_up", {"healed_on": "2026-11", "healed": "using_as_before"}, set()),
    ("follow_up", {"immobilised_from": "2026-11-20", "immobilised_to": "2026-11-01"}, {"splint_reversed"}),
    ("follow_up", {"medication": [{"first": "2026-11-20", "last": "2026-11-01"}]}, {"medicine_reversed"}),
    ("follow_up", {"medication": [{"first": "2026-11-01", "last": "2026-11-20"}, {}]}, set()),
    ("pain", {**FLACC, **DAY}, {"scale_not_for_age"}),
    ("pain", {**FLACC, "score": 5, **DAY}, {"scale_not_for_age"}),
    ("pain", {**FLACC, "score": 6, **DAY}, {"scale_not_for_age", "total_differs"}),
    ("pain", {"scale": "r-FLACC", "score": 5, **DAY}, {"scale_not_for_age", "total_without_items"}),
    ("pain", {"scale": "r-FLACC", "score": 5, "cry": 0, **DAY},
     {"scale_not_for_age", "total_without_items", "items_incomplete"}),
    ("pain", {**FLACC, "leg_hurt_or_in_cast": True, **DAY}, {"scale_not_for_age", "leg_item_confounded"}),
    ("pain", {**FLACC, "leg_hurt_or_in_cast": False, **DAY}, {"scale_not_for_age"}),
    ("pain", {**FLACC, "rated_by": "self", **DAY}, {"scale_not_for_age", "carer_rated_by_child"}),
    ("pain", {"scale": "FLACC", "occurred": "2022-06"}, set()),
    ("pain", {"scale": "FLACC", "occurred": "2023-05"}, {"scale_not_for_age"}),
    ("pain", {"scale": "FLACC", "occurred": "2023"}, set()),
    ("pain", {"scale": "FPS-R", "occurred": "2023"}, set()),
    ("pain", {"scale": "six_step", "score": 4, **DAY}, set()),
    ("pain", {"scale": "FPS-R", "score": 3, **DAY}, {"score_odd"}),
    ("pain", {"scale": "six_step", "score": 7, **DAY}, {"score_odd"}),
    ("pain", {"scale": "FPS-R", "score": 0, **DAY}, set()),
    ("pain", {"scale": "NRS-11", "score": 7, **DAY}, {"scale_not_for_age"}),
    ("pain", {"scale": "NRS-11", "score": 7, "occurred": "2027-05"}, {"onset_in_future"}),
    ("pain", {**NRS, "score": 4, "not_rated": "asleep"}, {"score_and_not_rated"}),
    ("pain", {**NRS, "not_rated": "declined", "proxy_score": 7}, set()),
    ("pain", {**NRS, "score": 4, "rated_by": "carer"}, {"child_rated_by_carer"}),
    ("pain", {**NRS, "score": 4, "face": 1}, {"items_of_another_scale"}),
]
