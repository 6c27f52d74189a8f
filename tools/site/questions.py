"""Put people's questions to the site's own search, and their words to `choose`: `make questions`.

Prints, question by question, where the first right section stands among the results; and totals.
"""

import sys
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import lossbook
from browsing import FLAGS, ROOT, SITE, chromium
from playwright.sync_api import Page, sync_playwright

FOLDER = ROOT / "tests" / "search"
WORDS = ROOT / "tests" / "chooser" / "words"
FIRST = 3
"""A right section must be among as many results."""


@dataclass(frozen=True)
class Question:
    """The words typed, and the labels of the pages and sections that answer them."""

    words: str
    right: tuple[str, ...]


def questions(name: str = "handed") -> list[Question]:
    """The questions handed over with the project, or a list of `asked.toml` by its name."""
    file = FOLDER / ("questions.toml" if name == "handed" else "asked.toml")
    found = tomllib.loads(file.read_text(encoding="utf-8"))
    entries = found["question" if name == "handed" else name]
    return [Question(one["words"], tuple(one["right"])) for one in entries]


def results(page: Page, words: str) -> list[list[str]]:
    """The labels that lead to each result of the search page for some words, best first."""
    page.locator(".search-field input").fill(words)
    page.locator(".search-field button").click()
    links = page.locator("#search-results .found > li > a:first-child")
    addresses = links.evaluate_all("a => a.map(x => x.getAttribute('href'))")
    labels: dict[str, list[str]] = page.evaluate(
        "Object.fromEntries(lossbookSections.sections.map((one) => [one.u, one.l]))"
    )
    # A page may be named by its own label, whichever of its sections is shown first.
    found = [str(address).removeprefix("./") for address in addresses]
    return [[*labels[one], *labels[one.partition("#")[0]]] for one in found]


def rank(found: list[list[str]], right: Iterable[str]) -> int:
    """The place, from 1, of the first result with one of the labels; 0 if there is none."""
    wanted = set(right)
    return next((place for place, labels in enumerate(found, 1) if wanted & {*labels}), 0)


def asked(page: Page, name: str, site: Path = SITE) -> Iterator[tuple[Question, list[list[str]]]]:
    """Each question of a list with what the search of the site finds, opened from disk."""
    page.goto((site / "search.html").as_uri())
    for question in questions(name):
        yield question, results(page, question.words)


def _search(page: Page, name: str, site: Path) -> str:
    good = total = nothing = 0
    for question, found in asked(page, name, site):
        place = rank(found, question.right)
        good += 0 < place <= FIRST
        nothing += not found
        total += 1
        shown = ", ".join(labels[0] if labels else "?" for labels in found[:FIRST])
        print(f"{place or '-':>3}  {question.words:60}  {shown}")
    return (
        f"{name}: {good} of {total} have a right section among the first {FIRST}, "
        f"{nothing} have no result"
    )


def _choose(name: str) -> str:
    lines = (WORDS / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    proposed = 0
    for words in (line.partition(": ")[0] for line in lines):
        try:
            kinds = dict.fromkeys(row.y for row in lossbook.choose(words))
        except ValueError:
            kinds = {}
        proposed += bool(kinds)
        print(f"     {words:60}  {', '.join(kinds) or 'the choices are listed'}")
    return f"choose, {name}: {proposed} of {len(lines)} get a proposal"


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
    totals = [_choose(path.stem) for path in sorted(WORDS.glob("*.txt"))]
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=FLAGS)
        page = browser.new_page()
        lists = ("handed", "tuned", "held_out", "fresh", "later")
        totals += [_search(page, name, site) for name in lists]
        browser.close()
    print("\n".join(totals))
    return 0


if __name__ == "__main__":
    sys.exit(main())
