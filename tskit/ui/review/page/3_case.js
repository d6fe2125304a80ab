// The case: facts first, its content covered until somebody asks for it.

function caseParts() {
  return make(
    "section",
    { class: "tk-case", "aria-label": "Case" },
    make("div", { class: "tk-name" }),
    make("div", { class: "tk-chips" }),
    make("dl", { class: "tk-facts" }),
    make("p", { class: "tk-unknown" }),
    make("div", { class: "tk-content", role: "region", "aria-label": "Content" }),
    make("div", { class: "tk-others" }),
  );
}

function showCase(desk) {
  const sheet = desk.case;
  fill(part(desk, "name"), ...nameOf(desk, sheet));
  fill(part(desk, "chips"), ...sheet.chips.map((chip) => make("span", { class: `tk-chip ${tone(chip.tone)}` }, chip.text)));
  fill(part(desk, "facts"), ...sheet.facts.flatMap(factLine));
  part(desk, "unknown").textContent = plain(sheet.unknown.length ? `Not known: ${sheet.unknown.join(", ")}.` : "");
  showOthers(desk);
}

function nameOf(desk, sheet) {
  const open = sheet.url
    ? make(
        "a",
        { class: "tk-open", href: sheet.url, target: "_blank", rel: "noopener noreferrer", "aria-keyshortcuts": "o" },
        "Open the record ",
        keycap("o"),
      )
    : "";
  const flag = sheet.is_flagged ? make("span", { class: "tk-chip tk-warn" }, "⚑ Flagged") : "";
  return [make("strong", { class: "tk-id" }, sheet.case_id), flag, open];
}

function tone(word) {
  return word ? `tk-${word}` : "";
}

function factLine(fact) {
  return [make("dt", {}, fact.label), make("dd", { class: tone(fact.tone) }, fact.text)];
}

function cover(desk) {
  desk.revealed = false;
  desk.wanted = "";
  showContent(desk, null);
}

function showContent(desk, content) {
  const place = part(desk, "content");
  place.classList.toggle("tk-open-content", Boolean(content));
  steady(desk, () => fill(place, ...(content ? openContent(desk, content) : coveredContent(desk))));
}

function coveredContent(desk) {
  if (desk.case?.route) return withheld(desk.case.route);
  const show = button("Show content", { key: "r", name: "tk-reveal", onclick: () => reveal(desk) });
  return [make("div", { class: "tk-cover" }, show, make("span", { class: "tk-hint" }, "Covered until you ask for it."))];
}

function withheld(route) {
  const told = make("strong", {}, "The content of this case is not kept here and cannot be shown.");
  return [make("div", { class: "tk-withheld" }, told, make("span", {}, route))];
}

function openContent(desk, content) {
  const hide = button("Cover", { key: "r", name: "tk-reveal", onclick: () => reveal(desk) });
  const count = make("span", { class: "tk-hint" }, openedWords(desk));
  const empty = content.subject || content.description ? "" : make("p", {}, "No text is kept for this case.");
  return [
    make("div", { class: "tk-content-head" }, hide, count),
    make(
      "div",
      { class: "tk-text", tabindex: "0", role: "group", "aria-label": "Text of the report" },
      content.subject ? make("p", { class: "tk-subject" }, content.subject) : "",
      content.description ? make("p", {}, content.description) : "",
      empty,
    ),
    desk.rest ? restNote(desk) : "",
  ];
}

function openedWords(desk) {
  return `Opened ${plural(desk.setup.opened, "time")} today. Only you see this count.`;
}

function restNote(desk) {
  const close = button("All right", { name: "tk-rest-close", onclick: () => steady(desk, () => part(desk, "rest").remove()) });
  const words = "You have opened a good deal of content today. A short pause is always fine; nothing is lost meanwhile.";
  return make("div", { class: "tk-rest", role: "note" }, make("span", {}, words), close);
}

function reveal(desk) {
  if (!desk.case || (!desk.revealed && isAway(desk))) return;
  if (desk.case.route) return say(desk, "This content cannot be shown here. The route to it stands on the case.", true);
  if (desk.revealed) return (cover(desk), say(desk, "Covered."));
  if (desk.wanted === desk.case.case_id) return; // on its way: one look is counted once
  desk.wanted = desk.case.case_id;
  ask(desk, { type: "reveal", case_id: desk.case.case_id });
}

// Content is shown only where it was asked for: on the same case, on a page that somebody looks at.
function takeContent(desk, answer) {
  const asked = desk.wanted === answer.case_id && desk.case?.case_id === answer.case_id && !document.hidden;
  desk.wanted = "";
  desk.setup.opened = answer.opened;
  if (!asked) return;
  desk.rest = Boolean(answer.asks_for_a_break);
  desk.revealed = true;
  if (answer.content.route) desk.case.route = answer.content.route;
  showContent(desk, answer.content.route ? null : answer.content);
  announce(desk, answer.content.route ? "This content cannot be shown here." : "Content shown. r covers it again.");
}

function showOthers(desk) {
  const others = desk.case.others;
  const title = desk.setup.is_adjudication ? "What was judged; you decide" : "Judged before";
  const heading = make("div", { class: "tk-title" }, title);
  fill(part(desk, "others"), ...(others.length ? [heading, ...others.map(otherOne)] : []));
}

function otherOne(other) {
  const beside = other.beside.length ? `with ${other.beside.join(" and ")}` : "";
  const lines = [beside, other.set_off_by ? `set off by ${other.set_off_by}` : "", `${other.confidence} confidence`];
  return make(
    "div",
    { class: "tk-other" },
    make("div", {}, make("strong", {}, other.tagger), ` ${other.cause} ${other.name}`),
    make("div", { class: "tk-hint" }, lines.filter(Boolean).join(", ")),
    other.note ? make("div", { class: "tk-said" }, other.note) : "",
    other.evidence ? make("div", { class: "tk-hint" }, `Evidence: ${other.evidence}`) : "",
  );
}

// Covered again whenever nobody is looking: another tab, another window, or the cell scrolled away.
function coverWhenLeft(desk) {
  const leave = () => desk.revealed && cover(desk);
  const hidden = () => document.hidden && leave();
  const watch = new IntersectionObserver((seen) => seen.some((one) => !one.isIntersecting) && leave());
  document.addEventListener("visibilitychange", hidden);
  window.addEventListener("blur", leave);
  window.addEventListener("pagehide", leave);
  watch.observe(desk.root);
  return () => {
    document.removeEventListener("visibilitychange", hidden);
    window.removeEventListener("blur", leave);
    window.removeEventListener("pagehide", leave);
    watch.disconnect();
  };
}
