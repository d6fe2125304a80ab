// What stands around the judgement: progress, search, snippets, suggestions, the last decisions, help.

function headParts(desk) {
  const find = make("input", { class: "tk-find", type: "text", hidden: true, autocomplete: "off", "aria-label": "Position, case id or its last characters", placeholder: "Position or case id" });
  find.addEventListener("keydown", (event) => findKey(desk, event));
  return make(
    "div",
    { class: "tk-head" },
    make("strong", { class: "tk-place" }),
    make("progress", { class: "tk-progress", "aria-label": "Cases with an answer", max: 1, value: 0 }),
    make("span", { class: "tk-done" }),
    make("span", { class: "tk-round" }),
    find,
    button("Go to", { key: "g", onclick: () => openFind(desk) }),
    button("Next open", { key: "w", onclick: () => go(desk, { to: "open" }) }),
    button("Keys", { key: "?", name: "tk-help-button", "aria-expanded": "false", onclick: () => toggleHelp(desk) }),
  );
}

function showHead(desk) {
  const { place, of, tagged, skipped, flagged } = desk.queue;
  part(desk, "place").textContent = `Case ${(place + 1).toLocaleString("en")} of ${of.toLocaleString("en")}`;
  Object.assign(part(desk, "progress"), { max: of, value: tagged + skipped });
  const parts = [`${tagged.toLocaleString("en")} tagged`, skipped ? `${skipped} skipped` : "", flagged ? `${flagged} flagged` : ""];
  part(desk, "done").textContent = parts.filter(Boolean).join(" · ");
  part(desk, "round").textContent = plain(roundWords(desk.setup));
}

function roundWords({ round, is_blind: blind, is_adjudication: adjudication, person }) {
  const named = adjudication ? `Adjudicating ${round}` : round ? `${blind ? "Blind round" : "Round"} ${round}` : "";
  return [named, `as ${person}`].filter(Boolean).join(", ");
}

function openFind(desk) {
  const find = part(desk, "find");
  find.hidden = false;
  find.value = "";
  find.focus();
}

function findKey(desk, event) {
  if (event.key !== "Enter" && event.key !== "Escape") return;
  event.preventDefault();
  event.stopPropagation();
  const text = event.target.value.trim();
  event.target.hidden = true;
  desk.root.focus({ preventScroll: true });
  if (event.key === "Enter" && text) go(desk, { find: text });
}

function go(desk, where) {
  if (desk.unsaved) return say(desk, "NOT SAVED yet: Enter tries again, Esc lets it go.", true);
  if (isAway(desk)) return;
  if (desk.pending) {
    if (desk.pending.message.type === "go" && where.steps) desk.waiting += where.steps;
    else if (desk.pending.message.type !== "go") drop(desk, performance.now());
    return;
  }
  cover(desk);
  send(desk, { type: "go", case_id: desk.case?.case_id || "", ...where });
}

// Search: typing filters all causes by id, name, definition and example.

function searchParts(desk) {
  const list = `tk-found-${newKey().slice(0, 8)}`;
  const box = make("input", {
    ...{ class: "tk-query", type: "text", role: "combobox", autocomplete: "off", "aria-label": "Search causes" },
    ...{ "aria-expanded": "true", "aria-controls": list, "aria-autocomplete": "list", placeholder: "Search causes by any word" },
  });
  box.addEventListener("input", () => showFound(desk));
  box.addEventListener("keydown", (event) => searchKey(desk, event));
  return [box, make("div", { class: "tk-found", id: list, role: "listbox", "aria-label": "Causes found" })];
}

function openSearch(desk) {
  part(desk, "search").hidden = false;
  part(desk, "causes").hidden = true;
  part(desk, "query").value = "";
  showFound(desk);
  part(desk, "query").focus();
}

function closeSearch(desk) {
  part(desk, "search").hidden = true;
  part(desk, "causes").hidden = false;
  desk.root.focus({ preventScroll: true });
}

