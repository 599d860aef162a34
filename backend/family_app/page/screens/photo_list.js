// Photos of an entry: take or choose, see where each stands, take one away. Missing ones are named.
import { button, h, say } from "../elements.js";
import { forgetPhoto, keepPhoto, onProgress, photosOf, small } from "../photos.js";
import { sendNow, state } from "../state.js";
import { t } from "../words.js";

const MOST = 10;
const PURPOSES = ["photo", "imaging", "letter"];

/** `set` hears ("attachments", the whole list). */
export async function photoList(entry, set) {
  let named = entry.data.attachments ?? [];
  const place = h("ul", { class: "rows photos", "aria-live": "polite" });
  const seen = () => ({ ...entry, data: { ...entry.data, attachments: named } });
  const draw = async () => place.replaceChildren(...(await photosOf(state.kept, seen())).map((photo) => row(entry, photo, async () => {
    named = named.filter(({ id }) => id !== photo.id);
    await set("attachments", named.length ? named : null);
    await forgetPhoto(state.kept, photo.id);
    await draw();
  })));
  onProgress(() => {
    if (!place.isConnected) return false;
    draw();
    return true;
  });
  const take = async (purpose, file) => {
    const blob = file && await small(file).catch(() => null);
    if (!blob) return say(t("photo.not_readable"));
    try {
      const photo = await keepPhoto(state.kept, entry, blob, purpose);
      named = [...named, { id: photo.id, purpose }];
      await set("attachments", named);
    } catch (failure) {
      return say(t(failure?.name === "QuotaExceededError" ? "write.full" : "write.not_saved"));
    }
    await draw();
    return sendNow().catch(() => {});
  };
  await draw();
  return h("div", {}, h("p", { class: "quiet" }, t("photo.hint")), place,
    PURPOSES.map((purpose) => chooser(purpose, (file) => (named.length < MOST ? take(purpose, file) : say(t("photo.enough"))))));
}

/** A button that opens the camera or the pictures, as the phone offers it. */
function chooser(purpose, take) {
  const file = h("input", { type: "file", accept: "image/*", class: "unseen", tabindex: -1, "aria-label": t(`photo.add_${purpose}`),
    onchange: async () => { await take(file.files[0]); file.value = ""; } });
  return h("p", {}, file, button(t(`photo.add_${purpose}`), () => file.click(), { class: "wide" }));
}

export const standingWords = ([word, percent]) => t(`photo.${word}`, { percent });

function row(entry, { id, purpose, photo, there, standing }, remove) {
  return h("li", { class: "card" }, picture(entry, id, photo, there, purpose),
    h("p", {}, t(`purpose.${purpose}`), " · ", h("span", { class: "standing" }, standingWords(standing))),
    standing[0] === "refused" ? h("p", {}, t("photo.refused_why")) : null,
    remove ? button(t("photo.remove"), remove, { class: "plain" }) : null);
}

/** This phone's own, or the server's small one when it has it. */
function picture(entry, id, photo, there, purpose) {
  const alt = t(`purpose.${purpose}`);
  if (photo) {
    const url = URL.createObjectURL(photo.blob);
    return h("img", { src: url, alt, onload: () => URL.revokeObjectURL(url) });
  }
  if (there?.state !== "stored") return null;
  return h("img", { alt, src: `/api/v1/participants/${entry.participant_id}/attachments/${id}/thumbnail`,
    onerror: ({ target }) => target.remove() });
}

/** The same list to look at only, on the entry's own page. */
export async function photosSeen(entry) {
  const photos = await photosOf(state.kept, entry);
  return photos.length ? h("ul", { class: "rows photos" }, photos.map((photo) => row(entry, photo, null))) : null;
}
