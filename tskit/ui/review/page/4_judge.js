// The judgement: a cause in two strokes, what contributed, what set it off, how sure, and in whose words.

const ROLES = { cause: "Cause", contributing: "Contributing", trigger: "Trigger" };
const ROLE_KEYS = { cause: "p", contributing: "c", trigger: "t" };
const CONFIDENCES = { low: "l", medium: "m", high: "h" };

function judgeParts(desk) {
  const toolbar = (name, label) => make("div", { class: `tk-${name}`, role: "toolbar", "aria-label": label });
  const judge = make(
    "section",
    { class: "tk-judge", "aria-label": "Judgement" },
    toolbar("roles", "What the next cause is"),
    make("div", { class: "tk-chosen" }),
    make("div", { class: "tk-search", hidden: true }, ...searchParts(desk)),
    toolbar("causes", "Causes"),
    toolbar("sure", "How sure you are"),
    make("div", { class: "tk-words" }, ...wordParts(desk)),
  );
  ["roles", "causes", "sure"].forEach((name) => asToolbar(judge.querySelector(`.tk-${name}`)));
  return judge;
}

function wordParts(desk) {
  const changed = (name) => (event) => edit(desk, { [name]: event.target.value }, false);
  const given = { autocomplete: "off", maxlength: 2000, spellcheck: "true" };
  const note = make("textarea", { class: "tk-note", rows: 2, "aria-keyshortcuts": "n", oninput: changed("note"), ...given });
  const evidence = make("input", { class: "tk-evidence", type: "text", "aria-keyshortcuts": "e", oninput: changed("evidence"), ...given });
  return [
    make("label", {}, make("span", {}, "Note ", keycap("n")), note),
    make("div", { class: "tk-snippets", hidden: true }),
    make("label", {}, make("span", {}, "Evidence ", keycap("e")), evidence),
  ];
}

// What was begun and not saved, for as long as the page is open and in its memory alone: a queue that is opened anew, or
// drawn a second time, finds it.
const BEGUN = Symbol.for("tskit.review.begun");

function draftsOf(setup) {
  const all = (globalThis[BEGUN] ||= new Map());
  if (!all.has(setup.desk)) all.set(setup.desk, new Map());
  return all.get(setup.desk);
}

function askBeforeLeaving(desk) {
  const words = (draft) => draft.changed && Boolean(draft.note.trim() || draft.evidence.trim());
  const ask = (event) => {
    if (desk.unsaved || [...desk.drafts.values()].some(words)) event.preventDefault();
  };
  window.addEventListener("beforeunload", ask);
  return () => window.removeEventListener("beforeunload", ask);
}

function draftOf(desk) {
  const kept = desk.drafts.get(desk.case.case_id);
  if (kept) return kept;
  const mark = desk.case.mark;
  const blank = { cause: "", contributing: [], trigger: "", confidence: "medium", note: "", evidence: "", changed: false };
  if (!mark || mark.kind !== "tag") return blank;
  const { cause, contributing, trigger, confidence, note, evidence } = mark;
  return { ...blank, cause, contributing, trigger, confidence, note, evidence };
}

function edit(desk, change, shown = true) {
  keep(desk, change);
  if (shown) showJudge(desk);
  else showSave(desk);
}

function keep(desk, change) {
  desk.draft = { ...desk.draft, ...change, changed: true };
  desk.drafts.set(desk.case.case_id, desk.draft);
}

function showJudge(desk) {
  if (!desk.draft) return;
  steady(desk, () => {
    fill(part(desk, "roles"), ...Object.keys(ROLES).map((role) => roleButton(desk, role)));
    fill(part(desk, "chosen"), ...chosenParts(desk));
    fill(part(desk, "causes"), ...(desk.top ? secondLevel(desk) : desk.causes.map((cause) => topButton(desk, cause))));
    fill(part(desk, "sure"), make("span", { class: "tk-caption" }, "Confidence"), ...Object.keys(CONFIDENCES).map((sure) => sureButton(desk, sure)));
    ["roles", "causes", "sure"].forEach((name) => stopAt(part(desk, name), null));
  });
  part(desk, "causes").classList.toggle("tk-second", Boolean(desk.top));
  showWords(desk);
  showSave(desk);
}

