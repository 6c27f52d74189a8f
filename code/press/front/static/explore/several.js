"use strict";
lossbookExplore.define("several", (stage, values) => {
  const { fixed, number } = lossbookExplore;
  const { names } = values;
  const n = names.length;
  const raw = [...values.raw];
  const [low, high] = [-6, 6];
  const common = { y: [n - 0.5, -0.5], height: 70 + 30 * n, top: 8 };
  const before = stage.plot({
    ...common, label: "Raw outputs, each with a handle", x: [low, high], xlabel: "raw output",
  });
  const after = stage.plot({
    ...common, label: "Probabilities by sigmoids and by softmax", x: [0, 1],
    xlabel: "probability", right: 14,
  });
  const scenes = values.scenes.map(([text, present]) => [text, () => {
    raw.forEach((_, k) => { raw[k] = present.includes(k) ? 3 : -4; });
  }]);
  stage.buttons(...scenes);
  names.forEach((name, k) => before.handle({
    label: `Raw output of ${name}`, min: low, max: high, step: 0.1, colour: "grey",
    get: () => raw[k], set: (z) => { raw[k] = z; stage.redraw(); }, place: () => [raw[k], k],
    say: fixed(1),
  }));
  const list = (p) => {
    const found = [...p.keys()].filter((k) => p[k] > 0.5);
    return found.length ? found.map((k) => names[k]).join(", ") : "nothing";
  };
  stage.draw(() => {
    stage.rows(before, after, names);
    const top = Math.max(...raw);
    const grown = raw.map((z) => Math.exp(z - top));
    const sum = grown.reduce((a, b) => a + b);
    const soft = grown.map((g) => g / sum);
    const each = raw.map((z) => 1 / (1 + Math.exp(-z)));
    const most = raw.indexOf(top);
    raw.forEach((z, k) => before.bar(0, z, k, 16, "grey", 0.75));
    before.upright(0);
    each.forEach((p, k) => {
      after.bar(0, p, k - 0.18, 9, "blue");
      after.bar(0, soft[k], k + 0.18, 9, "purple");
    });
    after.upright(0.5, "grey", { dash: "3 4" });
    stage.say(
      [null, "Sigmoids", "blue"], " say ", ["sigmoids-say", list(each)], ` (${names[most]}: `,
      ["sigmoid-most", each[most]], "); they sum to ", ["sigmoid-sum", each.reduce((a, b) => a + b)], ". ",
      [null, "Softmax", "purple"], " says ", ["softmax-say", list(soft)], ` (${names[most]}: `,
      ["softmax-most", soft[most]], "); it sums to ", ["softmax-sum", number(soft.reduce((a, b) => a + b))],
      ", always. A name is said when its probability is above ½.",
    );
  });
});
