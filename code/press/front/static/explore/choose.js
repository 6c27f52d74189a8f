"use strict";
lossbookExplore.define("choose", (stage, values) => {
  const { element } = lossbookExplore;
  const { rows, outcomes } = values;
  const of = (y) => rows.filter((row) => row.y === y);
  const predictions = (y) => of(y).map((row) => [row.predict, row.predict_words]);
  const y = stage.select({
    label: "y is", options: Object.entries(outcomes).filter(([key]) => of(key).length), value: values.y,
    changed: (key) => predict.offer(predictions(key)),
  });
  const predict = stage.select({
    label: "I want to predict", options: predictions(values.y), value: values.predict,
  });
  // A chapter is linked if the page's own list of chapters has it.
  const chapter = (name) => [...document.querySelectorAll(".bd-sidebar-primary a[href]")]
    .find((link) => link.pathname.endsWith(`/${name}.html`));
  const title = (link) => [...link.childNodes]
    .filter((node) => !node.classList?.contains("number") && !node.classList?.contains("said"))
    .map((node) => node.textContent).join("").trim();
  // A long call breaks behind its bracket before it breaks inside a word.
  const broken = (code) => code.split(/(?<=\()/).flatMap((part, k) => (k ? [element("wbr"), part] : [part]));
  stage.draw(() => {
    const row = of(y.get()).find((one) => one.predict === predict.get());
    const parts = [
      ["Distribution", "distribution", row.title || "none", "blue"],
      ["Activation", "activation", row.activation_words, "purple"],
      ["Loss", "loss", element("code", {}, ...broken(row.code)), "red"],
    ];
    const list = element("span", { class: "lb-explore-chain" }, ...parts.map(([name, key, text, shade]) => {
      const value = element("span", { "data-value": key, class: "lb-explore-answer" }, text);
      value.style.borderColor = `var(--lb-${shade})`;
      return element("span", {}, element("span", { class: "lb-explore-name" }, `${name}:`), " ", value);
    }));
    const note = row.trap ? `${row.trap[0].toUpperCase()}${row.trap.slice(1)}. ` : "";
    const found = chapter(row.chapter);
    const more = found ? ["Read more: ", element("a", { href: `${found.href.split("#")[0]}#${row.section}` }, title(found)), "."] : [];
    stage.words.replaceChildren(list, note, ...more);
  });
});