function found(desk) {
  const words = part(desk, "query").value.toLowerCase().split(/\s+/).filter(Boolean);
  const said = (cause) => [cause.id, cause.name, cause.definition, cause.example].join(" ").toLowerCase();
  const all = everyCause(desk).filter((cause) => words.every((word) => said(cause).includes(word)));
  const named = (cause) => (words.length && cause.name.toLowerCase().includes(words[0]) ? 0 : 1);
  return all.sort((a, b) => named(a) - named(b)).slice(0, 8);
}

function showFound(desk, place = 0) {
  const list = part(desk, "found");
  desk.found = found(desk);
  desk.foundAt = Math.max(0, Math.min(place, desk.found.length - 1));
  fill(list, ...desk.found.map((cause, i) => foundOne(desk, cause, i, list.id)));
  if (!desk.found.length) fill(list, make("div", { role: "option", "aria-disabled": "true", class: "tk-hint" }, "No cause has these words."));
  const active = desk.found.length ? `${list.id}-${desk.foundAt}` : "";
  part(desk, "query").setAttribute("aria-activedescendant", active);
}

function foundOne(desk, cause, i, list) {
  const take = () => takeFound(desk, cause);
  return make(
    "div",
    { class: "tk-option", role: "option", id: `${list}-${i}`, "aria-selected": String(i === desk.foundAt), onclick: take },
    make("strong", {}, `${cause.name} `),
    make("span", { class: "tk-hint" }, cause.id),
    make("span", { class: "tk-definition" }, cause.definition),
  );
}

function searchKey(desk, event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.isComposing) return;
  if (step) showFound(desk, desk.foundAt + step);
  else if (event.key === "Escape") closeSearch(desk);
  else if (event.key === "Enter" && desk.found.length) takeFound(desk, desk.found[desk.foundAt]);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function takeFound(desk, cause) {
  closeSearch(desk);
  choose(desk, cause);
}

// Ready notes: one key opens the list, a digit puts one into the note.

function toggleSnippets(desk, open = part(desk, "snippets").hidden) {
  const place = part(desk, "snippets");
  desk.picking = open;
  const put = (text) => () => (putSnippet(desk, text), desk.root.focus({ preventScroll: true }));
  steady(desk, () => {
    place.hidden = !open;
    fill(place, ...desk.setup.snippets.slice(0, 9).map((text, i) => button(text, { key: String(i + 1), onclick: put(text) })));
  });
  if (open) say(desk, "A digit puts one of these into the note; Esc closes.");
}

function putSnippet(desk, text) {
  const before = desk.draft.note.trim();
  toggleSnippets(desk, false);
  edit(desk, { note: before ? `${before} ${text}` : text });
  say(desk, "Put into the note.");
}

// Suggestions: never applied by themselves, and in a blind round only after the decision.

function askAdvice(desk) {
  if (!desk.advising || !desk.setup.has_suggestions) return;
  const isDecided = desk.case.mark?.kind === "tag";
  if (desk.setup.is_blind && !isDecided) return showAdvice(desk, "In a blind round suggestions are shown once you have decided.");
  showAdvice(desk, "Looking…");
  fetchAdvice(desk, desk.case.case_id);
}

function fetchAdvice(desk, id) {
  if (id === desk.case?.case_id && desk.advising) post(desk, { type: "advise", key: newKey(), case_id: id }, () => {});
}

const ADVICE_AGAIN_MS = 700; // the first time, suggestions are made while the person works on

function takeSuggestions(desk, answer) {
  if (answer.case_id !== desk.case?.case_id || !desk.advising) return;
  if (answer.is_coming) {
    setTimeout(() => fetchAdvice(desk, answer.case_id), ADVICE_AGAIN_MS);
    return showAdvice(desk, "Looking for similar cases… That takes some seconds the first time; you can work on.");
  }
  const given = answer.suggestions || [];
  showAdvice(desk, given.length ? "" : "There is no suggestion for this case.", given);
}

