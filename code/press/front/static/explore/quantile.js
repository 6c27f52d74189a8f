"use strict";
lossbookExplore.define("quantile", (stage, values) => {
  const { fixed } = lossbookExplore;
  const { y, unit, low, high, step } = values;
  const sorted = [...y].sort((a, b) => a - b);
  const n = y.length;
  const inBrackets = unit && ` (${unit.trim()})`;
  const tilt = (u, t) => u * (t - (u < 0 ? 1 : 0));
  const mean = (at, t) => y.reduce((sum, v) => sum + tilt(v - at, t), 0) / n;
  let c = values.c;
  const reach = (high - low) / 2;
  const left = stage.plot({
    label: "The tilted loss of one error", x: [-reach, reach], y: [0, reach], height: 250,
    xlabel: `error y − c${inBrackets}`, ylabel: "loss of one",
  });
  const right = stage.plot({
    label: "The average loss over the prediction c, with a handle for c", height: 250,
    x: [low, high], y: [0, 1], xlabel: `prediction c${inBrackets}`, ylabel: "average loss",
  });
  const level = stage.slider({
    label: "Level τ", min: 0.05, max: 0.95, step: 0.05, value: values.level, say: fixed(2),
  });
  right.handle({
    label: "Prediction c", min: low, max: high, step, get: () => c,
    set: (v) => { c = v; stage.redraw(); }, place: () => [c, mean(c, level.get())],
  });
  const best = (t) => {
    // The loss is least from the first datum that at least the share t lies at or below …
    const k = Math.min(n - 1, Math.ceil(n * t - 1e-9) - 1);
    // … to the next one, if the share there is exactly t.
    const flat = Math.abs(n * t - (k + 1)) < 1e-9 && k + 1 < n;
    return flat ? (sorted[k] + sorted[k + 1]) / 2 : sorted[k];
  };
  stage.buttons(["Move c to the minimum", () => { c = lossbookExplore.snap(best(level.get()), { min: low, max: high, step }); }]);
  stage.draw(() => {
    const t = level.get();
    const floor = best(t);
    const top = Math.max(mean(low, t), mean(high, t));
    right.set({ y: [-0.12 * top, 1.05 * top], yticks: undefined });
    right.begin();
    left.line([[-reach, tilt(-reach, t)], [0, 0], [reach, tilt(reach, t)]], "red");
    left.label(-reach, tilt(-reach, t), `slope ${fixed(2)(t - 1)}`, "red", { shift: [4, -8] });
    left.label(reach, tilt(reach, t), `slope ${fixed(2)(t)}`, "red", { anchor: "end", shift: [0, -8] });
    for (const v of y) right.line([[v, -0.11 * top], [v, -0.04 * top]], "green", { width: 1.5 });
    right.level(0);
    right.curve((at) => mean(at, t), "red");
    right.line([[floor, 0], [floor, mean(floor, t)]], "grey", { dash: "3 4", width: 1.5 });
    const [under, over] = [y.filter((v) => v < c).length, y.filter((v) => v > c).length];
    stage.say(
      "Level ", ["level", fixed(2)(t)], ": too low a prediction costs ", ["up", fixed(2)(t)],
      " a unit, too high a one ", ["down", fixed(2)(1 - t)], ". At c = ", ["c", c, "blue"], unit,
      " the average loss is ", ["loss", mean(c, t), "red"], "; ", ["under", String(under)], " of ",
      String(n), " lie below, ", ["over", String(over)], " above. The least loss, ",
      ["least", mean(floor, t)], ", is at the quantile, ", ["best", floor], ".",
    );
  });
});
