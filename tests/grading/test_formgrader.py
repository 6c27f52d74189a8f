"""nbgrader's formgrader in a real browser: marks by clicks, and Generate does no harm."""

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import chromium
from playwright.sync_api import Page, expect, sync_playwright
from test_workflow import RIGHT, Class

PROGRAM = chromium()
SLOW = 240_000
"""Milliseconds: a wait ends as soon as it can, so only what never comes takes as long."""
pytestmark = pytest.mark.skipif(PROGRAM is None, reason="there is no Chromium here")


@pytest.fixture(scope="module")
def rates(tmp_path_factory: pytest.TempPathFactory) -> Class:
    """A class whose written answers wait, and nothing beside the course that nbgrader needs."""
    made = Class(tmp_path_factory.mktemp("formgrader"))
    assert made.command("release", "rates", "--untried") == 0
    for student in ("anna", "ben"):
        made.hand_in(student, "2026-01-09T12:00Z", RIGHT, f"Because, says {student}.")
    assert made.run() == 0
    return made


@pytest.fixture(scope="module")
def address(rates: Class) -> Iterator[str]:
    """`jupyter server` in the course folder, as the manual says, with a home of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    home = rates.root / "home"
    home.mkdir()
    command = [sys.executable, "-m", "jupyter", "server", "--no-browser", f"--port={port}"]
    command += ["--ServerApp.ip=127.0.0.1", "--IdentityProvider.token=", "--allow-root"]
    environment = {**os.environ, "HOME": str(home), "JUPYTER_RUNTIME_DIR": str(home / "runtime")}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    with (rates.root / "log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=rates.course.root, env=environment, stdout=log, stderr=log
        )
        told = home / "runtime" / f"jpserver-{process.pid}.json"
        found, end = "", time.monotonic() + 600
        try:
            while not found:
                assert process.poll() is None, (rates.root / "log").read_text()
                assert time.monotonic() < end, (rates.root / "log").read_text()
                try:  # it takes another port if somebody else has this one by now
                    there = f"http://127.0.0.1:{json.loads(told.read_text())['port']}"
                    urllib.request.urlopen(f"{there}/api/status", timeout=60).close()
                    found = there
                except (OSError, ValueError):
                    time.sleep(0.2)
            yield found
        finally:
            process.terminate()
            process.wait(timeout=60)


@pytest.fixture
def page() -> Iterator[Page]:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=PROGRAM, args=["--no-sandbox"])
        opened = browser.new_page()
        opened.set_default_timeout(SLOW)
        yield opened
        browser.close()


def _open(page: Page, address: str, number: int) -> None:
    """From the list of assignments to one submission, click by click."""
    page.goto(f"{address}/formgrader/gradebook")
    page.get_by_role("link", name="rates").first.click()
    page.wait_for_url(re.compile("/gradebook/rates/?$"))  # the next page has the same link
    page.get_by_role("link", name="rates").last.click()
    page.wait_for_url(re.compile("/gradebook/rates/rates/?$"))
    page.get_by_role("link", name=f"Submission #{number}").click()
    expect(page.locator("input#why")).to_be_enabled(timeout=SLOW)
    # The fields stand before their handlers do: what is typed until the marks are fetched is lost.
    page.wait_for_function("() => formgrader.grades?.loaded && formgrader.comments?.loaded")


def test_marks_given_by_clicks_are_in_the_report(rates: Class, address: str, page: Page):
    assert set(rates.reported().values()) == {4.0}
    given = {}
    for number, points in ((1, "5"), (2, "full")):
        _open(page, address, number)
        text = page.locator("body").inner_text()
        student = "anna" if "says anna" in text else "ben"
        with page.expect_response(lambda said: "/api/grade/" in said.url and said.ok):
            if points == "full":
                page.locator("button.full-credit").last.click()
            else:
                page.locator("input#why").fill(points)
                page.locator("input#why").press("Tab")
        given[student] = 4.0 + (6 if points == "full" else float(points))
    assert len(given) == 2
    assert rates.reported() == given
    assert "0 answers wait for a person" in rates.page()
    assert rates.run("--again") == 0
    assert rates.reported() == given


def test_generate_in_the_browser_does_no_harm(rates: Class, address: str, page: Page):
    path = rates.course.root / "release" / "rates" / "rates.ipynb"
    before, points = path.read_bytes(), rates.reported()
    page.goto(f"{address}/formgrader/manage_assignments")
    with page.expect_response(lambda said: said.url.endswith("/assign"), timeout=SLOW):
        page.locator("tr", has_text="rates").locator("td.assign a").click()
    assert path.read_bytes() != before
    assert rates.run("--again") == 0
    assert path.read_bytes() == before
    assert rates.reported() == points
