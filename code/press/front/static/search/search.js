// Search by section, while you type: MiniSearch over what the build noted of each section, the words
// that people use for it, and the chooser's answers on top. Plain scripts, so that a site opened from
// disk works too; nothing is asked of a server.
(() => {
  "use strict";
  const STOP = new Set(("a an and are as at be by can do does for from how i if in is it its me my of on or "
    + "should that the there this to use using was what when which why will with you your get give mean "
    + "need want").split(" "));
  const SAME = [
    [/\bcross[\s-]entropy/gi, "crossentropy"], [/\bmean[\s-]squared[\s-]error\b/gi, "mse mean squared error"],
    [/\bone[\s-]hot\b/gi, "onehot"], [/\bmulti[\s-]label/gi, "multilabel"], [/\bmulti[\s-]class/gi, "multiclass"],
    [/\btime[\s-]series\b/gi, "timeseries"], [/\bself[\s-]supervised\b/gi, "selfsupervised"],
    [/\bun(balanced)\b/gi, "imbalanced"], [/\bNLL\b/g, "negative log likelihood"], [/\bMLE\b/g, "maximum likelihood"],
  ];
  const WEIGHT = { chapter: 1, question: 1.25, glossary: 0.7, exercise: 0.3, figures: 0.15, bibliography: 0.2 };
  const KEEP = new Set(["axis", "basis", "bias", "class", "gas", "loss", "mass", "pass", "status", "yes"]);

  function singular(word) {
    if (KEEP.has(word) || word.length < 4 || !word.endsWith("s") || word.endsWith("ss")) return word;
    if (word.endsWith("ies")) return `${word.slice(0, -3)}y`;
    return /(sses|xes|ches|shes)$/.test(word) ? word.slice(0, -2) : word.slice(0, -1);
  }
  function parts(word) {
    const found = word.split(/(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/);
    return found.every((part) => part.length > 1) ? found : [word];
  }
  function tokens(text) {
    for (const [pattern, word] of SAME) text = text.replace(pattern, word);
    const found = [];
    for (const word of text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").match(/[A-Za-z0-9]+/g) || []) {
      const pieces = parts(word).map((part) => singular(part.toLowerCase()));
      found.push(...pieces);
      if (pieces.length > 1) found.push(pieces.join(""));
    }
    return found;
  }
  const plain = (text) => (text.match(/[A-Za-z0-9]+/g) || []).flatMap(parts).map((part) => singular(part.toLowerCase()));

  let engine = null;
  function ready() {
    if (engine) return engine;
    const { sections } = window.lossbookSections;
    engine = new window.MiniSearch({
      fields: ["h", "t", "w", "x"], storeFields: ["u", "t", "h", "x", "k"],
      tokenize: tokens, processTerm: (term) => (STOP.has(term) || term.length < 2 ? null : term),
    });
    engine.addAll(sections);
    return engine;
  }

  function find(query) {
    return ready().search(query, {
      combineWith: "OR",
      boost: { h: 4, t: 3, w: 6, x: 1 },
      fuzzy: (term) => (term.length > 4 ? 0.2 : 0),
      prefix: (term) => term.length > 3,
      weights: { fuzzy: 0.25, prefix: 0.4 },
      boostDocument: (id, term, stored) => WEIGHT[stored.k] || 1,
    });
  }

  const PREPOSITIONS = new Set(["of", "per", "in", "for", "from", "with", "by", "on", "at", "to", "until"]);
  function meant(query) {
    const words = plain(query);
    const { phrases } = window.lossbookSections;
    for (let length = words.length; length > 0; length -= 1) {
      const starts = [];
      for (let start = 0; start + length <= words.length; start += 1) {
        if (words.slice(start, start + length).join(" ") in phrases) starts.push(start);
      }
      if (!starts.length) continue;
      const stop = words.findIndex((word) => PREPOSITIONS.has(word));
      const before = starts.filter((start) => stop < 0 || start < stop);
      const start = (before.length ? before : starts.slice(0, 1)).at(-1);
      // One known word in a longer question is seldom what it is about.
      if (2 * length < words.filter((word) => !STOP.has(word)).length) return [];
      return phrases[words.slice(start, start + length).join(" ")];
    }
    return [];
  }

  function element(name, attributes = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }
  const root = document.documentElement.dataset.content_root || "";

  function card(found) {
    const { rows } = window.lossbookSections;
    const box = element("section", { class: "answer-card", "aria-label": "The chooser's answer" });
    for (const one of found) {
      if (one.ask) box.append(element("p", {}, element("strong", {}, one.ask)));
      const list = element("ul");
      for (const [place, when] of one.fits) {
        const row = rows[place];
        list.append(element("li", {},
          `If ${when}: `,
          element("a", { href: `${root}chapters/${row.chapter}.html` }, row.title || row.predict_words),
          `; activation ${row.activation_words}; loss `, element("code", {}, row.code), "."));
      }
      box.append(list);
    }
    box.append(element("p", {}, element("a", { href: `${root}chapters/choose.html` }, "All answers of the chooser")));
    return box;
  }

  function excerpt(text, terms) {
    const low = text.toLowerCase();
    const at = Math.min(...terms.map((term) => low.indexOf(term)).filter((place) => place >= 0), 1e9);
    const from = at === 1e9 ? 0 : Math.max(0, low.lastIndexOf(". ", at) + 1 || 0);
    const cut = text.slice(from, from + 220).trim();
    return cut + (from + 220 < text.length ? " …" : "");
  }

  const LIMIT = 20;
  function show(query, into, status) {
    into.replaceChildren();
    status.textContent = "";
    if (!query.trim()) return;
    const found = find(query);
    const answers = meant(query);
    if (answers.length) into.append(card(answers));
    const list = element("ol", { class: "found" });
    for (const one of found.slice(0, LIMIT)) {
      const kind = one.k === "exercise" ? "Exercise, " : "";
      const item = element("li", {},
        element("a", { href: root + one.u }, one.h),
        one.h === one.t ? "" : element("small", {}, ` ${kind}in “${one.t}”`),
        element("p", {}, excerpt(one.x, one.terms)));
      list.append(item);
    }
    into.append(list);
    if (!found.length) {
      into.append(element("p", {}, "No section has these words. ",
        element("a", { href: `${root}chapters/choose.html` }, "The chooser"),
        " asks two questions and answers with distribution, activation and loss; ",
        element("a", { href: `${root}chapters/glossary.html` }, "the glossary"), " lists the course's words."));
    }
    const shown = Math.min(found.length, LIMIT);
    status.textContent = found.length === 1 ? "1 section" : `${shown} of ${found.length} sections`;
  }

  const form = document.querySelector(".search-field");
  const into = document.getElementById("search-results");
  if (form && into) {
    const field = form.querySelector("input");
    const status = document.getElementById("search-progress");
    field.value = new URLSearchParams(location.search).get("q") || "";
    let waiting = 0;
    const run = () => show(field.value, into, status);
    field.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(run, 120); });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      try { history.replaceState(null, "", `?q=${encodeURIComponent(field.value)}`); } catch { /* from disk */ }
      run();
    });
    field.focus();
    run();
  }
  window.lossbookSearch = { find, meant, tokens };
})();
