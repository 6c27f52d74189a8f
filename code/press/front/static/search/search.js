// The search page: sections while you type, the chooser's answer on top where the words name one.
// Plain scripts, so that a site opened from disk works too; nothing is asked of a server.
(() => {
  "use strict";
  const { element, code } = window.lossbookElements;
  const { find, meant } = window.lossbookFind;
  const LIMIT = 20;
  const MORE = 3;
  const root = document.documentElement.dataset.content_root || "";

  const link = (address, text) => element("a", { href: root + address }, text);

  function card(found, text) {
    const box = element("section", { class: "answer-card", "aria-label": "The chooser's answer" });
    if (found.ask) box.append(element("p", {}, element("strong", {}, found.ask)));
    box.append(element("ul", {}, ...found.rows.map((row, place) => element("li", {},
      `If ${found.whens[place]}: `, link(`chapters/${row.chapter}.html#${row.section}`, row.title || row.predict_words),
      `; activation ${row.activation_words}; loss `, code(row.code), "."))));
    box.append(element("p", {}, link(`chapters/choose.html?y=${encodeURIComponent(text)}`, "Ask the chooser"),
      " for the metric and the trap of each."));
    return box;
  }

  function excerpt(whole, terms) {
    const [text] = whole.split("\n"); // the names in code, below it, are to be found, not to be read
    const low = text.toLowerCase();
    const at = Math.min(...terms.map((term) => low.indexOf(term)).filter((place) => place >= 0), 1e9);
    const from = at === 1e9 ? 0 : Math.max(0, low.lastIndexOf(". ", at) + 1 || 0);
    if (from + 220 >= text.length) return text.slice(from).trim();
    return `${text.slice(from, from + 220).replace(/\s+\S*$/, "").trim()}\u00a0…`;
  }

  function entry(one) {
    const kind = one.k === "exercise" ? "Exercise, " : "";
    const below = one.more.slice(0, MORE).flatMap((other) => [element("br"), link(other.u, other.h)]);
    return element("li", {},
      link(one.u, one.h),
      one.h === one.t ? "" : element("small", {}, ` ${kind}in “${one.t}”`),
      element("p", {}, excerpt(one.x, one.terms)),
      below.length ? element("p", { class: "also" }, "In the same chapter:", ...below) : "");
  }

  function show(text, into, status) {
    into.replaceChildren();
    status.textContent = "";
    if (!text.trim()) return;
    const found = find(text);
    const answer = meant(text);
    if (answer.rows.length) into.append(card(answer, text));
    into.append(element("ol", { class: "found" }, ...found.slice(0, LIMIT).map(entry)));
    if (!found.length) {
      into.append(element("p", {}, "No section has these words. ", link("chapters/choose.html", "The chooser"),
        " asks what y can be and answers with distribution, activation and loss; ",
        link("chapters/questions.html", "the questions"), " are what people ask most, and ",
        link("chapters/glossary.html", "the glossary"), " lists the course's words."));
    }
    const shown = Math.min(found.length, LIMIT);
    status.textContent = found.length === 1 ? "1 result" : `${shown} of ${found.length} results`;
  }

  const form = document.querySelector(".search-field");
  const into = document.getElementById("search-results");
  const field = form.querySelector("input");
  const status = document.getElementById("search-progress");
  field.value = new URLSearchParams(location.search).get("q") || "";
  let waiting = 0;
  const run = () => show(field.value, into, status);
  field.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(run, 120); });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(waiting);
    try { history.replaceState(null, "", `?q=${encodeURIComponent(field.value)}`); } catch { /* from disk */ }
    run();
  });
  field.focus();
  run();
})();
