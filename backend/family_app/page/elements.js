// Elements of the page, made by hand: text is always text, never markup.

/** Make an element. `on…` properties are listeners, true/false are bare attributes, `null` is left out. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value" || name === "checked") element[name] = value;
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.flat(Infinity).filter((child) => child != null && child !== false));
  return element;
}

/** A button that does one thing at a time: a second tap while the first is still being worked on is no second wish. */
export function button(words, act, properties = {}) {
  let working = false;
  return h("button", { type: "button", ...properties, onclick: async (event) => {
    if (working) return;
    working = true;
    try { await act(event); } finally { working = false; }
  } }, words);
}

/** A group of chips of which one (or none) is chosen. `choices` is [[value, words]]. */
export function chips(legend, choices, chosen, choose) {
  const all = choices.map(([value, words]) => {
    const chip = button(words, () => {
      const next = chip.getAttribute("aria-pressed") === "true" ? null : value;
      for (const other of all) other.setAttribute("aria-pressed", String(other === chip && next !== null));
      choose(next);
    }, { class: "chip", "aria-pressed": String(value === chosen) });
    return chip;
  });
  return h("fieldset", {}, h("legend", {}, legend), h("div", { class: "chips" }, all));
}

/** A group of chips of which any number is chosen. */
export function manyChips(legend, choices, chosen, choose) {
  const now = new Set(chosen ?? []);
  return h("fieldset", {}, h("legend", {}, legend), h("div", { class: "chips" }, choices.map(([value, words]) => {
    const chip = button(words, () => {
      if (!now.delete(value)) now.add(value);
      chip.setAttribute("aria-pressed", String(now.has(value)));
      choose(now.size ? [...now] : null);
    }, { class: "chip", "aria-pressed": String(now.has(value)) });
    return chip;
  })));
}

/** Tell the person (and the screen reader) something that passes by itself. */
export function say(words) {
  const place = document.getElementById("said");
  place.replaceChildren(h("p", {}, words));
  clearTimeout(say.timer);
  say.timer = setTimeout(() => place.replaceChildren(), 4000);
}

export const go = (place) => { location.hash = `#/${place}`; };
