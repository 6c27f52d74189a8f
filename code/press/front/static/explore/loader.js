// Fetches the drawing kit and a figure's own script when that figure comes near the view.
"use strict";
(() => {
  const base = new URL(".", document.currentScript.src);
  const asked = new Map();
  const load = (file) => {
    if (!asked.has(file)) {
      asked.set(file, new Promise((resolve, reject) => {
        const script = document.createElement("script");
        script.src = new URL(file, base);
        script.onload = resolve;
        script.onerror = () => reject(new Error(`${file} did not load`));
        document.head.append(script);
      }));
    }
    return asked.get(file);
  };
  const watcher = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      watcher.unobserve(target);
      // If anything fails, the still picture stays where it is.
      load("kit.js")
        .then(() => load(`${target.dataset.explore}.js`))
        .then(() => window.lossbookExplore.enliven(target));
    }
  }, { rootMargin: "200px 0px" });
  document.querySelectorAll("figure[data-explore]").forEach((figure) => watcher.observe(figure));
})();
