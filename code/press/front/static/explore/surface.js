"use strict";
lossbookExplore.define("surface", (stage, values) => {
  const { fixed, range } = lossbookExplore;
  const { y } = values;
  const mean = y.reduce((a, b) => a + b) / y.length;
  const spread = Math.sqrt(y.reduce((total, v) => total + (v - mean) ** 2, 0) / y.length);
  const half = Math.log(2 * Math.PI) / 2;
  const surprise = ([mu, sigma]) =>
    (spread ** 2 + (mean - mu) ** 2) / (2 * sigma ** 2) + Math.log(sigma) + half;
  const least = surprise([mean, spread]);
  let path = [values.start];
  // Where f changes its sign between the best scale, where it is positive, and `end`.
  const edge = (f, end) => {
    if (f(end) > 0) return end;
    let [inside, outside] = [spread, end];
    for (let k = 0; k < 60; k++) {
      const middle = (inside + outside) / 2;
      if (f(middle) > 0) inside = middle; else outside = middle;
    }
    return inside;
  };
  // The slopes in mu / spread and in log sigma.
  const slopes = ([mu, sigma]) => [
    (spread * (mu - mean)) / sigma ** 2, 1 - (spread ** 2 + (mu - mean) ** 2) / sigma ** 2,
  ];
  const steps = (count) => {
    for (let k = 0; k < count && path.length <= 500; k++) {
      const here = path.at(-1);
      const [across, up] = slopes(here);
      const next = [here[0] - rate.get() * spread * across, here[1] * Math.exp(-rate.get() * up)];
      if (!next.every(Number.isFinite)) return;
      path.push(next);
    }
  };
  const plot = stage.plot({
    label: "Contours of the average surprise, with the path of the steps", height: 340, left: 46,
    x: values.x, y: values.s, xlabel: "mean μ", ylabel: "standard deviation σ",
  });
  const begin = () => { path = [[mu.get(), sigma.get()]]; };
  const slider = (label, [min, max], step, value) =>
    stage.slider({ label, min, max, step, value, say: fixed(2), changed: begin });
  const mu = slider("Start: mean μ", values.x, 0.01, values.start[0]);
  const sigma = slider("Start: deviation σ", values.s, 0.01, values.start[1]);
  const rate = slider("Learning rate", [0.05, 1.5], 0.05, values.rate);
  stage.buttons(["One step", () => steps(1)], ["Ten steps", () => steps(10)], ["Back to the start", begin]);
  begin();
  plot.handle({
    silent: true, colour: "gold", place: () => path[0],
    drag: ([across, up]) => { mu.set(across, true); sigma.set(up, true); begin(); stage.redraw(); },
  });
  stage.draw(() => {
    // A contour, solved for mu: (mu - mean)² = 2 σ² (level - log σ - ½ log 2π) - spread².
    for (const above of values.above) {
      const square = (s) => 2 * s * s * (least + above - Math.log(s) - half) - spread ** 2;
      const [low, high] = [edge(square, values.s[0] / 4), edge(square, values.s[1] * 2)];
      const side = range(0, Math.PI, 160).map((turn) => {
        const s = low + ((high - low) * (1 - Math.cos(turn))) / 2;
        return [Math.sqrt(Math.max(square(s), 0)), s];
      });
      const right = side.map(([wide, s]) => [mean + wide, s]);
      const left = side.map(([wide, s]) => [mean - wide, s]);
      plot.line([...right, ...left.reverse()], "blue", { width: 1.2 });
      if (above === values.above[0]) continue;
      // The name stands on the left side, where the contour is widest within the picture.
      const [wide, s] = side.reduce((best, next) => {
        const fits = mean - next[0] > plot.x[0] + 0.07 * (plot.x[1] - plot.x[0]);
        return fits && next[0] > best[0] && next[1] < plot.y[1] ? next : best;
      });
      plot.label(mean - wide, s, fixed(2)(least + above), "blue", { anchor: "middle", shift: [0, 4] })
        .classList.add("lb-small");
    }
    y.forEach((v) => plot.line([[v, plot.y[0]], [v, plot.y[0] + 0.05 * (plot.y[1] - plot.y[0])]], "green"));
    plot.dot(mean, spread, "red");
    plot.label(mean, spread, "minimum", "red", { shift: [9, 4] });
    if (path.length > 1) plot.line(path, "gold", { width: 1.5 });
    path.slice(1).forEach(([m, s]) => {
      if (m >= plot.x[0] && m <= plot.x[1] && s <= plot.y[1]) plot.dot(m, s, "gold", 2.5);
    });
    const here = path.at(-1);
    const [across, up] = slopes(here);
    stage.say(
      "At learning rate ", ["rate", fixed(2)(rate.get())], ", after ", ["steps", String(path.length - 1)], ` step${path.length === 2 ? "" : "s"}: mean `,
      ["mu", here[0]], ", standard deviation ", ["sigma", here[1]], ", average surprise ",
      ["surprise", surprise(here), "blue"], " nats; the minimum is ", ["least", least, "red"], ". Gradient ",
      ["slope-mu", across, "gold"], " along μ/s and ", ["slope-sigma", up, "gold"], " along log σ.",
    );
  });
});
