"use strict";
lossbookExplore.define("fit_by_hand", (stage, values) => {
  const { clamp, fixed, range } = lossbookExplore;
  const points = [...values.points];
  const n = points.length;
  const [low, high] = values.x;
  const [least, largest] = values.scales;
  // log Γ for x ≥ ½: Stirling's series at x + 8, taken back step by step. Error below 1e-12.
  const lgamma = (x) => {
    let [shift, at] = [0, x];
    while (at < 9) { shift += Math.log(at); at += 1; }
    const r = 1 / at;
    const series = r / 12 - r ** 3 / 360 + r ** 5 / 1260 - r ** 7 / 1680;
    return (at - 0.5) * Math.log(at) - at + Math.log(2 * Math.PI) / 2 + series - shift;
  };
  const families = {
    gaussian: (v, m, s) => -(((v - m) / s) ** 2) / 2 - Math.log(s) - Math.log(2 * Math.PI) / 2,
    laplace: (v, m, s) => -Math.abs(v - m) / s - Math.log(2 * s),
    student_t: (v, m, s, nu) =>
      lgamma((nu + 1) / 2) - lgamma(nu / 2) - Math.log(nu * Math.PI) / 2 - Math.log(s)
      - ((nu + 1) / 2) * Math.log1p(((v - m) / s) ** 2 / nu),
  };
  const names = { gaussian: "Gaussian", laplace: "Laplace", student_t: "Student-t" };
  const surprise = (key, m, s, nu) =>
    -points.reduce((sum, v) => sum + families[key](v, m, s, nu), 0) / n;
  const mean = (list) => list.reduce((a, b) => a + b, 0) / list.length;
  const median = () => {
    const sorted = [...points].sort((a, b) => a - b);
    return (sorted[Math.floor((n - 1) / 2)] + sorted[Math.ceil((n - 1) / 2)]) / 2;
  };
  const fits = {
    gaussian: () => [mean(points), Math.sqrt(mean(points.map((v) => (v - mean(points)) ** 2)))],
    laplace: () => [median(), mean(points.map((v) => Math.abs(v - median())))],
    // EM: weight each point by how near it lies, fit, and again; from every point, since a
    // Student-t may have several best places.
    student_t: (nu) => {
      const start = Math.max(fits.laplace()[1], least);
      const tried = [median(), ...points].map((place) => {
        let [m, s] = [place, start];
        for (let k = 0; k < 3000; k++) {
          const weights = points.map((v) => (nu + 1) / (nu + ((v - m) / s) ** 2));
          const total = weights.reduce((a, b) => a + b);
          const [before, wide] = [m, s];
          m = points.reduce((sum, v, i) => sum + weights[i] * v, 0) / total;
          s = Math.max(Math.sqrt(mean(points.map((v, i) => weights[i] * (v - m) ** 2))), least);
          if (Math.abs(m - before) + Math.abs(s - wide) < 1e-10) break;
        }
        return [surprise("student_t", m, s, nu), m, s];
      });
      return tried.reduce((a, b) => (b[0] < a[0] - 1e-12 ? b : a)).slice(1);
    },
  };
  const plot = stage.plot({
    label: "The density over the points; each point has a handle", height: 330, bottom: 100,
    x: [low, high], y: [0, 1], xlabel: values.xlabel, ylabel: "density",
  });
  const family = stage.choice({ label: "Density:", options: Object.entries(names), value: values.family });
  const centre = stage.slider({
    label: "Location", min: low, max: high, step: 0.01, value: values.location, say: fixed(2),
  });
  const scale = stage.slider({
    label: "Scale", min: least, max: largest, step: 0.01, value: values.scale, say: fixed(2),
  });
  const freedom = stage.slider({
    label: "Degrees of freedom ν", min: 1, max: 30, step: 0.5, value: values.nu, say: fixed(1),
  });
  stage.buttons(
    ["Best fit", () => {
      const [m, s] = fits[family.get()](freedom.get());
      centre.set(m, true);
      scale.set(s, true);
    }],
    ["Points as at the start", () => points.splice(0, n, ...values.points)],
  );
  // Points that lie close together stand above one another, so that each can be seized.
  const stacked = () => {
    const ends = [];
    const rows = Array(n);
    for (const k of [...points.keys()].sort((a, b) => points[a] - points[b])) {
      let row = 0;
      while (row < 2 && ends[row] !== undefined && plot.px(points[k]) - ends[row] < 18) row++;
      ends[row] = plot.px(points[k]);
      rows[k] = row;
    }
    return rows;
  };
  let rows = [];
  points.forEach((_, k) => plot.handle({
    label: `Point ${k + 1} of ${n}`, min: low, max: high, step: values.step, colour: "green",
    get: () => points[k], set: (v) => { points[k] = v; stage.redraw(); },
    place: () => [points[k], plot.y[0] - ((38 + 18 * rows[k]) / plot.inner[1]) * (plot.y[1] - plot.y[0])],
  }));
  stage.draw(() => {
    const key = family.get();
    const [m, s, nu] = [centre.get(), scale.get(), freedom.get()];
    freedom.row.hidden = key !== "student_t";
    const density = (v) => Math.exp(families[key](v, m, s, nu));
    plot.set({ y: [0, Math.max(1.12 * density(m), values.top)] });
    plot.begin();
    rows = stacked();
    points.forEach((v) => {
      plot.line([[v, 0], [v, density(v)]], "green", { width: 1.5 });
    });
    plot.line([...range(low, high, 200), m].sort((a, b) => a - b).map((v) => [v, density(v)]), "blue", { width: 2.5 });
    points.forEach((v) => plot.dot(v, density(v), "green", 2.5));
    plot.label(clamp(m, low, high), density(m), names[key], "blue", { anchor: "middle", shift: [0, -6] });
    const [bestM, bestS] = fits[key](nu);
    const here = surprise(key, m, s, nu);
    const best = surprise(key, bestM, bestS, nu);
    stage.say(
      [null, names[key], "blue"], " with location ", ["location", fixed(2)(m)], " and scale ",
      ["scale", fixed(2)(s)], ...(key === "student_t" ? [", ν = ", ["nu", fixed(1)(nu)]] : []),
      ": average surprise ", ["surprise", here, "red"], " nats a point, likelihood ",
      ["likelihood", Math.exp(-n * here)], ". The best ", names[key], " has ", ["best", best], " nats, at location ",
      ["best-location", bestM], " and scale ", ["best-scale", bestS], ".",
    );
  });
});
