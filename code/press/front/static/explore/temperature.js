"use strict";
lossbookExplore.define("temperature", (stage, values) => {
  const { fixed, number } = lossbookExplore;
  const { names, low, high } = values;
  const raw = [...values.logits];
  const n = raw.length;
  const height = 70 + 30 * n;
  const common = { y: [n - 0.5, -0.5], height, top: 8 };
  const before = stage.plot({
    ...common, label: "Raw outputs, each with a handle", x: [low, high], xlabel: "raw output",
  });
  const after = stage.plot({
    ...common, label: "Probabilities after softmax", x: [0, 1], xlabel: "probability",
    right: 46,
  });
  const T = stage.slider({
    label: "Temperature T", min: -1, max: 1, step: 0.01, value: Math.log10(values.T),
    say: (power) => number(10 ** power),
  });
  stage.buttons(
    ["T = 1", () => T.set(0, true)],
    ["Add 1 to every output", () => raw.forEach((z, k) => { raw[k] = Math.min(z + 1, high); })],
    ["As at the start", () => { T.set(Math.log10(values.T), true); raw.splice(0, n, ...values.logits); }],
  );
  names.forEach((name, k) => before.handle({
    label: `Raw output of ${name}`, min: low, max: high, step: 0.1, colour: "grey",
    get: () => raw[k], set: (z) => { raw[k] = z; stage.redraw(); }, place: () => [raw[k], k],
    say: fixed(1),
  }));
  stage.draw(() => {
    stage.rows(before, after, names);
    const t = 10 ** T.get();
    const top = Math.max(...raw);
    const grown = raw.map((z) => Math.exp((z - top) / t));
    const sum = grown.reduce((a, b) => a + b);
    const p = grown.map((g) => g / sum);
    const order = [...p.keys()].sort((a, b) => raw[b] - raw[a]);
    const entropy = -p.reduce((total, q) => total + (q > 0 ? q * Math.log(q) : 0), 0);
    raw.forEach((z, k) => before.bar(0, z, k, 16, "grey", 0.75));
    before.upright(0);
    p.forEach((q, k) => {
      after.bar(0, q, k, 20, "blue");
      after.label(q, k, number(q), "", { shift: [5, 4] });
    });
    const [first, second] = order;
    stage.say(
      "At temperature ", ["T", t], ` the largest is ${names[first]} with probability `,
      ["first", p[first], "blue"], `, then ${names[second]} with `, ["second", p[second], "blue"],
      ": a lead of ", ["lead", raw[first] - raw[second]], " became a factor of ",
      ["factor", Math.exp((raw[first] - raw[second]) / t)], ". Entropy ", ["entropy", entropy],
      " nats, of at most ", ["most", Math.log(n)], ".",
    );
  });
});
