// From a person's own words to answers of the chooser: what lossbook.chooser.suggest does in Python,
// with the same table (_static/choose/answers.js); a test compares the two word for word.
(() => {
  "use strict";
  const table = window.lossbookAnswers; // { rows, meanings, phrases, ends, empty, whole, shortest, spelt }
  const [WORD, FRAME, HINT] = [0, 1, 2];
  const set = (name) => new Set(table[name]);
  const ends = set("ends");
  const empty = set("empty");
  const whole = set("whole");

  function singular(word) {
    word = word.replaceAll("isation", "ization").replace(/(?<=[a-z0-9]{3})our$/, "or");
    if (whole.has(word) || word.length < 4 || !word.endsWith("s") || word.endsWith("ss")) return word;
    if (word.endsWith("ies")) return `${word.slice(0, -3)}y`;
    return /(sses|xes|ches|shes)$/.test(word) ? word.slice(0, -2) : word.slice(0, -1);
  }
  function parts(word) {
    const found = word.split(/(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/);
    return found.every((part) => part.length > 1) ? found : [word];
  }
  function tokens(text) {
    const plain = text.normalize("NFKD").replace(/['’]s/g, "").replace(/\p{M}/gu, "");
    return (plain.match(/[A-Za-z0-9]+/g) || []).flatMap(parts).map((part) => singular(part.toLowerCase()));
  }

  const longest = Math.max(...Object.keys(table.phrases).map((key) => key.split(" ").length));
  const phrase = (words) => (Object.hasOwn(table.phrases, words.join(" ")) ? table.phrases[words.join(" ")] : null);

  function chosen(words) {
    if (!words.length) return null;
    const exact = phrase(words);
    if (exact) return { phrase: exact, words: words.length };
    const about = [];
    const rest = [];
    let [ended, unknown, place] = [false, false, 0];
    while (place < words.length) {
      let length = Math.min(longest, words.length - place);
      while (length && !phrase(words.slice(place, place + length))) length -= 1;
      if (length) {
        const found = phrase(words.slice(place, place + length));
        (ended ? rest : about).push({ phrase: found, words: length });
      } else if (!ended && !empty.has(words[place]) && !ends.has(words[place])) unknown = true;
      place += length || 1;
      ended = ended || ends.has(words[place - 1]);
    }
    const strong = (part, strength) => part.filter((one) => one.phrase[0] === strength);
    const frames = strong([...about, ...rest], FRAME);
    if (frames.length) return frames[0];
    for (const part of about.length || unknown ? [about] : [rest]) {
      for (const strength of [WORD, HINT]) {
        const found = strong(part, strength);
        if (found.length) return about.length ? found.at(-1) : found[0];
      }
    }
    return null;
  }

  function distance(one, other) {
    let before = [];
    let last = Array.from({ length: other.length + 1 }, (_, k) => k);
    for (let i = 1; i <= one.length; i += 1) {
      const row = [i];
      for (let j = 1; j <= other.length; j += 1) {
        let cost = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (one[i - 1] === other[j - 1] ? 0 : 1));
        if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]) {
          cost = Math.min(cost, before[j - 2] + 1);
        }
        row.push(cost);
      }
      [before, last] = [last, row];
    }
    return last.at(-1);
  }
  let vocabulary = null;
  function nearest(word) {
    if (word.length < table.shortest) return word;
    vocabulary ||= Object.keys(table.spelt).sort();
    const most = word.length > 8 ? 2 : 1;
    let [best, at] = [word, most + 1];
    for (const other of vocabulary) {
      if (other.length < table.shortest || other[0] !== word[0]) continue;
      if (Math.abs(other.length - word.length) > most) continue;
      const far = distance(word, other);
      if (far < at) [best, at] = [other, far];
    }
    return best;
  }

  // The rows that a text can mean, each with when it is the one, and the question that tells them
  // apart; `known` says how many of its words were known.
  function choose(text) {
    const words = tokens(text);
    let read = words;
    let found = chosen(words);
    if (!found) {
      read = words.map(nearest);
      found = chosen(read);
    }
    if (!found) return { rows: [], whens: [], ask: "", known: 0 };
    const meant = found.phrase[1].map((place) => table.meanings[place]);
    const fits = new Map();
    for (const one of meant) for (const [row, when] of one.fits) if (!fits.has(row)) fits.set(row, when);
    let asks = [...new Set(meant.map((one) => one.ask).filter(Boolean))];
    if (meant.length > 1 && asks.length !== 1) asks = ["Which of these do you mean?"];
    if (read.some((word, place) => word !== words[place])) {
      asks.unshift(`Do you mean “${read.map((word) => table.spelt[word] || word).join(" ")}”?`);
    }
    return {
      rows: [...fits.keys()].map((place) => table.rows[place]), whens: [...fits.values()],
      ask: asks.join(" "), known: found.words,
    };
  }

  window.lossbookChooser = { choose, tokens, rows: table.rows, outcomes: table.outcomes };
})();
