// Which sections answer a text, best first: MiniSearch over what the build noted of each section, the
// words that people use for it, and the chapters that the chooser names for the text. No page is
// touched here, so that the tests may run it anywhere.
(() => {
  "use strict";
  const { choose, tokens: split } = window.lossbookChooser;
  const STOP = new Set(("a an and are as at be by can could do does for from had has have how i if in into is it its "
    + "me my of off on or our should so than that the their them then there these they this to too use used using "
    + "very was we what when where which who why will with would you your get give got keep make need want "
    + "difference between vs versus way right wrong correct best good help please").split(" ").flatMap(split));
  // On every other page, so they say little: they count, but less.
  const COMMON = new Set(("loss function neural network deep learning machine model training train keras pytorch "
    + "torch tensorflow tf nn python output layer activation target label predict prediction predicted value "
    + "problem data set example number error term work custom implementation regression classification").split(" ").flatMap(split));
  const SAME = [
    [/\bcross[\s-]entropy/gi, "crossentropy"], [/\bmean[\s-]squared[\s-]error\b/gi, "mse mean squared error"],
    [/\bmean[\s-]absolute[\s-]error\b/gi, "mae mean absolute error"], [/\bnot[\s-]a[\s-]number\b/gi, "nan"],
    [/\bone[\s-]hot\b/gi, "onehot"], [/\bmulti[\s-]label/gi, "multilabel"], [/\bmulti[\s-]class/gi, "multiclass"],
    [/\bmulti[\s-]task/gi, "multitask"], [/\btime[\s-]series\b/gi, "timeseries"],
    [/\bself[\s-]supervised\b/gi, "selfsupervised"], [/\bun(balanced)\b/gi, "imbalanced"],
    [/\bNLL\b/g, "negative log likelihood"], [/\bMLE\b/g, "maximum likelihood"], [/\bBCE\b/g, "binary crossentropy"],
    [/\bval(idation)?[_ ](loss|acc)/gi, "validation $2"], [/\bacc\b/gi, "accuracy"], [/\bprob(s)?\b/gi, "probability"],
    [/\[?\b0\s*(,|;|-|–|and|to|\.\.+|…)\s*1\b\]?/gi, "zeroone"], [/\bzero and one\b/gi, "zeroone"],
    [/\binfinit[ey]\b/gi, "inf"], [/\bpct\b/gi, "percentage"], [/%/g, " percentage "],
  ];
  const KIND = { chapter: 1, question: 1.25, list: 0.3, glossary: 0.6, exercise: 0.25, figures: 0.1, bibliography: 0.15 };
  const SUFFIX = /(ations?|ating|ated|ates?|izing|ized|ically|ings?|edly|ed|ers?|ly|ion|e)$/;

  function tokens(text) {
    for (const [pattern, word] of SAME) text = text.replace(pattern, word);
    const found = [];
    for (const word of text.match(/[\p{L}\p{M}0-9.]*[\p{L}0-9]/gu) || []) {
      const pieces = split(word);
      found.push(...pieces);
      if (pieces.length > 1) found.push(pieces.join(""));
    }
    return found;
  }
  const kept = (term) => (STOP.has(term) || term.length < 2 ? null : term);
  // "calibrated" also finds what begins with "calibr"; "rating" is too short to be taken for "rate".
  function forms(term) {
    if (!kept(term)) return null;
    const stem = term.replace(SUFFIX, "");
    return stem.length > 4 && stem !== term ? [term, stem] : term;
  }

  const OPTIONS = {
    combineWith: "OR",
    boost: { h: 4, t: 2, w: 6, n: 2, x: 0.5 },
    processTerm: forms,
    // A word that stands somewhere is no typing error.
    fuzzy: (term) => (holds(term) ? 0 : term.length > 6 ? 2 : term.length > 4 ? 1 : 0),
    prefix: (term) => term.length > 3,
    weights: { fuzzy: 0.7, prefix: 0.4 },
    boostTerm: (term) => (COMMON.has(term) ? 0.2 : 1),
    boostDocument: (id, term, stored) => KIND[stored.k] || 1,
  };
  const CHOSEN = 0.3; // what the chooser's first answer adds to its chapter, as a part of the best score
  const COVER = 0.5; // how much it matters that all words of a text are found

  let engine = null;
  function ready() {
    if (engine) return engine;
    engine = new window.MiniSearch({
      fields: ["h", "t", "w", "n", "x"], storeFields: ["u", "t", "h", "x", "k"], tokenize: tokens, processTerm: kept,
    });
    engine.addAll(window.lossbookSections.sections);
    return engine;
  }

  const held = new Map();
  function holds(word) {
    if (!held.has(word)) {
      const exact = { tokenize: (text) => [text], processTerm: kept };
      held.set(word, ready().search(word, exact).length);
    }
    return held.get(word);
  }
  // How much a word says: the rarer, the more.
  const rarity = (word) => Math.log(1 + ready().documentCount / (1 + holds(word)));

  // The chooser's answer, if its words are at least half of what the text says.
  function meant(text) {
    const found = choose(text);
    const words = split(text).filter((word) => !STOP.has(word) && !COMMON.has(word));
    return 2 * found.known >= words.length ? found : { rows: [], whens: [], ask: "", known: 0 };
  }

  function find(text, options = {}) {
    const { boost, chosen = CHOSEN, cover = COVER, ...others } = options;
    const all = { ...OPTIONS, ...others, boost: boost || OPTIONS.boost };
    const found = ready().search(text, all);
    const words = [...new Set(tokens(text).map(kept).filter(Boolean))];
    const total = words.reduce((sum, word) => sum + rarity(word), 0);
    for (const one of found) {
      const met = new Set(one.queryTerms);
      const part = words.filter((word) => [forms(word)].flat().some((form) => met.has(form))).reduce((sum, word) => sum + rarity(word), 0);
      one.score *= (part / total) ** cover;
    }
    const { rows } = meant(text);
    const top = Math.max(0, ...found.map((one) => one.score));
    const chapters = [...new Set(rows.map((row) => row.chapter))].slice(0, 3);
    chapters.forEach((chapter, place) => {
      const whole = found.find((one) => one.u === `chapters/${chapter}.html`);
      if (whole) whole.score += (chosen * top) / (place + 1);
    });
    return found.sort((one, other) => other.score - one.score);
  }

  // One entry a page, with its other sections below it; each question stands for itself.
  function grouped(found) {
    const pages = new Map();
    for (const one of found) {
      const key = one.k === "question" ? one.u : one.u.split("#")[0];
      if (pages.has(key)) pages.get(key).more.push(one);
      else pages.set(key, { ...one, more: [] });
    }
    return [...pages.values()];
  }

  window.lossbookFind = { find: (text, options) => grouped(find(text, options)), meant, tokens };
})();
