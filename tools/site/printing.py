"""`make pdf`: the whole book and the cheat sheet as PDF in `_build/pdf`, by Chromium."""

import sys

from browsing import FLAGS, ROOT, SITE, chromium
from playwright.sync_api import sync_playwright
from press.chapters import pages
from press.extensions import printed
from press.render import pages_digest
from serving import served

OUT = ROOT / printed.FOLDER
JOIN = """
async (names) => {
  const article = document.querySelector('article');
  for (const name of names) {
    const text = await (await fetch('/' + name + '.html')).text();
    const other = new DOMParser().parseFromString(text, 'text/html').querySelector('article');
    other.style.breakBefore = 'page';
    // Ids that two pages share would make links ambiguous: each page's own are given its name.
    const prefix = name.replaceAll('/', '-') + '--';
    const own = new Set([...other.querySelectorAll('[id]')].map((e) => e.id));
    for (const part of other.querySelectorAll('svg [id]')) own.delete(part.id);
    for (const part of other.querySelectorAll('[id]')) {
      if (own.has(part.id)) part.id = prefix + part.id;
    }
    for (const link of other.querySelectorAll('a[href^="#"]')) {
      const wanted = link.getAttribute('href').slice(1);
      if (own.has(wanted)) link.setAttribute('href', '#' + prefix + wanted);
    }
    // Radio buttons of one name are one choice in a document, and tabs are such buttons.
    for (const input of other.querySelectorAll('input[name]')) input.name = prefix + input.name;
    article.parentNode.append(other);
  }
  for (const fold of document.querySelectorAll('details.hide')) fold.open = false;
  const head = document.querySelector('head');
  if (![...head.querySelectorAll('link')].some((l) => l.href.includes('katex'))) {
    await new Promise((done) => {
      const style = document.createElement('link');
      style.rel = 'stylesheet';
      style.href = '/_static/vendor/katex/katex.min.css';
      style.onload = done;
      head.append(style);
    });
  }
  await document.fonts.ready;
}
"""
OPTIONS = {"print_background": True, "prefer_css_page_size": True, "outline": True, "tagged": True}


def main() -> int:
    program = chromium()
    if program is None:
        print("no Chromium: no PDF was made (Debian: apt-get install chromium)")
        return 0
    first, *others = [page.name for page in pages(ROOT)]
    OUT.mkdir(parents=True, exist_ok=True)
    with served(SITE) as address, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=FLAGS)
        page = browser.new_page(color_scheme="light")
        page.goto(f"{address}chapters/cheatsheet.html", wait_until="networkidle")
        page.pdf(path=OUT / "cheatsheet.pdf", **OPTIONS)
        page.goto(f"{address}{first}.html", wait_until="networkidle")
        page.evaluate(
            JOIN, [name for name in others if not name.endswith(("figures", "cheatsheet"))]
        )
        page.pdf(path=OUT / "book.pdf", format="A4", **OPTIONS)
        browser.close()
    printed.note(ROOT, pages_digest(ROOT))
    for path in printed.offered(ROOT):
        print(f"{path} ({path.stat().st_size:,} bytes)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