function strokesTo(desk, id) {
  const top = desk.causes.find((cause) => cause.id === id || cause.children.some((below) => below.id === id));
  const leaf = top?.children.find((below) => below.id === id);
  return top ? [top.key, leaf ? leaf.key : "Enter"] : [];
}

function showAdvice(desk, words, given = []) {
  const one = (advice) =>
    make(
      "li",
      {},
      make("strong", {}, `${advice.cause} ${advice.name} `),
      ...strokesTo(desk, advice.cause).map(keycap),
      make("span", { class: "tk-hint" }, ` ${advice.reason} ${advice.measured}`),
    );
  fill(part(desk, "advice"), words ? make("p", { class: "tk-hint" }, words) : "", given.length ? make("ul", {}, ...given.map(one)) : "");
}

function toggleAdvice(desk) {
  if (!desk.setup.has_suggestions) return say(desk, "No suggestions were set up for this queue.");
  desk.advising = !desk.advising;
  part(desk, "advice").hidden = !desk.advising;
  askAdvice(desk);
  showActions(desk);
}

// The last ten decisions, each a way back to its case.

function showRecent(desk) {
  const back = (mark) => () => go(desk, { find: mark.case_id });
  const word = (mark) => (mark.kind === "skip" ? "skipped" : `${mark.cause} ${mark.name}`);
  const one = (mark) =>
    make("li", {}, make("button", { type: "button", class: "tk-button", onclick: back(mark) }, make("span", { class: "tk-id" }, mark.case_id), make("span", { class: "tk-label" }, word(mark))));
  part(desk, "recent-title").textContent = `Last decisions (${desk.recent.length})`;
  steady(desk, () => fill(part(desk, "recent-list"), ...desk.recent.map(one)));
}

// Help: every key, in one place.

const HELP = [
  ["1 to 9 0 -", "a cause of level 1; a second key chooses level 2 and saves"],
  ["Enter", "save level 1 alone, save what was changed, or try again"],
  ["/", "search causes by typing"],
  ["c t p", "the next cause is a contributing one, the trigger, the cause"],
  ["l m h", "low, medium, high confidence"],
  ["n .", "write a note, put in a ready one"],
  ["e", "name the evidence"],
  ["r", "show the content, cover it again"],
  ["s", "skip: an answer of its own"],
  ["f F", "flag for later, go to the next flagged case"],
  ["u", "undo the last thing that was saved"],
  ["j → k ←", "next case, previous case"],
  ["w", "next case without an answer"],
  ["g", "go to a position or a case id"],
  ["o", "open the case in the system of record"],
  ["x", "suggestions"],
  ["a", "auto-next: go on after a decision, or stay on the case"],
  ["Esc", "one step back; then out to the notebook"],
  ["?", "this list"],
];

function helpParts(desk) {
  const close = button("Close", { key: "Esc", shortcut: "Escape", name: "tk-help-close", onclick: () => toggleHelp(desk, false) });
  const head = make("div", { class: "tk-help-head" }, make("strong", {}, "Keys"), close);
  const rows = make("ul", { class: "tk-keys" }, ...HELP.map(([keys, what]) => make("li", {}, make("span", { class: "tk-strokes" }, ...keys.split(" ").map(stroke)), make("span", {}, what))));
  return make("div", { class: "tk-help", role: "dialog", "aria-label": "Keys", hidden: true }, head, rows);
}

function stroke(text) {
  return text === "to" ? make("span", {}, "to") : make("kbd", {}, text);
}

function toggleHelp(desk, open = part(desk, "help").hidden) {
  part(desk, "help").hidden = !open;
  part(desk, "help-button").setAttribute("aria-expanded", String(open));
  (open ? part(desk, "help-close") : desk.root).focus({ preventScroll: true });
}
