// Cases by day as bars, drawn by hand: small, offline, in the colours of the page.

const HEIGHT = 190;
const EDGE = { left: 46, right: 8, top: 14, bottom: 26 };
const SVG = "http://www.w3.org/2000/svg";

// A day is text; it becomes an instant only here, in UTC, where no zone can shift it.
const instant = (day) => Date.parse(`${day}T00:00:00Z`);
const words = (options) => new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", ...options });
const LONG = words({ weekday: "short", day: "numeric", month: "short", year: "numeric" });
const SHORT = words({ day: "numeric", month: "short" });
const MONTH = words({ month: "short", year: "numeric" });
const COUNT = new Intl.NumberFormat("en-GB");

function node(name, attributes = {}, text = "") {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.textContent = text;
  return made;
}

function step(most) {
  const rough = Math.max(most, 1) / 3;
  const power = 10 ** Math.floor(Math.log10(rough));
  return Math.max(1, [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough));
}

function ticks(days, width) {
  // As many labels as fit; months where there are many days.
  const room = Math.max(2, Math.floor(width / 90));
  if (days.length <= 60) {
    const every = Math.ceil(days.length / room);
    return days.map((day, at) => [at, SHORT.format(instant(day))]).filter(([at]) => at % every === 0);
  }
  const firsts = days.map((day, at) => [at, day]).filter(([, day]) => day.endsWith("-01"));
  const every = Math.ceil(firsts.length / room) || 1;
  return firsts.filter((_, n) => n % every === 0).map(([at, day]) => [at, MONTH.format(instant(day))]);
}

class Chart {
  constructor(model, root) {
    this.model = model;
    this.root = root;
    this.cursor = null;
    this.anchor = null;
    this.dragging = false;
    this.plot = document.createElement("div");
    this.plot.className = "tskit-days-plot";
    this.plot.tabIndex = 0;
    this.plot.setAttribute("role", "slider");
    this.plot.setAttribute("aria-keyshortcuts", "ArrowLeft ArrowRight PageUp PageDown Home End Enter Escape");
    this.said = document.createElement("p");
    this.said.className = "tskit-days-said";
    root.append(this.plot, this.said);
    this.listen();
  }

  get days() {
    return this.model.get("days");
  }

  get range() {
    const [first, last] = this.model.get("chosen");
    if (!first) return null;
    const keys = this.days.map(([day]) => day);
    const from = keys.findIndex((day) => day >= first);
    const after = keys.findIndex((day) => day > last);
    return from < 0 ? null : [from, (after < 0 ? keys.length : after) - 1];
  }

