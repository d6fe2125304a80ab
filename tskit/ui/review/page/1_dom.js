// Building and reading the page's own nodes. Text goes in as text, never as markup.

// The same as `tskit.text.neutralise`: what reorders, hides or stacks is shown, so that a text can act on nothing around it.
const UNSEEN = /[\u00ad\u034f\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\u3164\ufeff\uffa0]/g;
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
const TAGS = /[\u{e0000}-\u{e007f}]/gu;
const STACKED = /(\p{Mn}{4})\p{Mn}+/gu;

function plain(text) {
  if (typeof text !== "string") return text;
  const coded = (letter) => `⟦U+${letter.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}⟧`;
  const lines = text.replace(/\r\n?|[\u2028\u2029\u0085]/g, "\n");
  return lines.replace(UNSEEN, coded).replace(CONTROLS, "\ufffd").replace(TAGS, "⟦tag⟧").replace(STACKED, "$1");
}

function make(tag, given = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) give(node, name, value);
  fill(node, ...children);
  return node;
}

const WORDS = new Set(["title", "aria-label", "placeholder"]);

function give(node, name, value) {
  const isState = name.startsWith("aria-") && typeof value === "boolean";
  if (value === null || value === undefined || (value === false && !isState)) return;
  if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
  else if (name === "class") node.className = value;
  else if (WORDS.has(name)) node.setAttribute(name, plain(String(value)));
  else node.setAttribute(name, value === true && !isState ? "" : String(value));
}

function keycap(key) {
  return key ? make("kbd", { "aria-hidden": "true" }, key) : "";
}

function button(label, { key = "", shortcut = key, name = "", ...given } = {}, ...rest) {
  const shown = { type: "button", class: `tk-button ${name}`.trim(), "aria-keyshortcuts": shortcut || null, ...given };
  return make("button", shown, make("span", { class: "tk-label" }, label), ...rest, keycap(key));
}

function part(desk, name) {
  return desk.root.querySelector(`.tk-${name}`);
}

function fill(node, ...children) {
  node.replaceChildren(...children.filter((child) => child !== null && child !== undefined && child !== "").map(plain));
}

function focused(desk) {
  return desk.root.getRootNode().activeElement;
}

// Whatever a change takes off the screen must not take the keyboard with it: focus goes to the widget itself.
function steady(desk, change) {
  const was = focused(desk);
  const inside = desk.root.contains(was);
  change();
  const now = focused(desk);
  const lost = inside && (!desk.root.contains(now) || now.getClientRects().length === 0);
  if (lost) desk.root.focus({ preventScroll: true });
}

// A group of buttons is one stop of the Tab key; arrows go from one to the next.
function asToolbar(group) {
  group.addEventListener("keydown", (event) => rove(group, event));
  group.addEventListener("focusin", (event) => stopAt(group, event.target.closest("button")));
}

function rove(group, event) {
  const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  if (!step || event.ctrlKey || event.altKey || event.metaKey) return;
  const all = [...group.querySelectorAll("button:not([disabled])")];
  const here = all.indexOf(event.target.closest("button"));
  if (here < 0) return;
  event.preventDefault();
  event.stopPropagation();
  all[(here + step + all.length) % all.length].focus();
}

function stopAt(group, chosen) {
  const all = [...group.querySelectorAll("button")];
  const stop = all.includes(chosen) ? chosen : all.find((one) => one.getAttribute("aria-pressed") === "true") || all[0];
  all.forEach((one) => (one.tabIndex = one === stop ? 0 : -1));
}

function plural(count, word, words = `${word}s`) {
  return `${count.toLocaleString("en")} ${count === 1 ? word : words}`;
}
