// Whether the kernel lives, asked quietly while nothing else is under way: nobody should learn it from a lost judgement.

const LOOK_MS = 1000;
const PULSE_MS = 5000;
const GONE = new Set(["dead", "restarting", "autorestarting"]);
const AWAY = {
  busy: ["The kernel is busy.", "A cell is running. Keys are not taken until it answers; what you saved is safe."],
  gone: ["NOT ANSWERING.", "The kernel has stopped or cannot be reached: nothing can be saved now. What you saved is safe. If this stays, run the cell again."],
};

function watchPulse(desk) {
  const timer = setInterval(() => look(desk), LOOK_MS);
  const back = () => !document.hidden && beat(desk);
  document.addEventListener("visibilitychange", back);
  return () => {
    clearInterval(timer);
    endBeat(desk);
    document.removeEventListener("visibilitychange", back);
  };
}

// What JupyterLab knows of the kernel; elsewhere nothing is known, and its answers alone tell.
function kernelStatus(desk) {
  return desk.model.widget_manager?.kernel?.status || "";
}

function look(desk) {
  if (document.hidden || desk.pending || desk.beat) return;
  if (GONE.has(kernelStatus(desk))) return missed(desk);
  if (performance.now() - desk.heardAt >= PULSE_MS) beat(desk);
}

function beat(desk) {
  if (desk.pending || desk.beat) return;
  desk.heardAt = performance.now();
  desk.beat = setTimeout(() => missed(desk), desk.model.get("ack_ms"));
  post(desk, { type: "ping", key: newKey() }, () => missed(desk));
}

function endBeat(desk) {
  clearTimeout(desk.beat);
  desk.beat = null;
}

// A deed that is under way, or was not saved, has an alarm of its own.
function missed(desk) {
  endBeat(desk);
  const away = kernelStatus(desk) === "busy" ? "busy" : "gone";
  // What is gone stays gone until it answers: a kernel that starts anew is busy at first, and knows nothing of this queue.
  if (desk.pending || desk.unsaved || desk.away === away || desk.away === "gone") return;
  desk.away = away;
  alarm(desk, ...AWAY[away]);
}

// Any answer is a sign of life.
function alive(desk) {
  endBeat(desk);
  desk.heardAt = performance.now();
  if (!desk.away) return;
  desk.away = "";
  if (!desk.unsaved) (quiet(desk), say(desk, "The kernel answers again."));
}

// Says that nothing can be done now, and asks once more; returns whether that is so.
function isAway(desk) {
  if (!desk.away) return false;
  say(desk, desk.away === "busy" ? "Not taken: the kernel is busy." : "Not taken: the kernel is not answering.", true);
  beat(desk);
  return true;
}