function showWords(desk) {
  for (const name of ["note", "evidence"]) {
    const field = part(desk, name);
    if (field.value !== desk.draft[name]) field.value = desk.draft[name];
  }
}

function roleButton(desk, role) {
  const pressed = desk.role === role;
  return button(ROLES[role], { key: ROLE_KEYS[role], "aria-pressed": pressed, onclick: () => setRole(desk, role) });
}

function sureButton(desk, sure) {
  const pressed = desk.draft.confidence === sure;
  return button(sure, { key: CONFIDENCES[sure], "aria-pressed": pressed, onclick: () => mayJudge(desk) && edit(desk, { confidence: sure }) });
}

function topButton(desk, cause) {
  const chosen = desk.draft.cause.split(".")[0] === cause.id;
  const outside = cause.is_trigger ? make("span", { class: "tk-hint" }, "trigger only") : "";
  const given = { "aria-pressed": chosen, "data-cause": cause.id, title: cause.definition, name: "tk-cause" };
  return button(cause.name, { key: cause.key, ...given, onclick: (event) => clickTop(desk, cause, event) }, outside);
}

function clickTop(desk, cause, event) {
  pickTop(desk, cause);
  // A click made with the keyboard goes on with the keyboard: on to the first of the second level.
  if (event.detail === 0) part(desk, "causes").querySelector(".tk-leaf")?.focus();
}

function secondLevel(desk) {
  const top = desk.top;
  const back = button(`${top.id} ${top.name}`, { key: "Esc", shortcut: "Escape", name: "tk-back", onclick: () => leaveTop(desk), "aria-label": `Back from ${top.name}` });
  const alone = button(`${top.id} alone, no more is known`, { key: "Enter", shortcut: "Enter", name: "tk-alone", onclick: () => choose(desk, top) });
  return [back, ...top.children.map((cause) => leafButton(desk, cause)), alone];
}

function leafButton(desk, cause) {
  const chosen = [desk.draft.cause, desk.draft.trigger, ...desk.draft.contributing].includes(cause.id);
  const given = { "aria-pressed": chosen, "data-cause": cause.id, name: "tk-leaf", onclick: () => choose(desk, cause) };
  return make(
    "button",
    { type: "button", class: "tk-button tk-leaf", "aria-keyshortcuts": cause.key || null, "aria-pressed": given["aria-pressed"], "data-cause": cause.id, onclick: given.onclick },
    make("span", { class: "tk-leaf-head" }, make("strong", {}, cause.name), make("span", { class: "tk-hint" }, cause.id)),
    keycap(cause.key),
    make("span", { class: "tk-definition" }, cause.definition),
    cause.example ? make("span", { class: "tk-hint" }, `Example: ${cause.example}`) : "",
  );
}

function chosenParts(desk) {
  const { cause, contributing, trigger } = desk.draft;
  const chip = (role, id, remove) =>
    make("span", { class: "tk-chip tk-picked" }, `${role}: ${id} ${nameOfCause(desk, id)} `, button("×", { name: "tk-remove", "aria-label": `Remove ${id}`, onclick: remove }));
  const without = (id) => () => edit(desk, { contributing: contributing.filter((one) => one !== id) });
  return [
    cause ? make("span", { class: "tk-chip tk-picked" }, `Cause: ${cause} ${nameOfCause(desk, cause)}`) : "",
    ...contributing.map((id) => chip("Contributing", id, without(id))),
    trigger ? chip("Trigger", trigger, () => edit(desk, { trigger: "" })) : "",
  ];
}

function everyCause(desk) {
  return desk.causes.flatMap((top) => [top, ...top.children]);
}

