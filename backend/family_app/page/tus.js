// Sending photos by tus 1.0.0, piece by piece: a cut connection goes on where it was. See backend/attachments/routes.py.
import { NoAnswer, Refused } from "./answers.js";
import { tellProgress } from "./photos.js";

const PIECE = 256 * 1024;
const HANDED_IN = ["stored", "removed"];
const base64 = (text) => btoa(text);

/** Whatever this participant's photos on this phone still need. Only a photo that the server stored is forgotten here. */
export async function sendPhotos(kept, participantId) {
  const [photos, known] = await Promise.all([kept.all("photos"), kept.all("attachments")]);
  for (const photo of photos.filter((each) => each.participant_id === participantId)) {
    const there = known.find(({ id }) => id === photo.id);
    if (HANDED_IN.includes(there?.state)) await kept.write(["photos"], (stores) => stores.photos.delete(photo.id));
    else if (there?.state === "expired" || !photo.whole) await send(kept, photo);
    else if (there?.state === "refused" && photo.refusal !== there.refusal) await keep(kept, photo, { refusal: there.refusal });
  }
}

const keep = (kept, photo, news) => kept.write(["photos"], (stores) => stores.photos.put(Object.assign(photo, news)));

async function send(kept, photo) {
  if (photo.refusal) return;
  try {
    let offset = await begin(photo);
    for (let again = 0; offset < photo.blob.size;) {
      tellProgress(photo.id, offset / photo.blob.size);
      try {
        offset = await handOver(photo, offset);
      } catch (failure) {
        if (!(failure instanceof Refused) || failure.status !== 409 || (again += 1) > 3) throw failure;
        offset = await begin(photo);
      }
    }
    await keep(kept, photo, { whole: true });
  } catch (failure) {
    if (!(failure instanceof Refused)) throw failure;
    if (failure.status === 401) throw failure;
    const final = [400, 404, 409, 413, 415, 422].includes(failure.status);
    if (final) await keep(kept, photo, { refusal: failure.problem.code ?? String(failure.status) });
    // 403: the study waits for a consent; 410, 429, 5xx: next time. The photo stays on this phone.
  } finally {
    tellProgress(photo.id, null);
  }
}

/** Begin, or find how far it has come: the same question for both. */
async function begin({ id, participant_id: participant, purpose, blob }) {
  const about = { id, participant, purpose };
  const answer = await spoken("POST", "/api/v1/uploads", { "Upload-Length": String(blob.size),
    "Upload-Metadata": Object.entries(about).map(([name, value]) => `${name} ${base64(value)}`).join(",") });
  return Number(answer.headers.get("Upload-Offset"));
}

async function handOver({ id, blob }, offset) {
  const answer = await spoken("PATCH", `/api/v1/uploads/${id}`, {
    "Upload-Offset": String(offset), "Content-Type": "application/offset+octet-stream",
  }, blob.slice(offset, offset + PIECE));
  return Number(answer.headers.get("Upload-Offset"));
}

async function spoken(method, path, headers, body) {
  let answer;
  try {
    answer = await fetch(path, { method, body, cache: "no-store", credentials: "same-origin",
      headers: { "Tus-Resumable": "1.0.0", ...headers }, signal: AbortSignal.timeout(60000) });
  } catch {
    throw new NoAnswer();
  }
  if (!answer.ok) throw new Refused(answer.status, await answer.json().catch(() => null));
  return answer;
}
