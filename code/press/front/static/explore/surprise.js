"use strict";
lossbookExplore.define("surprise", (stage, values) => {
  const { fixed } = lossbookExplore;
  const [low, high] = [0.001, 0.999];
  let p = values.p;
  const costs = [(q) => -Math.log1p(-q), (q) => -Math.log(q)];
  const plot = stage.plot({
    label: "The loss over the predicted probability, with a point to pull along it", height: 280,
    x: [0, 1], y: [0, 7], xlabel: "predicted probability p", ylabel: "loss (nats)",
  });
  const truth = stage.choice({
    label: "What happened:", options: [["1", "1"], ["0", "0"]], value: String(values.y),
  });
  const cost = (q) => costs[Number(truth.get())](q);
  plot.handle({
    label: "Predicted probability p", min: low, max: high, step: 0.001, colour: "blue",
    get: () => p, set: (q) => { p = q; stage.redraw(); }, place: () => [p, cost(p)], say: fixed(3),
  });
  stage.buttons(...[0.01, 0.5, 0.99].map((q) => [`p = ${q}`, () => { p = q; }]));
  stage.draw(() => {
    const y = Number(truth.get());
    plot.line([[p, 0], [p, cost(p)]], "grey", { width: 1 });
    plot.line([[0, cost(p)], [p, cost(p)]], "grey", { width: 1 });
    [["purple", 0], ["red", 1]].forEach(([shade, k]) =>
      plot.curve(costs[k], shade, { over: [low, high], width: k === y ? 3 : 1.5 }));
    plot.label(0.06, 5, "truth is 1: −log p", "red", { shift: [-10, 0] });
    plot.label(0.94, 6, "truth is 0: −log(1 − p)", "purple", { anchor: "end", shift: [10, 0] });
    stage.say(
      "Predicted p = ", ["p", fixed(3)(p)], `, and it was ${y}: the loss is `,
      ["loss", cost(p), y ? "red" : "purple"], ` nats. Had it been ${1 - y}, it would be `,
      ["other", costs[1 - y](p)], ". The gradient at the raw output is p − y = ", ["gradient", p - y, "gold"], ".",
    );
  });
});
