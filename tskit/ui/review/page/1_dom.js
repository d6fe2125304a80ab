// Building and reading the page's own nodes. Text goes in as text, never as markup.

function make(tag, given = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) give(node, name, value);
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

function give(node, name, value) {
  const isState = name.startsWith("aria-") && typeof value === "boolean";
  if (value === null || value === undefined || (value === false && !isState)) return;
  if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
  else if (name === "class") node.className = value;
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
  node.replaceChildren(...children.filter((child) => child !== null && child !== undefined && child !== ""));
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
