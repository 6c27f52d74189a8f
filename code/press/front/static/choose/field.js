// The chooser's field: rows while you type, the question that tells them apart as a choice, and the
// answer below it. The table is fetched when the field is first used.
(() => {
  "use strict";
  const { element, code } = window.lossbookElements;
  const form = document.querySelector(".ask-chooser");
  if (!form) return;
  const [field, kind] = [form.querySelector("input"), form.querySelector("select")];
  const [said, which, answer] = [".ask-said", ".ask-which", ".ask-answer"].map((name) => form.querySelector(name));
  const root = document.documentElement.dataset.content_root || "";

  const load = (name) => new Promise((done, fail) => {
    const script = element("script", { src: `${root}_static/choose/${name}.js` });
    script.onload = done;
    script.onerror = () => fail(new Error(`${script.src} cannot be loaded`));
    document.head.append(script);
  });
  let [loading, libraries] = [null, null];
  const ready = () => { loading ||= load("answers").then(() => load("meanings")); return loading; };

  // Text with names of code between backticks.
  const marked = (text) => text.split("`").map((part, place) => (place % 2 ? element("code", {}, part) : part));
  // A sentence's first letter, but y is a symbol and stays small.
  const upper = (text) => (/^y\b/.test(text) ? text : text[0].toUpperCase() + text.slice(1));
  // The same in every library, in tabs that stay in step with those of the page.
  const named = (row) => (row.recipe ? `${row.y}: ${row.predict}` : row.head);
  function tabs(name, group) {
    const chosen = document.querySelector(".in-libraries .sd-tab-set > input:checked + label")?.dataset.syncId;
    const set = element("div", { class: "sd-tab-set", role: "group", "aria-label": "In each library" });
    window.lossbookInLibraries[name].forEach(({ library, said }, place) => {
      const id = `${group}-${place}`;
      const choice = element("input", { id, type: "radio", name: group });
      choice.checked = place === 0 || library === chosen;
      const parts = said.map(([is, text]) => (is === "code"
        ? element("div", { class: "highlight" }, element("pre", { tabindex: "0" }, text)) : element("p", {}, ...marked(text))));
      set.append(
        choice, element("label", { for: id, "data-sync-group": "library", "data-sync-id": library }, library),
        element("div", { class: "sd-tab-content" }, ...parts),
      );
    });
    return set;
  }
  let shown = null;
  function show(row) {
    shown = row;
    if (!row) { answer.replaceChildren(); return; }
    const lines = [
      ["Distribution", [row.title || "none: the loss is no likelihood"]],
      ["Activation", [row.activation_words]],
      ["Loss", [code(row.code)]],
      ["Metric", marked(row.metric)],
      ["Compare models by", marked(row.score)],
      ...(row.trap ? [["Beware", [`${upper(row.trap)}.`]]] : []),
      ["Read", [element("a", { href: `${root}chapters/${row.chapter}.html#${row.section}` }, row.label.replaceAll("-", " "))]],
    ];
    answer.replaceChildren(
      element("p", {}, element("strong", {}, `y is ${row.y_words}; you predict ${row.predict_words}`)),
      element("dl", {}, ...lines.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, ...value)])),
    );
    libraries ||= load("libraries");
    libraries.then(() => { if (shown === row && !answer.querySelector(".sd-tab-set")) answer.append(tabs(named(row), "ask-tab")); }, (problem) => { said.textContent = problem.message; });
  }

  // A link of a table opens the tabs of its row below the table; a second click closes them. Without
  // scripts it leads to the page that has all of them.
  document.querySelectorAll(".table-box").forEach((box, number) => {
    let [open, opened] = [null, null];
    function close() { opened?.remove(); open?.setAttribute("aria-expanded", "false"); [open, opened] = [null, null]; }
    for (const link of box.querySelectorAll("a[href*='libraries.html#libraries-']")) {
      const name = link.hash.slice("#libraries-".length).replaceAll("-", "_");
      link.setAttribute("aria-expanded", "false");
      link.addEventListener("click", (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        const again = open === link;
        close();
        if (again) return;
        libraries ||= load("libraries");
        libraries.then(() => {
          close();
          const title = element("p", { tabindex: "-1" }, element("strong", {}, link.closest("tr").cells[1].textContent), ", in each library");
          [open, opened] = [link, element("div", { class: "row-tabs" }, title, tabs(name, `row-tab-${number}`))];
          link.setAttribute("aria-expanded", "true");
          (box.closest(".cell") || box).after(opened);  // not in the output, whose code looks otherwise
          title.focus({ preventScroll: true });
          opened.scrollIntoView({ block: "nearest" });
        }, () => { location.assign(link.href); });
      });
    }
  });

  function offer(rows, whens, ask) {
    which.hidden = rows.length < 2;
    which.replaceChildren(element("legend", {}, ask));
    show(rows.length === 1 ? rows[0] : null);
    if (rows.length < 2) return;
    rows.forEach((row, place) => {
      const choice = element("input", { type: "radio", name: "ask-which", value: String(place) });
      choice.addEventListener("change", () => show(row));
      const words = element("small", {}, ` ${row.title || "no distribution"}, loss `, code(row.code));
      which.append(element("label", {}, choice, ` ${upper(whens[place])}.`, words));
    });
  }

  function typed() {
    const text = field.value.trim();
    if (text) kind.value = "";
    const { rows, whens, ask } = window.lossbookChooser.choose(text);
    said.textContent = rows.length === 1 ? `If ${whens[0]}:${ask ? ` ${ask}` : ""}`
      : rows.length ? `${rows.length} answers are possible.`
        : text ? "The chooser does not know these words. Choose below what y can be, or try a word for the kind of number it is." : "";
    offer(rows, whens, ask);
  }
  function chosen() {
    if (kind.value) field.value = "";
    const rows = window.lossbookChooser.rows.filter((row) => row.y === kind.value);
    said.textContent = rows.length > 1 ? `${rows.length} answers are possible.` : "";
    offer(rows, rows.map((row) => row.predict_words), "What do you want to predict?");
  }

  let waiting = 0;
  const after = (run) => ready().then(run, (problem) => { said.textContent = problem.message; });
  field.addEventListener("focus", () => after(() => {}), { once: true });
  field.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(() => after(typed), 150); });
  kind.addEventListener("change", () => after(chosen));
  form.addEventListener("submit", (event) => { event.preventDefault(); clearTimeout(waiting); after(typed); });
  const asked = new URLSearchParams(location.search).get("y");
  if (asked) { field.value = asked; after(typed); }
})();
