"""Put people's questions to the site's own search and to `choose`: `make questions`.

Prints, question by question, where the first right page stands among the results, and the total.
"""

import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from browsing import FLAGS, ROOT, SITE, chromium
from playwright.sync_api import Page, sync_playwright

QUESTIONS = ROOT / "tests" / "search" / "questions.toml"
FIRST = 3
"""A right page must be among as many results."""


@dataclass(frozen=True)
class Question:
    """What somebody asked, the words typed, and the names of the pages that answer it."""

    number: int
    asked: str
    words: str
    pages: tuple[str, ...]


def questions(path: Path = QUESTIONS) -> list[Question]:
    found = tomllib.loads(path.read_text(encoding="utf-8"))["question"]
    return [Question(**{**one, "pages": tuple(one["pages"])}) for one in found]


def results(page: Page, words: str) -> list[str]:
    """The addresses that the search page shows for some words, best first."""
    page.locator(".search-field input").fill(words)
    page.locator(".search-field button").click()
    links = page.locator("#search-results .found a")
    return [str(link) for link in links.evaluate_all("a => a.map(x => x.getAttribute('href'))")]


def rank(found: list[str], pages: tuple[str, ...]) -> int:
    """The place, from 1, of the first result on one of the pages; 0 if there is none.

    A page may be named with an anchor, `questions#q-nan`, and then only that section is right.
    """
    for place, address in enumerate(found, start=1):
        name, _, anchor = address.partition("#")
        if {Path(name).stem, f"{Path(name).stem}#{anchor}"} & set(pages):
            return place
    return 0


def asked(page: Page, site: Path = SITE) -> Iterator[tuple[Question, list[str]]]:
    """Each question with what the search of the site finds, opened from disk."""
    page.goto((site / "search.html").as_uri())
    for question in questions():
        yield question, results(page, question.words)


def main() -> int:
    site = Path(sys.argv[1]) if len(sys.argv) > 1 else SITE
    if not (site / "search.html").exists():
        print("error: the site is not built; run `make book`", file=sys.stderr)
        return 2
    program = chromium()
    if program is None:
        print(
            "error: there is no Chromium here (Debian: apt-get install chromium)", file=sys.stderr
        )
        return 2
    good = total = 0
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=FLAGS)
        for question, found in asked(browser.new_page(), site):
            place = rank(found, question.pages)
            good += 0 < place <= FIRST
            total += 1
            print(
                f"{question.number:3} {question.words:45} {place or '-':>3}  {', '.join(found[:3])}"
            )
        browser.close()
    print(f"{good} of {total} have a right page among the first {FIRST}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
