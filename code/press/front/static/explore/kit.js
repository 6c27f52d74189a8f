// What every interactive figure is made of: plots, handles, controls, and a sentence of values.
//
// A figure's script calls `lossbookExplore.define(name, build)`; `build(stage, values)` makes its
// plots and controls on the stage and gives `stage.draw` a function that draws the present state.
"use strict";
(() => {
  const SVG = "http://www.w3.org/2000/svg";
  const MINUS = "−";
  let count = 0;

  const element = (tag, attributes = {}, ...children) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  };
  const shape = (tag, attributes, parent) => {
    const made = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    parent?.append(made);
    return made;
  };
  const colour = (name) => (name ? `var(--lb-${name})` : "currentColor");
  const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
  const range = (low, high, n) =>
    Array.from({ length: n }, (_, k) => low + ((high - low) * k) / (n - 1));
  const snap = (value, { min, max, step }) =>
    Number(clamp(min + Math.round((value - min) / step) * step, min, max).toFixed(6));

  // Three significant digits, as text for people: a real minus, no "e" notation.
  const number = (value) => {
    if (!Number.isFinite(value)) return value > 0 ? "∞" : value < 0 ? `${MINUS}∞` : "undefined";
    const size = Math.abs(value);
    let text;
    if (size === 0) text = "0";
    else if (size >= 1e6 || size < 1e-4) {
      const [digits, power] = size.toExponential(2).split("e");
      const raised = [...String(Number(power))].map((c) => (c === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[c]));
      text = `${digits} × 10${raised.join("")}`;
    } else text = size >= 1000 ? size.toFixed(0) : size.toPrecision(3);
    return value < 0 ? MINUS + text : text;
  };
  const fixed = (digits) => (value) => {
    const text = Math.abs(value).toFixed(digits);
    return value < 0 && Number(text) !== 0 ? MINUS + text : text;
  };

  const ticks = (low, high, wanted) => {
    const rough = (high - low) / wanted;
    const unit = 10 ** Math.floor(Math.log10(rough));
    const step = unit * [1, 2, 5, 10].find((factor) => factor * unit >= rough * 0.999);
    const places = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
    const found = [];
    for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++) {
      found.push([k * step, fixed(places)(k * step)]);
    }
    return found;
  };

  class Plot {
    // options: label, x: [low, high], y: [low, high], xlabel, ylabel, height, xticks, yticks,
    // left (room for the names of the y axis); `scrub(x)` is told where the pointer is pulled.
    constructor(host, { label, scrub, ...options }) {
      this.host = host;
      this.id = `lb-explore-${++count}`;
      this.set({ height: 220, left: 42, right: 12, top: 26, bottom: 44, ...options });
      this.svg = shape("svg", { "aria-label": label, class: "lb-plot" }, host);
      const hidden = { "aria-hidden": "true" };
      this.clip = shape("rect", {}, shape("clipPath", { id: this.id }, shape("defs", {}, this.svg)));
      this.axes = shape("g", hidden, this.svg);
      this.inside = shape("g", { ...hidden, "clip-path": `url(#${this.id})` }, this.svg);
      this.marks = shape("g", hidden, this.svg);
      this.front = shape("g", {}, this.svg);
      this.handles = [];
      this.svg.setAttribute("role", "img");
      if (scrub) {
        this.svg.classList.add("lb-scrub");
        dragging(this.svg, this, ([x]) => scrub(clamp(x, ...this.x)));
      }
    }
    set(options) { Object.assign(this, options); }
    px(x) { return this.left + ((x - this.x[0]) / (this.x[1] - this.x[0])) * this.inner[0]; }
    py(y) { return this.top + ((this.y[1] - y) / (this.y[1] - this.y[0])) * this.inner[1]; }
    at({ clientX, clientY }) {
      const box = this.svg.getBoundingClientRect();
      const scale = this.width / box.width;
      const [across, down] = [(clientX - box.left) * scale, (clientY - box.top) * scale];
      return [
        this.x[0] + ((across - this.left) / this.inner[0]) * (this.x[1] - this.x[0]),
        this.y[1] - ((down - this.top) / this.inner[1]) * (this.y[1] - this.y[0]),
      ];
    }
    // Empties the plot and draws its axes; handles stay, so that they keep the focus.
    begin() {
      this.width = Math.max(this.host.clientWidth, 200);
      this.inner = [this.width - this.left - this.right, this.height - this.top - this.bottom];
      this.svg.setAttribute("viewBox", `0 0 ${this.width} ${this.height}`);
      this.svg.style.height = `${this.height}px`;
      const [wide, high] = this.inner;
      Object.entries({ x: this.left, y: this.top - 2, width: wide, height: high + 4 })
        .forEach(([name, value]) => this.clip.setAttribute(name, value));
      for (const layer of [this.axes, this.inside, this.marks]) layer.replaceChildren();
      const floor = this.top + high;
      const frame = `M${this.left},${this.top}V${floor}H${this.left + wide}`;
      shape("path", { d: frame, class: "lb-axis" }, this.axes);
      for (const [place, text] of this.xticks ?? ticks(...this.x, Math.max(3, wide / 70))) {
        this.word(this.px(place), floor + 17, text, { anchor: "middle", kind: "tick" });
        shape("path", { d: `M${this.px(place)},${floor}v4`, class: "lb-axis" }, this.axes);
      }
      for (const [place, text] of this.yticks ?? ticks(...this.y, Math.max(3, high / 45))) {
        this.word(this.left - 7, this.py(place) + 4, text, { anchor: "end", kind: "tick" });
        if (!this.yticks) {
          shape("path", { d: `M${this.left},${this.py(place)}h-4`, class: "lb-axis" }, this.axes);
        }
      }
      const base = this.height - 6;
      this.word(this.left + wide / 2, base, this.xlabel ?? "", { anchor: "middle" });
      this.word(4, 13, this.ylabel ?? "", { anchor: "start" });
    }
    word(across, down, text, { anchor = "start", kind = "name", layer = this.axes } = {}) {
      const made = shape("text", { x: across, y: down, "text-anchor": anchor }, layer);
      made.classList.add(`lb-${kind}`);
      made.textContent = text;
      return made;
    }
    line(points, name, { width = 2, dash = "", fill = "none", layer = this.inside } = {}) {
      const reach = (y) => clamp(y, this.top - 2000, this.height + 2000);
      const d = points.map(([x, y]) => `${this.px(x).toFixed(1)},${reach(this.py(y)).toFixed(1)}`);
      return shape("path", {
        d: `M${d.join("L")}`, fill, stroke: colour(name), "stroke-width": width,
        "stroke-dasharray": dash, "stroke-linejoin": "round", "stroke-linecap": "round",
      }, layer);
    }
    curve(f, name, options = {}) {
      const [low, high] = options.over ?? this.x;
      return this.line(range(low, high, 240).map((x) => [x, f(x)]), name, options);
    }
    upright(x, name = "grey", options = {}) {
      this.line([[x, this.y[0]], [x, this.y[1]]], name, { width: 1, ...options });
    }
    level(y, name = "grey", options = {}) {
      this.line([[this.x[0], y], [this.x[1], y]], name, { width: 1, ...options });
    }
    dot(x, y, name, radius = 5) {
      const outside = y < this.y[0] || y > this.y[1];
      const down = this.py(clamp(y, ...this.y));
      shape("circle", {
        cx: this.px(x), cy: down, r: radius, class: "lb-dot",
        fill: outside ? "var(--pst-color-background)" : colour(name), stroke: colour(name),
      }, this.marks);
    }
    bar(from, to, middle, thick, name, opacity = 1) {
      const [left, right] = [this.px(Math.min(from, to)), this.px(Math.max(from, to))];
      shape("rect", {
        x: left, width: Math.max(right - left, 0.5), y: this.py(middle) - thick / 2,
        height: thick, fill: colour(name), opacity,
      }, this.inside);
    }
    label(x, y, text, name, { anchor = "start", shift = [0, 0] } = {}) {
      const made = this.word(this.px(x) + shift[0], this.py(y) + shift[1], text,
        { anchor, kind: "label", layer: this.marks });
      made.style.fill = colour(name);
      return made;
    }
    // A knob for pointer, touch and keyboard. options: label, min, max, step, get, set, place,
    // say (value → text), read (point of the plot → value), colour, silent (pointer only: the
    // same value has a slider below), upright (moves up and down).
    handle(options) {
      const knob = shape("g", { class: "lb-handle" }, this.front);
      shape("circle", { r: 14, class: "lb-target" }, knob);
      shape("circle", { r: 7.5, class: "lb-knob", fill: colour(options.colour ?? "blue") }, knob);
      const read = options.read ?? (([x]) => x);
      const put = (value) => options.set(snap(value, options));
      dragging(knob, this, (point) => (options.drag ? options.drag(point) : put(read(point))));
      if (options.silent) knob.setAttribute("aria-hidden", "true");
      else {
        this.svg.setAttribute("role", "group");
        knob.setAttribute("role", "slider");
        knob.setAttribute("tabindex", "0");
        knob.setAttribute("aria-label", options.label);
        knob.setAttribute("aria-valuemin", options.min);
        knob.setAttribute("aria-valuemax", options.max);
        const upright = options.upright ? "vertical" : "horizontal";
        knob.setAttribute("aria-orientation", upright);
        knob.addEventListener("keydown", (event) => {
          const { min, max, step, get } = options;
          const moves = {
            ArrowRight: step, ArrowUp: step, ArrowLeft: -step, ArrowDown: -step,
            PageUp: 10 * step, PageDown: -10 * step, Home: min - max, End: max - min,
          };
          if (!(event.key in moves)) return;
          event.preventDefault();
          put(get() + moves[event.key]);
        });
      }
      this.handles.push(() => {
        const [x, y] = options.place();
        const [across, down] = [this.px(clamp(x, ...this.x)), this.py(y)];
        knob.setAttribute("transform", `translate(${across.toFixed(1)},${down.toFixed(1)})`);
        if (options.silent) return;
        const value = options.get();
        knob.setAttribute("aria-valuenow", value);
        knob.setAttribute("aria-valuetext", (options.say ?? number)(value));
      });
      return knob;
    }
    end() { this.handles.forEach((place) => place()); }
  }

  function dragging(target, plot, told) {
    let held = null;
    target.addEventListener("pointerdown", (event) => {
      if (event.button || held !== null) return;
      if (target !== event.target && event.target.closest(".lb-handle, .lb-scrub") !== target) return;
      held = event.pointerId;
      target.setPointerCapture(held);
      target.focus?.({ preventScroll: true });
      told(plot.at(event));
    });
    target.addEventListener("pointermove", (event) => {
      if (event.pointerId === held) told(plot.at(event));
    });
    for (const kind of ["pointerup", "pointercancel", "lostpointercapture"]) {
      target.addEventListener(kind, () => { held = null; });
    }
  }

  class Stage {
    constructor(title) {
      this.root = element("div", { class: "lb-explore-live", role: "group", "aria-label": title });
      this.plotsBox = element("div", { class: "lb-explore-plots" });
      this.controls = element("div", { class: "lb-explore-controls" });
      // An <output> is a polite live region by itself.
      this.words = element("output", { class: "lb-explore-says" });
      this.root.append(this.plotsBox, this.controls, this.words);
      this.plots = [];
    }
    plot(options) {
      const made = new Plot(this.plotsBox.appendChild(element("div")), options);
      this.plots.push(made);
      return made;
    }
    // A labelled slider; gives { get, set }.
    slider({ label, min, max, step, value, say = number, changed }) {
      const input = element("input", { type: "range", min, max, step, value });
      const shown = element("span", { class: "lb-explore-value" });
      const row = element("label", { class: "lb-explore-slider" });
      row.append(element("span", {}, label), input, shown);
      const tell = () => {
        shown.textContent = say(Number(input.value));
        input.setAttribute("aria-valuetext", shown.textContent);
      };
      input.addEventListener("input", () => { tell(); changed?.(); this.redraw(); });
      this.controls.append(row);
      tell();
      return {
        row,
        get: () => Number(input.value),
        set: (wanted, quiet) => {
          input.value = snap(wanted, { min, max, step });
          tell();
          if (!quiet) this.redraw();
        },
      };
    }
    // One of several, as radio buttons; gives { get, set }.
    choice({ label, options, value }) {
      const group = `lb-explore-${++count}`;
      const box = element("fieldset", {}, element("legend", {}, label));
      const inputs = options.map(([key, text]) => {
        const input = element("input", { type: "radio", name: group, value: key });
        input.checked = key === value;
        input.addEventListener("change", () => this.redraw());
        box.append(element("label", {}, input, text));
        return input;
      });
      this.controls.append(box);
      return {
        get: () => inputs.find((input) => input.checked).value,
        set: (key) => { inputs.find((input) => input.value === key).checked = true; },
      };
    }
    // One of many, as a native menu; gives { get, offer }.
    select({ label, options, value, changed }) {
      const menu = element("select");
      const offer = (pairs) => menu.replaceChildren(
        ...pairs.map(([key, text]) => element("option", { value: key }, text)),
      );
      offer(options);
      menu.value = value;
      menu.addEventListener("change", () => { changed?.(menu.value); this.redraw(); });
      this.controls.append(element("label", { class: "lb-explore-menu" }, element("span", {}, label), menu));
      return { get: () => menu.value, offer };
    }
    buttons(...pairs) {
      const row = element("div", { class: "lb-explore-buttons" });
      for (const [text, act] of pairs) {
        const button = element("button", { type: "button" }, text);
        button.addEventListener("click", () => { act(); this.redraw(); });
        row.append(button);
      }
      this.controls.append(row);
      return row;
    }
    // Text and values in turn; a value is [name, number or text, colour].
    say(...parts) {
      this.words.replaceChildren(...parts.map((part) => {
        if (!Array.isArray(part)) return part;
        const [name, value, shade] = part;
        const text = typeof value === "number" ? number(value) : value;
        const made = element("span", name ? { "data-value": name } : {}, text);
        if (shade) { made.style.color = colour(shade); made.style.fontWeight = "600"; }
        return made;
      }));
    }
    // Two plots beside each other share the names of their rows; one below the other, each has them.
    rows(first, second, names) {
      const stacked = second.host.offsetTop > first.host.offsetTop;
      const left = 22 + 6.2 * Math.max(...names.map((name) => name.length));
      const yticks = names.map((name, k) => [k, name]);
      first.set({ yticks, left });
      second.set(stacked ? { yticks, left } : { yticks: [], left: 12 });
      first.begin();
      second.begin();
    }
    draw(paint) { this.paint = paint; }
    redraw() {
      this.plots.forEach((plot) => plot.begin());
      this.paint();
      this.plots.forEach((plot) => plot.end());
    }
  }

  const kinds = {};
  window.lossbookExplore = {
    number, fixed, range, clamp, snap, element,
    define: (name, build) => { kinds[name] = build; },
    // Put the live figure in the place of its still picture.
    enliven: (figure) => {
      const still = figure.querySelector(".lb-explore-still");
      const values = JSON.parse(figure.dataset.values);
      const stage = new Stage(figure.dataset.title);
      figure.insertBefore(stage.root, still);
      try {
        kinds[figure.dataset.explore](stage, values);
        stage.redraw();
      } catch (problem) {
        stage.root.remove();
        throw problem;
      }
      still.hidden = true;
      figure.classList.add("lb-live");
      stage.redraw();
      // On a narrow screen the second plot stands below the first, and the caption says so.
      const caption = figure.querySelector("figcaption");
      const said = caption?.textContent ?? "";
      const name = () => {
        if (!/^Left: .* Right: /.test(said)) return;
        const [first, second] = [...stage.plotsBox.children].map((box) => box.getBoundingClientRect());
        const below = second && second.top >= first.bottom;
        caption.textContent = below ? said.replace(/^Left: (.*) Right: /, "Top: $1 Bottom: ") : said;
      };
      name();
      let width = stage.root.clientWidth;
      new ResizeObserver(() => {
        if (stage.root.clientWidth === width) return;
        width = stage.root.clientWidth;
        stage.redraw();
        name();
      }).observe(stage.root);
    },
  };
})();
