"use strict";
lossbookExplore.define("losses", (stage, values) => {
  const { fixed } = lossbookExplore;
  const [low, high] = [-10, 10];
  const sigmoid = (x) => 1 / (1 + Math.exp(-x));
  const softplus = (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
  // For truth 0 the picture is the mirror image: p and 1 - p, z and -z.
  const losses = (x, y) => {
    const s = y ? x : -x;
    const p = sigmoid(s);
    const sign = y ? 1 : -1;
    const q = sigmoid(-s);
    return { squared: [q * q / 2, -sign * q * p * q], cross: [softplus(-s), -sign * q] };
  };
  const scrub = (x) => z.set(x);
  const common = { x: [low, high], xlabel: "raw output z", scrub };
  const left = stage.plot({
    ...common, label: "Both losses over the raw output", y: [-0.2, 5.2], ylabel: "loss",
  });
  const right = stage.plot({
    ...common, label: "Both gradients over the raw output", y: [-1.1, 1.1], ylabel: "gradient",
  });
  const z = stage.slider({
    label: "Raw output z", min: low, max: high, step: 0.1, value: values.z, say: fixed(1),
  });
  const truth = stage.choice({
    label: "The truth is", options: [["1", "1"], ["0", "0"]], value: String(values.y),
  });
  stage.draw(() => {
    const x = z.get();
    const y = Number(truth.get());
    const here = losses(x, y);
    const wrong = y ? -1 : 1;
    right.level(0);
    for (const [plot, k] of [[left, 0], [right, 1]]) {
      plot.upright(x);
      plot.curve((v) => losses(v, y).squared[k], "purple");
      plot.curve((v) => losses(v, y).cross[k], "blue");
    }
    left.label(-wrong * 0.3, 4.3, "cross entropy", "blue", { anchor: "middle" });
    left.label(wrong * 6.2, 0.5, "squared error", "purple", { anchor: "middle", shift: [0, -9] });
    right.label(wrong * 6.2, wrong, "cross entropy", "blue", { anchor: "middle", shift: [0, wrong < 0 ? -8 : 16] });
    right.label(wrong * 6, 0, "squared error", "purple", { anchor: "middle", shift: [0, wrong < 0 ? -8 : 16] });
    for (const [name, shade] of [["squared", "purple"], ["cross", "blue"]]) {
      left.dot(x, here[name][0], shade);
      right.dot(x, here[name][1], shade);
    }
    stage.say(
      "z = ", ["z", fixed(1)(x)], `, truth ${y}: p = `, ["p", sigmoid(x)], ". ",
      [null, "Squared error", "purple"], ": loss ", ["squared", here.squared[0]], ", gradient ",
      ["squared-gradient", here.squared[1]], ". ", [null, "Cross entropy", "blue"], ": loss ",
      ["cross", here.cross[0]], ", gradient ", ["cross-gradient", here.cross[1]], ".",
    );
  });
});