  listen() {
    this.plot.addEventListener("keydown", (event) => this.key(event));
    this.plot.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || !this.days.length) return;
      this.dragging = true;
      this.plot.setPointerCapture(event.pointerId);
      this.cursor = this.anchor = this.at(event);
      this.draw();
    });
    this.plot.addEventListener("pointermove", (event) => {
      if (!this.days.length) return;
      const at = this.at(event);
      if (this.dragging) {
        this.cursor = at;
        this.draw();
      }
      this.tell(this.dragging ? this.pair() : [at, at]);
    });
    this.plot.addEventListener("pointerup", () => {
      if (this.dragging) this.choose();
    });
    this.plot.addEventListener("pointercancel", () => {
      this.dragging = false;
      this.draw();
    });
    this.plot.addEventListener("pointerleave", () => this.tell(this.range));
  }

  at(event) {
    const box = this.plot.getBoundingClientRect();
    const share = (event.clientX - box.left - EDGE.left) / this.inner;
    return Math.min(this.days.length - 1, Math.max(0, Math.floor(share * this.days.length)));
  }

  pair() {
    const other = this.anchor ?? this.cursor;
    return [Math.min(other, this.cursor), Math.max(other, this.cursor)];
  }

  choose() {
    const [first, last] = this.pair();
    this.dragging = false;
    this.anchor = null;
    this.model.set("chosen", [this.days[first][0], this.days[last][0]]);
    this.model.save_changes();
    this.draw();
  }

  key(event) {
    const moves = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageUp: -7, PageDown: 7, Home: -1e6, End: 1e6 };
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.key === "Tab") return;
    // JupyterLab takes single keys for commands: two presses of d would delete the cell.
    event.stopPropagation();
    if (!this.days.length) return;
    const start = this.cursor ?? this.range?.[1] ?? this.days.length - 1;
    if (event.key in moves) {
      this.anchor = event.shiftKey ? (this.anchor ?? start) : null;
      this.cursor = Math.min(this.days.length - 1, Math.max(0, start + moves[event.key]));
    } else if (event.key === "Enter" || event.key === " ") {
      this.cursor = start;
      this.choose();
    } else if (event.key === "Escape") {
      this.cursor = this.anchor = null;
      this.model.set("chosen", []);
      this.model.save_changes();
    } else {
      return;
    }
    event.preventDefault();
    this.draw();
    this.tell(this.cursor === null ? null : this.pair());
  }

  wording(range) {
    if (!range) return "";
    const [first, last] = range;
    const sum = this.days.slice(first, last + 1).reduce((all, [, n]) => all + n, 0);
    const from = LONG.format(instant(this.days[first][0]));
    const until = first === last ? "" : ` to ${LONG.format(instant(this.days[last][0]))}`;
    const mark = this.model.get("marked").includes(this.days[last][0]) ? ", stands out" : "";
    return `${from}${until}: ${COUNT.format(sum)} ${sum === 1 ? "case" : "cases"}${mark}`;
  }

  tell(range) {
    this.said.textContent = this.wording(range) || "Drag over days, or press the arrow keys and Enter. Escape takes the choice back.";
  }

  draw() {
    const width = Math.max(280, this.root.clientWidth || 720);
    this.inner = width - EDGE.left - EDGE.right;
    const days = this.days;
    const svg = node("svg", { width, height: HEIGHT, "aria-hidden": "true", focusable: "false" });
    if (days.length) this.bars(svg, days);
    this.plot.replaceChildren(svg);
    const at = this.cursor ?? this.range?.[1] ?? Math.max(0, days.length - 1);
    const label = `${this.model.get("label")}; arrow keys move, Shift widens, Enter chooses`;
    for (const [key, value] of Object.entries({
      "aria-label": label,
      "aria-valuemin": 0,
      "aria-valuemax": Math.max(0, days.length - 1),
      "aria-valuenow": at,
      "aria-valuetext": days.length ? this.wording(this.cursor === null ? [at, at] : this.pair()) : "No cases",
    })) this.plot.setAttribute(key, value);
  }

  bars(svg, days) {
    const high = HEIGHT - EDGE.top - EDGE.bottom;
    const most = Math.max(1, ...days.map(([, n]) => n));
    const wide = this.inner / days.length;
    const gap = wide > 4 ? 1 : 0;
    const x = (at) => EDGE.left + at * wide;
    const y = (n) => EDGE.top + high * (1 - n / most);
    const chosen = this.dragging || this.anchor !== null ? this.pair() : this.range;
    for (let n = 0; n <= most; n += step(most)) {
      svg.append(node("line", { class: "grid", x1: EDGE.left, x2: EDGE.left + this.inner, y1: y(n), y2: y(n) }));
      svg.append(node("text", { class: "number", x: EDGE.left - 6, y: y(n) + 4 }, COUNT.format(n)));
    }
    if (chosen) {
      const from = x(chosen[0]);
      svg.append(node("rect", { class: "span", x: from, y: EDGE.top - 6, width: x(chosen[1] + 1) - from, height: high + 6 }));
    }
    const shape = { plain: "", chosen: "" };
    days.forEach(([, n], at) => {
      if (!n) return;
      const kind = chosen && at >= chosen[0] && at <= chosen[1] ? "chosen" : "plain";
      shape[kind] += `M${x(at).toFixed(2)},${y(0)}V${y(n).toFixed(2)}h${Math.max(0.6, wide - gap).toFixed(2)}V${y(0)}Z`;
    });
    svg.append(node("path", { class: "plain", d: shape.plain }), node("path", { class: "chosen", d: shape.chosen }));
    const marked = new Set(this.model.get("marked"));
    days.forEach(([day, n], at) => {
      if (!marked.has(day)) return;
      const tip = Math.max(EDGE.top - 4, y(n) - 3), mid = x(at) + wide / 2;
      svg.append(node("path", { class: "mark", d: `M${mid},${tip}l-4,-7h8Z` }));
    });
    for (const [at, text] of ticks(days.map(([day]) => day), this.inner)) {
      // A label at the edge keeps within the picture.
      const mid = Math.min(Math.max(x(at) + wide / 2, EDGE.left + 10), EDGE.left + this.inner - 26);
      svg.append(node("text", { class: "day", x: mid, y: HEIGHT - 8 }, text));
    }
    if (this.cursor !== null) {
      svg.append(node("line", { class: "cursor", x1: x(this.cursor) + wide / 2, x2: x(this.cursor) + wide / 2, y1: EDGE.top - 6, y2: EDGE.top + high }));
    }
  }
}

export default {
  render({ model, el }) {
    const root = document.createElement("div");
    root.className = "tskit-days";
    root.setAttribute("role", "group");
    root.setAttribute("aria-label", model.get("label"));
    root.setAttribute("data-lm-suppress-shortcuts", "true");
    el.append(root);
    const chart = new Chart(model, root);
    const show = () => {
      chart.cursor = chart.anchor = null;
      chart.draw();
      chart.tell(chart.range);
    };
    const names = ["days", "chosen", "marked", "label"].map((name) => `change:${name}`);
    names.forEach((name) => model.on(name, show));
    const watch = new ResizeObserver(() => chart.draw());
    watch.observe(root);
    show();
    return () => {
      watch.disconnect();
      names.forEach((name) => model.off(name, show));
    };
  },
};
