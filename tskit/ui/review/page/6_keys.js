// The keyboard: what each key does, and what is never taken as one.

const COMMANDS = {
  "/": openSearch,
  ".": (desk) => toggleSnippets(desk),
  "?": (desk) => toggleHelp(desk),
  Enter: enter,
  Escape: escape,
  a: toggleAdvance,
  c: (desk) => setRole(desk, "contributing"),
  e: (desk) => part(desk, "evidence").focus(),
  f: (desk) => answerOtherwise(desk, "flag"),
  F: (desk) => go(desk, { to: "flagged" }),
  g: openFind,
  h: (desk) => sure(desk, "high"),
  l: (desk) => sure(desk, "low"),
  m: (desk) => sure(desk, "medium"),
  n: (desk) => part(desk, "note").focus(),
  o: (desk) => part(desk, "open")?.click(),
  p: (desk) => setRole(desk, "cause"),
  r: reveal,
  s: (desk) => answerOtherwise(desk, "skip"),
  t: (desk) => setRole(desk, "trigger"),
  u: undo,
  w: (desk) => go(desk, { to: "open" }),
  x: toggleAdvice,
  j: (desk) => go(desk, { steps: 1 }),
  k: (desk) => go(desk, { steps: -1 }),
  ArrowRight: (desk) => go(desk, { steps: 1 }),
  ArrowLeft: (desk) => go(desk, { steps: -1 }),
};
const MAY_REPEAT = new Set(["j", "k", "ArrowRight", "ArrowLeft"]);

function sure(desk, confidence) {
  if (mayJudge(desk)) edit(desk, { confidence });
}

function listen(desk) {
  desk.root.addEventListener("keydown", (event) => onKey(desk, event));
}

function onKey(desk, event) {
  // JupyterLab takes d d for "delete the cell": nothing that is typed here reaches it, and Ctrl with s saves as ever.
  const isTheirs = event.ctrlKey || event.altKey || event.metaKey;
  desk.root.toggleAttribute("data-lm-suppress-shortcuts", !isTheirs);
  if (isTheirs) return;
  event.stopPropagation();
  if (event.isComposing) return;
  if (isField(event.target)) return inField(desk, event);
  if (isNative(event)) return;
  if (event.repeat && !MAY_REPEAT.has(event.key)) return event.preventDefault();
  if (act(desk, event)) event.preventDefault();
}

function isField(target) {
  return target.matches("input, textarea");
}

// Enter and space press the button, link or fold that has the focus.
function isNative(event) {
  return (event.key === "Enter" || event.key === " ") && event.target.matches("button, a, summary");
}

function inField(desk, event) {
  const leaves = event.key === "Escape" || (event.key === "Enter" && !event.shiftKey);
  if (!leaves) return;
  event.preventDefault();
  desk.root.focus({ preventScroll: true });
  if (event.key === "Enter" && desk.draft?.cause) say(desk, "Noted. Enter saves it with the judgement.");
}

function act(desk, event) {
  if (!part(desk, "help").hidden && event.key !== "Escape" && event.key !== "?") return false;
  if (!desk.setup) return event.key === "Enter" && send(desk, { type: "hello" });
  const stroke = strokeOf(event);
  if (desk.picking) return pickSnippet(desk, stroke);
  const cause = !event.shiftKey && (desk.top ? desk.top.children : desk.causes).find((one) => one.key === stroke);
  if (cause) desk.top ? choose(desk, cause) : pickTop(desk, cause);
  else if (/^\d$/.test(stroke)) say(desk, "No cause has this key here.", true);
  else if (COMMANDS[stroke]) COMMANDS[stroke](desk);
  else return false;
  return true;
}

// The digits of the upper row give other signs on some keyboards: the place of the key tells which digit is meant.
function strokeOf(event) {
  const place = /^(?:Digit|Numpad)(\d)$/.exec(event.code);
  return place && !event.shiftKey ? place[1] : event.key;
}

function pickSnippet(desk, stroke) {
  const text = desk.setup.snippets[Number(stroke) - 1];
  if (text) putSnippet(desk, text);
  else toggleSnippets(desk, false);
  return true;
}

function enter(desk) {
  if (desk.unsaved) return again(desk);
  if (desk.top) return choose(desk, desk.top);
  if (desk.draft?.cause && (desk.draft.changed || !desk.case.mark)) return commit(desk);
  say(desk, desk.case?.mark ? "Nothing has changed here." : "Choose a cause first: a digit, then a second key.");
}

function escape(desk) {
  if (!part(desk, "help").hidden) toggleHelp(desk, false);
  else if (desk.unsaved) letGo(desk);
  else if (desk.top) leaveTop(desk);
  else if (desk.role !== "cause") setRole(desk, "cause");
  else leave(desk);
}

// Out to the notebook, so that somebody who works by keyboard keeps their place.
function leave(desk) {
  const notebook = desk.root.closest(".jp-Notebook");
  if (!notebook) return desk.root.blur();
  if (!notebook.hasAttribute("tabindex")) notebook.tabIndex = -1;
  notebook.focus({ preventScroll: true });
}

function toggleAdvance(desk) {
  desk.advance = !desk.advance;
  showActions(desk);
  say(desk, desk.advance ? "After a decision the next open case comes." : "After a decision you stay on the case.");
}
