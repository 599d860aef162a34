// Which questions stand together on one screen, in the order in which people think of them. What a study adds to its
// protocol and nobody placed here is asked on the last screen.

const CARE = ["care_sought", "home_care_reason", "clinician_said", "imaging", "imaging_kinds", "imaging_on", "imaging_where",
  "imaging_result"];
const HOSPITAL = ["hospital", "nights", "admitted_on", "discharged_on", "intensive_care", "planned_before", "prolonged_stay",
  "anaesthesia", "outcome"];
const PAIN = ["pain", "pain_over_a_day_after_care"];
const GROUPS = {
  fracture: {
    when: ["occurred", "witnessed", "noticed_on", "epoch"], where: ["sites"], signs: ["certainty", "signs", "warning_signs"],
    how: ["activity", "force", "fall_height_cm", "mechanism_text"], pain: PAIN, care: CARE, treatment: ["treatment"],
    hospital: HOSPITAL, photos: ["attachments"], other: ["note"],
  },
  symptom: {
    what: ["symptom", "severity", "temperature_c", "new_since_infusion"], when: ["occurred"], pain: PAIN, care: CARE,
    hospital: HOSPITAL, photos: ["attachments"], other: ["note"],
  },
  follow_up: {
    healing: ["healed", "healed_on", "occurred"], pain: PAIN,
    splint: ["immobilised_by", "immobilised_from", "immobilised_to"], medicines: ["medication"],
    everyday: ["mobility_before", "mobility_now", "absence_school_days", "parent_work_days_lost", "nights_disturbed"],
    hospital: HOSPITAL, photos: ["attachments"], other: ["note"],
  },
  surgery: { what: ["procedure"], when: ["occurred"], where: ["sites"], hospital: HOSPITAL, photos: ["attachments"], other: ["note"] },
};
/** Asked with another question, or never by itself. */
const NOT_BY_ITSELF = ["part_of_day", "parent_id", "nothing_else_since"];

/** What is told over years, in one list of its own. */
export const BACKGROUND = ["medication", "milestone", "surgery", "growth", "orthosis", "physiotherapy"];

const UNLESS_TOLD = {
  home_care_reason: ["care_sought", ["managed_at_home"]], imaging_kinds: ["imaging", ["planned", "done"]],
  imaging_on: ["imaging", ["planned", "done"]], imaging_where: ["imaging", ["planned", "done"]],
  admitted_on: ["hospital", ["admitted"]], discharged_on: ["hospital", ["admitted"]],
  intensive_care: ["hospital", ["admitted"]], prolonged_stay: ["hospital", ["admitted"]],
  healed_on: ["healed", ["using_as_before", "doctor_said_healed", "xray_callus"]],
  immobilised_from: ["immobilised_by", null], immobilised_to: ["immobilised_by", null],
  pain_over_a_day_after_care: ["pain", null], dose_unit: ["dose", null],
};

/** [[group, [fields]]] of a kind's form; a form without groups is one screen. */
export function groupsOf(kind, form) {
  const asked = Object.keys(form?.field ?? {}).filter((name) => !NOT_BY_ITSELF.includes(name));
  const placed = Object.entries(GROUPS[kind] ?? { all: asked })
    .map(([group, names]) => [group, names.filter((name) => asked.includes(name))]);
  const rest = asked.filter((name) => !placed.some(([, names]) => names.includes(name)));
  if (rest.length) placed.find(([group]) => group === "other")?.[1].unshift(...rest);
  return placed.filter(([, names]) => names.length);
}

const told = (value) => value !== undefined && value !== null && !(Array.isArray(value) && !value.length);

/**
 * Whether a question makes sense beside the other answers: the protocol's own `only_with` checks, and what nobody would
 * ask in words. What is answered is always shown. `path` may name a list's item: `sites/count`.
 */
export function makesSense(checks, kind, path, data) {
  const name = path.split("/").at(-1);
  if (told(data[name])) return true;
  const rules = (checks ?? []).filter(({ test, field, kinds }) => test === "only_with" && field === path && kinds.includes(kind))
    .map(({ than, codes }) => [than.split("/").at(-1), codes?.length ? codes : null]);
  if (UNLESS_TOLD[path] && kind !== "pain") rules.push(UNLESS_TOLD[path]);
  return rules.every(([other, codes]) => (codes ? [data[other]].flat().some((one) => codes.includes(one)) : told(data[other])));
}

/** Whether this study asks this kind of the participant; before the protocol is here, only what was always asked. */
export function isAskedOf(protocol, participant, kind) {
  const form = protocol?.forms[kind];
  if (!protocol) return ["symptom", "check_in", participant.kind === "woman" ? null : "fracture"].includes(kind);
  return Boolean(form) && (form.subjects ?? ["child"]).includes(participant.kind ?? "child");
}
