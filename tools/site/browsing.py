"""Opening the site's pages in Chromium, as a reader of one theme and one screen does."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page, Playwright, expect

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "_build" / "html"
THEMES = ("light", "dark")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
expect.set_options(timeout=60_000)  # a machine in CI may be loaded


def chromium() -> str | None:
    """The path of a Chromium or Chrome on this machine, if there is one."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((found for found in map(shutil.which, names) if found), None)


def page_names() -> list[str]:
    """Addresses of all pages below the site's root; `index.html` only leads to the first one."""
    found = sorted(str(path.relative_to(SITE)) for path in SITE.rglob("*.html"))
    return [name for name in found if name != "index.html" and not name.startswith("_")]


@dataclass
class Visit:
    """One open page, and what the browser complained of or asked of other hosts."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)


class Reader:
    """One Chromium for all the tests of a process."""

    def __init__(self, driver: Playwright, program: str, address: str) -> None:
        self.address = address
        args = [*FLAGS, "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
        self._browser = driver.chromium.launch(executable_path=program, args=args)

    def close(self) -> None:
        self._browser.close()

    @contextmanager
    def visit(self, name: str, *, theme: str, width: int = 1280) -> Iterator[Visit]:
        """Open the page `name`; requests to other hosts are noted, and come to nothing."""
        context = self._browser.new_context(
            viewport={"width": width, "height": 900}, reduced_motion="reduce"
        )
        choice = (
            f"localStorage.setItem('mode', '{theme}'); localStorage.setItem('theme', '{theme}')"
        )
        context.add_init_script(choice)
        visit = Visit(context.new_page())
        page = visit.page
        page.on(
            "request",
            lambda r: (
                None
                if r.url.startswith((self.address, "data:", "blob:"))
                else visit.foreign.append(r.url)
            ),
        )
        page.on(
            "console",
            lambda m: visit.complaints.append(m.text) if m.type in ("error", "warning") else None,
        )
        page.on("pageerror", lambda problem: visit.complaints.append(str(problem)))
        page.on(
            "response",
            lambda r: visit.complaints.append(f"{r.status} {r.url}") if r.status >= 400 else None,
        )
        page.goto(self.address + name, wait_until="load")
        try:
            yield visit
        finally:
            context.close()
