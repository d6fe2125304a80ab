// The whole desk: what it is built of, what is shown when, and what it lets go of at the end.

function newDesk(model) {
  const state = { case: null, draft: null, drafts: new Map(), setup: null, role: "cause", top: null, queue: null, last: "" };
  const line = { pending: null, unsaved: null, asked: null, wanted: "", waiting: 0, dropped: 0, quietUntil: 0, shownAt: 0, away: "", beat: null, heardAt: performance.now() };
  return { model, causes: model.get("causes"), recent: [], advance: true, advising: false, revealed: false, ...state, ...line };
}

function build(desk) {
  desk.root = make("div", {
    ...{ class: "tk-review", tabindex: "0", role: "group", "data-lm-suppress-shortcuts": "true" },
    "aria-label": "Case review. The question mark lists the keys.",
  });
  const recent = make("details", { class: "tk-recent" }, make("summary", { class: "tk-recent-title" }), make("ol", { class: "tk-recent-list" }));
  const main = make("div", { class: "tk-main" }, caseParts(), judgeParts(desk));
  desk.root.append(
    headParts(desk),
    make("div", { class: "tk-alarm", role: "alert" }),
    main,
    make("div", { class: "tk-actions" }),
    make("div", { class: "tk-advice", hidden: true }),
    make("div", { class: "tk-foot" }, make("div", { class: "tk-status" }), make("div", { class: "tk-off" }, "Keys are off: click here, or Tab in.")),
    recent,
    make("div", { class: "tk-live", role: "status", "aria-live": "polite" }),
    helpParts(desk),
  );
  part(desk, "off").addEventListener("click", () => desk.root.focus({ preventScroll: true }));
}

function showActions(desk) {
  const flagged = desk.case?.is_flagged;
  steady(desk, () =>
    fill(
      part(desk, "actions"),
      button("Previous", { key: "k", onclick: () => go(desk, { steps: -1 }) }),
      button("Next", { key: "j", onclick: () => go(desk, { steps: 1 }) }),
      button("Skip", { key: "s", onclick: () => answerOtherwise(desk, "skip") }),
      button(flagged ? "Unflag" : "Flag", { key: "f", "aria-pressed": Boolean(flagged), onclick: () => answerOtherwise(desk, "flag") }),
      button("Undo", { key: "u", "aria-disabled": !desk.last, onclick: () => undo(desk) }),
      button("Search", { key: "/", onclick: () => openSearch(desk) }),
      desk.setup.snippets.length ? button("Ready notes", { key: ".", onclick: () => toggleSnippets(desk) }) : "",
      desk.setup.has_suggestions ? button("Suggestions", { key: "x", "aria-pressed": desk.advising, onclick: () => toggleAdvice(desk) }) : "",
      button("Auto-next", { key: "a", "aria-pressed": desk.advance, onclick: () => toggleAdvance(desk) }),
      button("Save", { key: "Enter", name: "tk-save", onclick: () => enter(desk) }),
    ),
  );
  showSave(desk);
}

// Save stands out only when there is something to save.
function showSave(desk) {
  const save = part(desk, "save");
  if (!save) return;
  const ready = Boolean(desk.unsaved) || Boolean(desk.draft?.cause && (desk.draft.changed || !desk.case.mark));
  save.classList.toggle("tk-ready", ready);
  save.setAttribute("aria-disabled", String(!ready));
  save.querySelector(".tk-label").textContent = desk.unsaved ? "Try again" : "Save";
}

function showAll(desk, answer) {
  const changed = desk.case?.case_id !== answer.case.case_id;
  Object.assign(desk, { case: answer.case, queue: answer.queue, recent: answer.recent, last: answer.last, top: null });
  if (changed) Object.assign(desk, { shownAt: performance.now(), role: "cause", revealed: false, rest: false });
  desk.draft = draftOf(desk);
  showHead(desk);
  showCase(desk);
  if (changed || !desk.revealed) cover(desk);
  showJudge(desk);
  showActions(desk);
  showRecent(desk);
  askAdvice(desk);
  if (changed) (closeSmall(desk), tell(desk, answer));
  return changed;
}

function closeSmall(desk) {
  desk.dropped = 0;
  toggleSnippets(desk, false);
  part(desk, "search").hidden = true;
  part(desk, "causes").hidden = false;
}

// A new case is told as it is shown: which it is, where it stands, what is known in short, and what was decided.
function tell(desk, answer) {
  const { case: sheet, queue } = answer;
  const mark = sheet.mark;
  const decided = !mark ? "Not decided." : mark.kind === "skip" ? "Skipped before." : `Decided: ${mark.cause} ${mark.name}.`;
  const words = `Case ${sheet.case_id}, ${queue.place + 1} of ${queue.of}. ${sheet.summary}. ${decided}`;
  say(desk, mark ? decided : "");
  announce(desk, [answer.said, words].filter(Boolean).join(" "));
}

function say(desk, words, bad = false, aloud = true) {
  const status = part(desk, "status");
  status.textContent = plain(words);
  status.classList.toggle("tk-bad", Boolean(bad));
  if (words && aloud) announce(desk, words);
}

function announce(desk, words) {
  part(desk, "live").textContent = plain(words);
}

function alarm(desk, title, words) {
  fill(part(desk, "alarm"), make("strong", {}, title), ` ${words}`);
  say(desk, "");
  showSave(desk);
}

function quiet(desk) {
  fill(part(desk, "alarm"));
}

function render({ model, el }) {
  const desk = newDesk(model);
  build(desk);
  el.append(desk.root);
  const onAnswer = (answer) => hear(desk, answer);
  const ends = [coverWhenLeft(desk), watchPulse(desk), askBeforeLeaving(desk)];
  model.on("msg:custom", onAnswer);
  listen(desk);
  begin(desk);
  return () => {
    model.off("msg:custom", onAnswer);
    ends.forEach((end) => end());
    settle(desk);
    clearTimeout(desk.asked?.timer);
    desk.root.remove();
  };
}

// The first view of a new queue takes the keyboard: keys that miss it would be commands to the notebook.
function begin(desk) {
  send(desk, { type: "hello" });
  if (desk.model.get("is_new")) requestAnimationFrame(() => desk.root.focus({ preventScroll: true }));
}

export default { render };
