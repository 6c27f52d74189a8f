"""The built site, served on this machine, and one Chromium to read it with."""

from collections.abc import Iterator

import pytest
from browsing import SITE, Reader, chromium
from playwright.sync_api import sync_playwright
from serving import served


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    if not (SITE / "index.html").exists():
        pytest.skip("the site is not built; run `make book`")
    with served(SITE) as found:
        yield found


@pytest.fixture(scope="session")
def reader(address: str) -> Iterator[Reader]:
    program = chromium()
    if program is None:
        pytest.skip("there is no Chromium here (Debian: apt-get install chromium)")
    with sync_playwright() as driver:
        reader = Reader(driver, program, address)
        yield reader
        reader.close()
