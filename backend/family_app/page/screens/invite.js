// Inviting a guardian or carer: who, how much, how long; then the code, once, in big letters and as a QR code.
import { ask } from "../answers.js";
import { button, chips, h, say } from "../elements.js";
import { nameOf, state } from "../state.js";
import { longDay, t } from "../words.js";
import { doing } from "./asking.js";
import { endOf, relationWords } from "./people.js";
import { refusalWords } from "./sign_in.js";

const RELATIONS = ["grandparent", "father", "mother", "step_parent", "other_guardian", "foster_carer",
  "nurse_or_assistant", "school_or_nursery", "sibling_adult"];
const LEVELS = { reports: { role: "carer", capabilities: ["log"] }, sees: { role: "carer", capabilities: ["log", "see"] },
  role_guardian: { role: "guardian" } };

export async function show() {
  const wanted = { relation: null, level: "reports" };
  const until = h("input", { id: "until", type: "date" });
  const wrong = h("p", { role: "alert" });
  const form = h("form", { class: "write", onsubmit: async (event) => {
    event.preventDefault();
    if (!wanted.relation) return wrong.replaceChildren(t("invite.who_missing"));
    wrong.replaceChildren();
    return invite(wanted, until.value).then((issued) => handOver(form, issued, wanted.relation))
      .catch((failure) => wrong.replaceChildren(refusalWords(failure)));
  } },
  h("h1", {}, t("invite.title")),
  chips(t("invite.who", { name: nameOf(state.participant) }), RELATIONS.map((each) => [each, relationWords(each)]), null,
    (value) => { wanted.relation = value; }),
  chips(t("invite.level"), Object.keys(LEVELS).map((each) => [each, t(`people.${each}`)]), wanted.level,
    (value) => { wanted.level = value ?? "reports"; }),
  h("p", { class: "quiet" }, t("invite.level_explained")),
  h("details", {}, h("summary", {}, t("invite.end")), h("label", { for: "until" }, t("invite.until")), until),
  wrong, h("div", { class: "thumb" }, h("button", { class: "main" }, t("invite.make"))));
  return form;
}

const invite = ({ relation, level }, until) => ask("POST", `/participants/${state.participant.id}/invitations`,
  { relation, ...LEVELS[level], ...(until ? { ends_at: endOf(until) } : {}) });

/** The code takes the place of the form; nobody can look at it again later. */
function handOver(form, { code, deep_link: link, qr_svg: svg, expires_at: end }, relation) {
  const words = t("invite.message", { app: state.config.app_name });
  const title = h("h1", { tabindex: "-1" }, t("invite.ready", { who: t(`relation.${relation}`) }));
  form.replaceWith(h("section", { class: "write" }, title,
    h("p", { class: "big-code" }, code), picture(svg),
    h("p", {}, t("invite.how", { day: longDay(new Date(end)) })),
    h("div", { class: "thumb" },
      navigator.share ? button(t("invite.share"), () => navigator.share({ text: words, url: link }).catch(() => {}),
        { class: "main" }) : null,
      doing(t("invite.copy"), () => copy(link)),
      h("a", { href: "#/people", class: "button" }, t("invite.done")))));
  title.focus();
}

async function copy(link) {
  try {
    await navigator.clipboard.writeText(link);
    say(t("invite.copied"));
  } catch {
    say(t("invite.not_copied"));
  }
}

/** Drawn as a picture, so that what the server sent is never part of the page itself. */
function picture(svg) {
  const drawn = svg.replace(/^<svg(?![^>]*xmlns)/, '<svg xmlns="http://www.w3.org/2000/svg"');
  const address = URL.createObjectURL(new Blob([drawn], { type: "image/svg+xml" }));
  return h("img", { class: "qr", alt: t("invite.qr"), src: address, onload: () => URL.revokeObjectURL(address) });
}