function nameOfCause(desk, id) {
  return everyCause(desk).find((cause) => cause.id === id)?.name || "";
}

function setRole(desk, role) {
  desk.role = role;
  desk.top = null;
  showJudge(desk);
  const words = {
    cause: "Now the cause: the earliest one that could have been controlled.",
    contributing: "Now a contributing cause; at most two.",
    trigger: "Now the trigger: what set it off, outside our control.",
  };
  say(desk, words[role]);
}

function pickTop(desk, cause) {
  if (!mayJudge(desk)) return;
  desk.top = cause;
  showJudge(desk);
  announce(desk, `${cause.name}. ${cause.children.map((one) => `${one.key} ${one.name}`).join(", ")}. Enter for ${cause.id} alone.`);
}

function leaveTop(desk) {
  desk.top = null;
  showJudge(desk);
}

function choose(desk, cause) {
  if (!mayJudge(desk)) return;
  desk.top = null;
  if (cause.is_trigger) chooseTrigger(desk, cause);
  else if (desk.role === "contributing") chooseContributing(desk, cause);
  else if (desk.role === "trigger") (showJudge(desk), say(desk, "Only what lies outside our control can be the trigger. p goes back to the cause.", true));
  else chooseCause(desk, cause);
}

function chooseTrigger(desk, cause) {
  desk.role = "cause";
  edit(desk, { trigger: cause.id });
  say(desk, `${cause.name} is outside our control: kept as the trigger. ${desk.draft.cause ? "Enter saves." : "Now the earliest cause that could have been controlled."}`);
}

function chooseContributing(desk, cause) {
  const { contributing } = desk.draft;
  desk.role = "cause";
  const has = contributing.includes(cause.id);
  const refusal = cause.id === desk.draft.cause ? "That is the cause already." : !has && contributing.length === 2 ? "At most two causes contribute. Remove one first." : "";
  if (refusal) return (showJudge(desk), say(desk, refusal, true));
  edit(desk, { contributing: has ? contributing.filter((id) => id !== cause.id) : [...contributing, cause.id] });
  say(desk, `${has ? "Removed" : "Contributing"}: ${cause.name}. ${desk.draft.cause ? "Enter saves." : "Now the cause."}`);
}

function chooseCause(desk, cause) {
  keep(desk, { cause: cause.id, contributing: desk.draft.contributing.filter((id) => id !== cause.id) });
  const isHalf = cause.needs_why && !saysWhy(desk);
  // What is to be saved is on its way before anything is drawn.
  if (!isHalf) commit(desk);
  showJudge(desk);
  if (isHalf) say(desk, `${cause.name} is half an answer: what let it happen? Add a contributing cause (c), a note (n) or evidence (e), then Enter.`);
}

function saysWhy(desk) {
  const { contributing, note, evidence } = desk.draft;
  const further = contributing.some((id) => !everyCause(desk).find((cause) => cause.id === id)?.needs_why);
  return further || Boolean(note.trim() || evidence.trim());
}

function commit(desk) {
  const { cause, contributing, trigger, confidence, note, evidence } = desk.draft;
  if (!cause) return say(desk, "Choose a cause first: a digit, then a second key.", true);
  if (!mayJudge(desk)) return;
  send(desk, { type: "judge", kind: "tag", case_id: desk.case.case_id, advance: desk.advance, cause, contributing, trigger, confidence, note, evidence });
  if (desk.pending) say(desk, `Saving ${cause}…`, false, false);
}

function answerOtherwise(desk, kind) {
  if (!mayJudge(desk)) return;
  const type = kind === "flag" ? "flag" : "judge";
  send(desk, { type, kind, case_id: desk.case.case_id, advance: desk.advance, note: kind === "skip" ? desk.draft.note : "" });
}

function undo(desk) {
  if (!mayJudge(desk)) return;
  if (!desk.last) return say(desk, "There is nothing to undo.");
  send(desk, { type: "undo", target: desk.last });
}
