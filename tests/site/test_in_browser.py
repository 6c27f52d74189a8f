"""What a reader's browser finds on each page: errors, other hosts, barriers, width, print."""

from pathlib import Path

import pytest
from browsing import THEMES, page_names

AXE = (Path(__file__).parent / "vendor" / "axe" / "axe.min.js").read_text(encoding="utf-8")
NAMES = page_names()

pytestmark = pytest.mark.skipif(not NAMES, reason="the site is not built; run `make book`")


# The page itself waits for a quiet moment before it looks what scrolls.
SETTLED = "document.fonts.ready.then(() => new Promise((done) => requestIdleCallback(done)))"


def barriers(page):
    page.evaluate(SETTLED)
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [
        f"{rule['id']}: {' '.join(map(str, node['target']))}: {node['html'][:160]}"
        for rule in found
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", NAMES)
def test_page_is_whole_quiet_and_without_barriers(reader, name, theme):
    with reader.visit(name, theme=theme) as visit:
        assert visit.page.evaluate("document.documentElement.dataset.theme") == theme
        assert visit.foreign == []
        assert visit.complaints == []
        assert visit.page.evaluate(BROKEN_IMAGES) == []
        assert barriers(visit.page) == []


def test_axe_would_find_a_barrier(reader):
    with reader.visit(NAMES[0], theme="light") as visit:
        visit.page.evaluate("document.querySelector('article').innerHTML += '<img src=\"x\">'")
        assert any(found.startswith("image-alt") for found in barriers(visit.page))


BROKEN_IMAGES = """
async () => {
  const images = [...document.images];
  // Pictures that wait until they come into view are fetched now.
  for (const image of images) image.loading = 'eager';
  await Promise.allSettled(images.map(image => image.decode()));
  return images.filter(image => !image.naturalWidth).map(image => image.src);
}
"""
WIDER = """
() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  return [...document.querySelectorAll('main *')]
    .filter(e => e.getBoundingClientRect().right > width + 1)
    .slice(0, 5).map(e => e.outerHTML.slice(0, 160)).concat('the page is too wide');
}
"""


@pytest.mark.parametrize("name", NAMES)
def test_no_page_scrolls_sideways_on_a_phone(reader, name):
    with reader.visit(name, theme="light", width=360) as visit:
        assert visit.page.evaluate(WIDER) == []


@pytest.mark.parametrize("name", NAMES)
def test_print_shows_the_text_alone(reader, name):
    with reader.visit(name, theme="light") as visit:
        visit.page.emulate_media(media="print")
        assert visit.page.locator("main").is_visible()
        for frame in (".bd-sidebar-primary", ".bd-sidebar-secondary", ".bd-header"):
            for part in visit.page.locator(frame).all():
                assert not part.is_visible(), frame


def test_search_finds_a_word_without_a_server(reader):
    with reader.visit("search.html?q=likelihood", theme="light") as visit:
        visit.page.wait_for_selector("#search-results li a")
        links = visit.page.locator("#search-results li a").evaluate_all("a => a.map(x => x.href)")
        assert any("02_likelihood" in link for link in links)
        assert visit.foreign == []
        assert visit.complaints == []
