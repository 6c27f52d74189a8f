"""The scheduled link check: every address outside the site that a page links to must answer.

Not part of the tests: it needs the network, and other people's servers.
"""

import sys
import urllib.error
import urllib.request

from browsing import SITE, page_names
from bs4 import BeautifulSoup

WELL = range(200, 400)
ROBOTS_REFUSED = {403, 405, 418, 429, 503}
"""The host is there, and does not want to be asked by a program."""


def status(address: str) -> int | str:
    request = urllib.request.Request(address, headers={"User-Agent": "Mozilla/5.0 (link check)"})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status
    except urllib.error.HTTPError as problem:
        return problem.code
    except (OSError, ValueError) as problem:
        return str(problem)


def main() -> int:
    where: dict[str, str] = {}
    for name in page_names():
        soup = BeautifulSoup((SITE / name).read_text(encoding="utf-8"), "html.parser")
        for link in soup.find_all("a", href=True):
            if link["href"].startswith("http"):
                where.setdefault(link["href"].split("#")[0], name)
    answers = {address: status(address) for address in sorted(where)}
    dead = {a: s for a, s in answers.items() if s not in WELL and s not in ROBOTS_REFUSED}
    for address, said in dead.items():
        print(f"{where[address]}: {address}: {said}")
    print(f"{len(answers)} addresses, {len(dead)} dead")
    return bool(dead)


if __name__ == "__main__":
    sys.exit(main())
