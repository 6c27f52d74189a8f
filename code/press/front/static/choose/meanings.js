// From a person's own words to answers of the chooser: what lossbook.chooser.suggest does in Python,
// with the same table (_static/choose/answers.js); a test compares the two word for word.
(() => {
  "use strict";
  const table = window.lossbookAnswers; // { rows, meanings, phrases, ends, empty, whole, shortest, errors, spelt }
  const [WORD, FRAME, HINT, OPENING, ADJECTIVE] = [0, 1, 2, 3, 4];
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

  function says(words, place) {
    const found = phrase(words);
    return found && (place === 0 || found[0] !== OPENING);
  }

  function chosen(words) {
    if (!words.length) return null;
    const exact = phrase(words);
    if (exact) return { phrase: exact, words: words.length };
    const about = [];
    const rest = [];
    let [ended, unknown, place] = [false, false, 0];
    while (place < words.length) {
      let length = Math.min(longest, words.length - place);
      while (length && !says(words.slice(place, place + length), place)) length -= 1;
      if (length) {
        const found = phrase(words.slice(place, place + length));
        const after = ended && !(found[0] === HINT && ends.has(words[place]));
        (after ? rest : about).push({ phrase: found, words: length });
      } else if (!ended && !empty.has(words[place]) && !ends.has(words[place])) unknown = true;
      place += length || 1;
      ended = ended || ends.has(words[place - 1]);
    }
    const strong = (part, strengths) => part.filter((one) => strengths.includes(one.phrase[0]));
    const everything = [...about, ...rest];
    const frames = strong(everything, [FRAME]);
    if (frames.length) return frames[0];
    if (everything.length && everything[0].phrase[0] === OPENING) {
      const fits = (one) => table.meanings[one.phrase[1][0]].fits.map(([row]) => table.rows[row].y);
      const kinds = fits(everything[0]);
      return strong(everything, [WORD]).find((one) => kinds.includes(fits(one)[0])) || everything[0];
    }
    for (const part of about.length || unknown ? [about] : [rest]) {
      for (const strengths of [[WORD, ADJECTIVE], [HINT]]) {
        const found = strong(part, strengths);
        const [before, last] = found.slice(-2);
        if (about.length && last && before.phrase[0] === ADJECTIVE) {
          return { phrase: [WORD, [...before.phrase[1], ...last.phrase[1]]], words: before.words + last.words };
        }
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
    if (word.length < table.shortest || Object.hasOwn(table.spelt, word) || empty.has(word) || ends.has(word)) return word;
    vocabulary ||= Object.keys(table.spelt).sort();
    const sorted = (text) => [...text].sort().join("");
    const usual = table.errors[Math.min(word.length, table.errors.length - 1)];
    let [best, at] = [word, 3];
    for (const other of vocabulary) {
      if (other.length < table.shortest || other[0] !== word[0]) continue;
      if (Math.abs(other.length - word.length) > 2) continue;
      const most = sorted(other) === sorted(word) ? 2 : usual;
      const far = distance(word, other);
      if (far <= most && far < at) [best, at] = [other, far];
    }
    return best;
  }

  // The rows that a text can mean, each with when it is the one, and the question that tells them
  // apart; `known` says how many of its words were known.
  function choose(text) {
    const words = tokens(text);
    let read = words;
    let found = chosen(words);
    const near = words.map(nearest);
    const better = chosen(near);
    const weight = (one) => (one ? (one.phrase[0] !== HINT) * 1000 + one.words : -1);
    if (weight(better) > weight(found)) [read, found] = [near, better];
    if (!found) return { rows: [], whens: [], ask: "", known: 0 };
    const meant = found.phrase[1].map((place) => table.meanings[place]);
    const fits = new Map();
    for (const one of meant) for (const [row, when] of one.fits) if (!fits.has(row)) fits.set(row, when);
    const asks = meant[0].ask && meant.every((one) => one.ask === meant[0].ask) ? [meant[0].ask] : [];
    if (fits.size > 1 && !asks.length) asks.push("Which of these do you mean?");
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
