"use strict";
lossbookExplore.define("clip", (stage, values) => {
  const { fixed } = lossbookExplore;
  const [low, high] = [-4, 5];
  const sigmoid = (x) => 1 / (1 + Math.exp(-x));
  const slope = (x) => sigmoid(x) * (1 - sigmoid(x));
  const inside = (x) => x > 0 && x < 1;
  const scrub = (x) => z.set(x);
  const common = { x: [low, high], y: [-0.05, 1.12], xlabel: "raw output z", scrub };
  const left = stage.plot({ ...common, label: "Clip and sigmoid over the raw output", ylabel: "p" });
  const right = stage.plot({
    ...common, label: "Their derivatives over the raw output", ylabel: "derivative of p",
  });
  const z = stage.slider({
    label: "Raw output z", min: low, max: high, step: 0.05, value: values.z, say: fixed(2),
  });
  stage.draw(() => {
    const x = z.get();
    const clip = Math.min(1, Math.max(0, x));
    left.line([[low, 0], [0, 0], [1, 1], [high, 1]], "red");
    left.curve(sigmoid, "blue");
    left.label(1.1, 1, "clip", "red", { shift: [0, -7] });
    left.label(-1.1, sigmoid(-1.1), "sigmoid", "blue", { anchor: "end", shift: [-6, -6] });
    right.line([[low, 0], [0, 0]], "red");
    right.line([[0, 1], [1, 1]], "red");
    right.line([[1, 0], [high, 0]], "red");
    right.line([[0, 0], [0, 1]], "red", { width: 1, dash: "3 4" });
    right.line([[1, 0], [1, 1]], "red", { width: 1, dash: "3 4" });
    right.curve(slope, "blue");
    right.label(1.15, 1, "clip", "red", { shift: [0, 4] });
    right.label(-1.4, slope(-1.4), "sigmoid", "blue", { anchor: "end", shift: [-6, -4] });
    for (const [plot, ours, theirs] of [[left, clip, sigmoid(x)], [right, Number(inside(x)), slope(x)]]) {
      plot.upright(x);
      plot.dot(x, ours, "red");
      plot.dot(x, theirs, "blue");
    }
    stage.say(
      "At z = ", ["z", fixed(2)(x)], " the ", [null, "clip", "red"], " gives p = ", ["clip", clip],
      " with derivative ", ["clip-slope", String(Number(inside(x)))], ", the ", [null, "sigmoid", "blue"],
      " p = ", ["sigmoid", sigmoid(x)], " with derivative ", ["sigmoid-slope", slope(x)], ". ",
      inside(x) ? "Here both learn." : "The clipped output learns nothing here, however wrong it is.",
    );
  });
});
