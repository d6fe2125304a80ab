// The line to the kernel: one deed under way at a time, each with a key of its own, and never "saving" for ever.

const TOO_SOON_MS = 150; // nobody has read a case that has been on the screen for less
const BURST_MS = 350; // after a key that was not taken, those that follow at once belong to the same intention

function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function send(desk, message) {
  if (desk.pending) return false;
  const whole = { key: newKey(), ...message };
  desk.pending = { message: whole, timer: setTimeout(() => lost(desk, whole), desk.model.get("ack_ms")) };
  desk.root.setAttribute("aria-busy", "true");
  post(desk, whole, () => lost(desk, whole));
  return true;
}

// For what changes nothing: no lock, the answer is taken if the same case is still there.
function ask(desk, message) {
  const whole = { key: newKey(), ...message };
  clearTimeout(desk.asked?.timer);
  desk.asked = { key: whole.key, timer: setTimeout(() => unanswered(desk), desk.model.get("ack_ms")) };
  post(desk, whole, () => unanswered(desk));
}

function post(desk, message, failed) {
  try {
    desk.model.send(message);
  } catch {
    failed();
  }
}

function lost(desk, message) {
  if (!desk.pending || desk.pending.message.key !== message.key) return;
  settle(desk);
  desk.waiting = 0;
  if (WRITES.has(message.type)) desk.unsaved = message;
  const busy = kernelStatus(desk) === "busy";
  const why = busy ? "the kernel is busy with a cell." : "the kernel is not answering.";
  const what = WRITES.has(message.type) ? `NOT SAVED: ${why}` : `T${why.slice(1)}`;
  const then = busy ? "It is saved, once, when the cell is done." : "If that does not help, run the cell again.";
  alarm(desk, what, `Your judgement is kept here. Enter tries again. ${then}`);
  showJudge(desk);
}

const WRITES = new Set(["judge", "flag", "undo"]);

function unanswered(desk) {
  clearTimeout(desk.asked?.timer);
  desk.asked = null;
  desk.wanted = "";
  alarm(desk, "The kernel is not answering.", "It may be busy, or it has stopped. If this stays, run the cell again.");
}

function settle(desk) {
  clearTimeout(desk.pending?.timer);
  desk.pending = null;
  desk.root.removeAttribute("aria-busy");
}

function again(desk) {
  const message = desk.unsaved;
  desk.unsaved = null;
  quiet(desk);
  say(desk, "Trying again…");
  send(desk, message);
}

function letGo(desk) {
  desk.unsaved = null;
  quiet(desk);
  say(desk, desk.draft?.cause ? "Not saved. What you chose is still here; Enter saves it." : "Let go; it was not done.");
}

function hear(desk, answer) {
  alive(desk);
  if (answer.re === "ping") return;
  const mine = desk.pending?.message.key === answer.key;
  const late = desk.unsaved && desk.unsaved.key === answer.key;
  if (desk.asked?.key === answer.key) (clearTimeout(desk.asked.timer), (desk.asked = null));
  if (mine) settle(desk);
  if (answer.refused) return refused(desk, answer, mine || late);
  if (mine || late) (forget(desk, answer), (desk.unsaved = null));
  if (!desk.unsaved) quiet(desk);
  if (answer.content) takeContent(desk, answer);
  if (answer.suggestions !== undefined) takeSuggestions(desk, answer);
  if (answer.setup) Object.assign(desk, { setup: answer.setup, drafts: draftsOf(answer.setup) });
  const isNew = Boolean(answer.case) && (mine || !desk.pending) && showAll(desk, answer);
  if (answer.said) say(desk, answer.said, answer.is_bad, !isNew);
  if (mine) goOn(desk);
}

// A judgement that was written is no draft any more.
function forget(desk, answer) {
  if (answer.saved) desk.drafts.delete(answer.saved.case_id);
}

function refused(desk, answer, mine) {
  if (mine) desk.unsaved = null;
  if (answer.re === "advise") return showAdvice(desk, answer.refused);
  alarm(desk, WRITES.has(answer.re) ? "NOT SAVED." : "That did not work.", answer.refused);
}

function goOn(desk) {
  const steps = desk.waiting;
  desk.waiting = 0;
  if (steps) go(desk, { steps });
}

// Whether a key may judge the case on the screen now; one that may not is said, never applied to another case.
function mayJudge(desk) {
  const now = performance.now();
  if (desk.unsaved) return (say(desk, "NOT SAVED yet: Enter tries again, Esc lets it go.", true), false);
  if (isAway(desk)) return false;
  const early = desk.pending || !desk.case || now - desk.shownAt < TOO_SOON_MS || now < desk.quietUntil;
  if (early) drop(desk, now);
  return !early;
}

function drop(desk, now) {
  desk.dropped += 1;
  desk.quietUntil = now + BURST_MS;
  const keys = desk.dropped === 1 ? "1 key was" : `${desk.dropped} keys were`;
  say(desk, `${keys} not taken: the case was not on the screen yet. Look, then press again.`, true);
}
