// The page's start: language, what this phone knows, the screens, and the moments at which it sends.
import { button, go, h } from "./elements.js";
import { show as about } from "./screens/about.js";
import { show as add } from "./screens/add.js";
import { show as calendar } from "./screens/calendar.js";
import { show as consent } from "./screens/consent.js";
import { show as conflict } from "./screens/conflict.js";
import { show as details } from "./screens/details.js";
import { show as devices } from "./screens/devices.js";
import { show as email } from "./screens/email.js";
import { show as home } from "./screens/home.js";
import { one as notice, show as inbox } from "./screens/inbox.js";
import { show as invite } from "./screens/invite.js";
import { show as leaveStudy } from "./screens/leave_study.js";
import { show as link } from "./screens/link.js";
import { reset, verify } from "./screens/mailed.js";
import { show as pain } from "./screens/pain.js";
import { show as people } from "./screens/people.js";
import { show as phone } from "./screens/phone.js";
import { show as question } from "./screens/question.js";
import { show as readers } from "./screens/readers.js";
import { show as reminders } from "./screens/reminders.js";
import { show as settings } from "./screens/settings.js";
import { show as signIn } from "./screens/sign_in.js";
import { show as visits } from "./screens/visits.js";
import { show as write } from "./screens/write.js";
import { sayAgain } from "./push.js";
import { choose, nameOf, onChange, open, refresh, sendNow, speakTheirs, state } from "./state.js";
import { t } from "./words.js";

const SCREENS = { "": home, write, add, pain, about, details, question, conflict, settings, email, devices, people, invite, consent, readers,
  reminders, inbox, notice, visits, calendar, phone, "leave-study": leaveStudy, "sign-in": signIn };
const OF_A_CHILD = [people, invite, consent, readers, leaveStudy, write, pain, about, visits];
/** Pages that links lead to; they need nobody signed in. */
const PAGES = { "/app/link": link, "/app/verify-email": verify, "/app/reset-password": reset };

let drawn = 0;

async function draw() {
  const mine = (drawn += 1);
  const [name, ...rest] = location.hash.replace(/^#\/?/, "").replace(/^notice=/, "notice/").split("/");
  if (!state.account && name === "notice") state.after = `notice/${rest[0] ?? ""}`;
  let screen = PAGES[location.pathname] ?? (state.account ? SCREENS[name] ?? home : signIn);
  if (OF_A_CHILD.includes(screen) && !state.participant) screen = home;
  const content = await screen(...rest.map(decodeURIComponent));
  if (mine !== drawn) return;
  document.getElementById("top").replaceChildren(...top(screen));
  document.getElementById("screen").replaceChildren(content);
}

/** The child's name on top of each screen, a way back, and the offer of a new version. */
function top(screen) {
  const parts = state.config.sandbox ? [h("p", { class: "notice" }, t("sandbox"))] : [];
  if (state.newVersion && ![write, add, pain].includes(screen)) {
    parts.push(h("p", { class: "notice" }, t("version.new"), " ", button(t("version.use"), useNewVersion)));
  }
  if (!state.account || screen === signIn || location.pathname in PAGES) return parts;
  const back = screen === home ? null : h("a", { href: "#/", class: "back" }, t("back"));
  const children = state.account.participants;
  const who = children.length > 1
    ? h("label", { class: "who" }, h("span", { class: "unseen" }, t("child")), h("select", {
      onchange: (event) => choose(children.find(({ id }) => id === event.target.value)),
    }, children.map((child) => h("option", { value: child.id, selected: child === state.participant }, nameOf(child)))))
    : state.participant ? h("strong", { class: "who" }, nameOf(state.participant)) : null;
  return [...parts, h("nav", { "aria-label": t("navigation") }, back, who,
    screen === settings ? null : h("a", { href: "#/settings", class: "aside" }, t("settings")))];
}

function useNewVersion() {
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
  state.newVersion.postMessage("use the new version");
}

async function watchVersions() {
  if (!("serviceWorker" in navigator)) return;
  const registration = await navigator.serviceWorker.register("/app/sw.js", { scope: "/app/" });
  const offer = (worker) => worker?.addEventListener("statechange", () => {
    if (worker.state === "installed" && navigator.serviceWorker.controller) { state.newVersion = worker; draw(); }
  });
  if (registration.waiting && navigator.serviceWorker.controller) state.newVersion = registration.waiting;
  offer(registration.installing);
  registration.addEventListener("updatefound", () => offer(registration.installing));
}

/** Redraw for news from the network, but never under somebody's fingers. */
function redrawIfResting() {
  const name = location.hash.replace(/^#\/?/, "").split("/")[0];
  if (location.pathname in PAGES) return;
  if (["", "settings"].includes(name) && !["INPUT", "TEXTAREA", "SELECT"].includes(document.activeElement?.tagName)) draw();
}

async function start() {
  state.config = await (await fetch("/app/config.json")).json();
  document.title = state.config.app_name;
  await open();
  await speakTheirs();
  window.addEventListener("hashchange", async () => {
    await draw();
    document.getElementById("screen").focus({ preventScroll: true });
    window.scrollTo(0, 0);
  });
  onChange(redrawIfResting);
  await draw();
  const send = () => sendNow().catch(() => {});
  const look = async () => {
    await refresh();
    redrawIfResting();
    await send();
  };
  window.addEventListener("online", () => { if (state.account) look(); });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible" && state.account) look(); });
  setInterval(async () => {
    if (document.visibilityState === "visible" && await state.diary?.unsent()) send();
  }, 60000);
  navigator.storage?.persist?.().catch(() => {});
  navigator.serviceWorker?.addEventListener("message", ({ data }) => { if (data?.go) go(data.go); });
  watchVersions().catch(() => {});  // a private window has none; the page works while it is open
  if (!state.account) return;
  await look();
  sayAgain().catch(() => {});  // without a network, or signed out: next time
}

start();
