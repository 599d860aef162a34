// What this device is called in the list of signed-in devices: its browser and what it runs on, as people say it.
import { t } from "./words.js";

const BROWSERS = [
  ["Edge", /\bEdg(?:e|A|iOS)?\//], ["Samsung Internet", /\bSamsungBrowser\//], ["Opera", /\bOP(?:R|T|iOS)\//],
  ["Firefox", /\b(?:Firefox|FxiOS)\//], ["Chrome", /(?:Chrome|CriOS)\//], ["Safari", /\bSafari\//],
];
const SYSTEMS = [
  ["iPhone", /\biPhone\b/], ["iPad", /\biPad\b/], ["Android", /\bAndroid\b/], ["Windows", /\bWindows\b/],
  ["Chromebook", /\bCrOS\b/], ["Mac", /\bMacintosh\b/], ["Linux", /\bLinux\b/],
];
const first = (table, text) => table.find(([, sign]) => sign.test(text))?.[0];

/** "Safari on iPhone", as far as the browser tells; empty when it tells nothing. An iPad calls itself a Mac. */
export function deviceName({ userAgent, maxTouchPoints } = navigator) {
  const [browser, found] = [first(BROWSERS, userAgent), first(SYSTEMS, userAgent)];
  const system = found === "Mac" && maxTouchPoints > 1 ? "iPad" : found;
  return browser && system ? t("devices.named", { browser, system }) : browser ?? system ?? "";
}
