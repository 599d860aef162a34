// Photos on this phone: made small before they are kept, so that neither their place nor their size travels with them.
import { newId } from "./store.js";

const LONGEST = 1600, QUALITY = 0.85, LARGEST = 25 * 1024 * 1024;
const progress = new Map(), listeners = new Set();

/** Who shows photos hears of each step; a listener that answers false is forgotten. */
export const onProgress = (listener) => listeners.add(listener);
export function tellProgress(id, part) {
  if (part === null) progress.delete(id);
  else progress.set(id, part);
  for (const listener of listeners) if (listener() === false) listeners.delete(listener);
}

/** Drawn anew on a canvas: 1600 px at most, upright, and nothing of the camera's notes left. Null = no image we can take. */
export async function small(file) {
  const image = await createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => null);
  // A kind of image that this browser can't draw: the server can, and takes the notes out.
  if (!image) return /^image\/hei[cf]/.test(file.type) && file.size <= LARGEST ? file : null;
  const part = Math.min(1, LONGEST / Math.max(image.width, image.height));
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [image.width, image.height].map((side) => Math.max(1, Math.round(side * part)));
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  image.close();
  return new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", QUALITY); });
}

/** The photo is on the disk before the entry names it. */
export async function keepPhoto(kept, entry, blob, purpose) {
  const photo = { id: newId(), participant_id: entry.participant_id, entry_id: entry.id, purpose, blob, whole: false,
    refusal: null, made_at: new Date().toISOString() };
  await kept.write(["photos"], (stores) => stores.photos.put(photo));
  return photo;
}

export const forgetPhoto = (kept, id) => kept.write(["photos"], (stores) => stores.photos.delete(id));

/** Where one photo stands: [word, percent]. `missing` = named, not here, and not come. */
export function standingOf(photo, there) {
  if (there?.state === "stored") return ["stored", null];
  if (photo?.refusal || there?.state === "refused") return ["refused", null];
  if (progress.has(photo?.id)) return ["sending", Math.floor(100 * progress.get(photo.id))];
  if (photo?.whole) return ["arrived", null];
  return [photo ? "on_phone" : "missing", null];
}

/** The photos that an entry names, each with what this phone and the server have of it. */
export async function photosOf(kept, entry) {
  const [photos, there] = await Promise.all([kept.all("photos"), kept.all("attachments")]);
  return (entry.data.attachments ?? []).map(({ id, purpose }) => {
    const [photo, known] = [photos.find((each) => each.id === id), there.find((each) => each.id === id)];
    return { id, purpose, photo, there: known, standing: standingOf(photo, known) };
  });
}

const A_DAY = 86400000;

/** How many photos an entry named more than a day ago that have not come and do not lie on this phone. */
export async function missingAmong(kept, entries) {
  const found = await Promise.all(entries.filter(({ deleted }) => !deleted).map((entry) => photosOf(kept, entry)));
  return found.flat().filter(({ standing: [word], there }) => word === "missing"
    && Date.now() - Date.parse(there?.created_at ?? Date.now()) > A_DAY);
}
