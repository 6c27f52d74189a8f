// What the pages do beyond HTML: theme, progress kept in this browser, copying, boxes that scroll.
(() => {
  "use strict";
  const html = document.documentElement;
  const store = {
    get(key) { try { return localStorage.getItem(key); } catch { return null; } },
    set(key, value) { try { localStorage.setItem(key, value); } catch { /* private browsing */ } },
  };
  const system = matchMedia("(prefers-color-scheme: dark)");

  // Theme: auto, light, dark.
  const button = document.querySelector(".theme-switch");
  function paint() {
    const mode = html.dataset.mode;
    html.dataset.theme = mode || (system.matches ? "dark" : "light");
    if (button) button.querySelector("output").value = mode || "auto";
  }
  if (!["light", "dark"].includes(html.dataset.mode)) html.dataset.mode = "";
  paint();
  system.addEventListener("change", paint);
  button?.addEventListener("click", () => {
    const modes = ["", "light", "dark"];
    html.dataset.mode = modes[(modes.indexOf(html.dataset.mode) + 1) % modes.length];
    store.set("mode", html.dataset.mode);
    store.set("theme", html.dataset.mode);
    paint();
  });

  // Progress: which pages the reader has marked as read.
  const KEY = "lossbook-read";
  function read() {
    try { return new Set(JSON.parse(store.get(KEY) || "[]")); } catch { return new Set(); }
  }
  function showProgress() {
    const done = read();
    const links = [...document.querySelectorAll(".bd-sidebar-primary a[data-page]")];
    for (const link of document.querySelectorAll("a[data-page]")) {
      const is = done.has(link.dataset.page);
      link.classList.toggle("is-read", is);
      if (is && !link.querySelector(".said")) {
        link.insertAdjacentHTML("beforeend", '<span class="said"> (read)</span>');
      } else if (!is) link.querySelector(".said")?.remove();
    }
    const count = links.filter((link) => done.has(link.dataset.page)).length;
    const line = document.getElementById("progress");
    if (line) {
      line.textContent = count ? `${count} of ${links.length} pages read` : "";
      line.style.setProperty("--done", links.length ? count / links.length : 0);
    }
    const box = document.querySelector(".mark-read input");
    if (box) box.checked = done.has(box.dataset.page);
  }
  document.querySelector(".mark-read input")?.addEventListener("change", (event) => {
    const done = read();
    done[event.target.checked ? "add" : "delete"](event.target.dataset.page);
    store.set(KEY, JSON.stringify([...done]));
    showProgress();
  });
  showProgress();

  // Copy buttons on code.
  if (navigator.clipboard) {
    for (const code of document.querySelectorAll(".bd-article div.highlight-python, .cell_input div.highlight")) {
      if (code.querySelector("button.copy")) continue;
      const copy = document.createElement("button");
      copy.type = "button"; copy.className = "copy"; copy.textContent = "Copy";
      copy.addEventListener("click", async () => {
        await navigator.clipboard.writeText(code.querySelector("pre").textContent.trimEnd());
        copy.textContent = "Copied";
        setTimeout(() => { copy.textContent = "Copy"; }, 1500);
      });
      code.append(copy);
    }
  }

  // On a phone, tables of words that do not fit are read as lists (numbers are compared down a column).
  const phone = matchMedia("(max-width: 36rem)");
  const tables = [...document.querySelectorAll(".table-box > table:not(.dataframe)")].filter((table) => {
    const cells = [...table.querySelectorAll("tbody td")];
    return table.tHead?.rows.length === 1 && !table.querySelector("[colspan], [rowspan]")
      && cells.some((cell) => cell.textContent.trim().length > 30);
  });
  function fold() {
    for (const table of tables) {
      table.classList.remove("as-list");
      if (!phone.matches || table.parentElement.scrollWidth <= table.parentElement.clientWidth) continue;
      const headings = [...table.tHead.rows[0].cells].map((cell) => {
        const read = cell.cloneNode(true);
        for (const twice of read.querySelectorAll(".katex-mathml, .headerlink")) twice.remove();
        return read.textContent.trim();
      });
      for (const row of table.tBodies[0].rows) {
        [...row.cells].forEach((cell, place) => {
          cell.dataset.heading = headings[place];
          cell.classList.toggle("is-empty", !cell.textContent.trim() && !cell.querySelector("img, svg"));
        });
      }
      table.classList.add("as-list");
    }
  }
  fold();
  // A resize is told before the change of width that it makes: what is unfolded may be wide anew.
  phone.addEventListener("change", () => { fold(); reach(); });

  // What scrolls sideways can be reached by the keyboard, and only that.
  const boxes = document.querySelectorAll(".bd-article pre, .table-box, .lb-figure, div.math, .katex-display");
  function reach() {
    const wide = [...boxes].map((box) => box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight);
    boxes.forEach((box, k) => { if (wide[k]) box.tabIndex = 0; else box.removeAttribute("tabindex"); });
    // A heat map that is cut between two columns looks whole: its caption says that there is more.
    const figures = [...document.querySelectorAll(".lb-figure:not(.lb-explore)")];
    const cut = figures.map((figure) => figure.scrollWidth > figure.clientWidth + 8);
    figures.forEach((figure, k) => figure.classList.toggle("is-cut", cut[k]));
  }
  (window.requestIdleCallback || setTimeout)(reach);
  document.fonts?.ready.then(reach);  // other letters, other widths
  addEventListener("resize", reach);
  addEventListener("toggle", reach, true);

  // Tabs: a choice counts for every set of its group, here and on the other pages.
  function choose(group, id) {
    for (const label of document.querySelectorAll(".sd-tab-set > label[data-sync-group]")) {
      if (label.dataset.syncGroup === group && label.dataset.syncId === id) label.control.checked = true;
    }
  }
  for (const label of document.querySelectorAll(".sd-tab-set > label[data-sync-group]")) {
    const { syncGroup: group, syncId: id } = label.dataset;
    if (store.get(`tab-${group}`) === id) choose(group, id);
  }
  document.addEventListener("change", ({ target }) => {
    const label = target.matches(".sd-tab-set > input") ? target.labels[0] : null;
    if (!label) return;
    const { syncGroup: group, syncId: id } = label.dataset;
    if (group) {
      const before = label.getBoundingClientRect().top;
      choose(group, id);
      scrollBy(0, label.getBoundingClientRect().top - before);  // sets above may have changed their height
      store.set(`tab-${group}`, id);
    }
    reach();
  });

  // The list of chapters shows the one that is read.
  const mine = document.querySelector(".bd-sidebar-primary a[aria-current]");
  (window.requestIdleCallback || setTimeout)(() => {
    const list = mine?.closest("nav");
    if (list && list.scrollHeight > list.clientHeight) list.scrollTop = mine.offsetTop - list.clientHeight / 3;
  });

  // Where the reader is, in the list of sections.
  const entries = new Map([...document.querySelectorAll("#on-this-page a")].map((a) => [a.hash.slice(1), a]));
  if (entries.size) {
    const watch = new IntersectionObserver((seen) => {
      for (const { target, isIntersecting } of seen) {
        if (!isIntersecting) continue;
        for (const link of entries.values()) link.removeAttribute("aria-current");
        entries.get(target.id).setAttribute("aria-current", "true");
      }
    }, { rootMargin: "-10% 0% -80% 0%" });
    for (const id of entries.keys()) { const part = document.getElementById(id); if (part) watch.observe(part); }
  }
  // A chosen section closes the list that lies over the page on small screens.
  for (const list of document.querySelectorAll("nav[popover]")) {
    list.addEventListener("click", (event) => { if (event.target.closest("a") && list.matches(":popover-open")) list.hidePopover(); });
  }
  addEventListener("keydown", (event) => {
    const typing = /^(input|textarea|select)$/i.test(event.target.tagName) || event.target.isContentEditable;
    const slash = event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (!slash && (event.key !== "k" || !(event.ctrlKey || event.metaKey))) return;
    event.preventDefault();
    const field = document.querySelector(".find input");
    if (field?.offsetParent) field.focus(); else document.querySelector(".find-link")?.click();
  });
})();
