"""`make lighthouse`: every page measured, a table in `_build/lighthouse.md`, exit 1 below limits.

Usage: lighthouse.py VERSION [--again] [--only PART_OF_A_PAGE'S_NAME …]

What was measured is kept in `_build/lighthouse.json` and not measured again while the page and the
styles and scripts of the site are the same, so that a run that was cut off goes on where it was;
`--again` measures all of them. One Chromium and one Lighthouse serve for all pages.
"""

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from browsing import FLAGS, ROOT, SITE, chromium, page_names
from serving import served

SURE = {"accessibility": 100, "best-practices": 100, "seo": 100}
LIMITS = {"desktop": {"performance": 95} | SURE, "mobile": {"performance": 90} | SURE}
TRIES = 3
"""A page below a limit for its speed is measured again: other work on the machine only slows it."""
TABLE, KEPT = ROOT / "_build" / "lighthouse.md", ROOT / "_build" / "lighthouse.json"
HEAD = "| page | device | performance | accessibility | best practices | SEO | bytes |\n"


class Lighthouse:
    """Lighthouse running beside this program, and the Chromium that it drives."""

    def __init__(self, browser: subprocess.Popen, runner: subprocess.Popen) -> None:
        self.browser, self.runner = browser, runner

    def measure(self, address: str, device: str) -> dict[str, Any]:
        """Scores in percent, bytes, and what fell short. Raises SystemExit if it cannot be run."""
        assert self.runner.stdin
        assert self.runner.stdout
        self.runner.stdin.write(json.dumps({"address": address, "device": device}) + "\n")
        self.runner.stdin.flush()
        line = self.runner.stdout.readline()
        if not line:
            raise SystemExit("error: Lighthouse ended; it needs Node 20 or newer")
        return json.loads(line)


@contextmanager
def running(version: str, program: str) -> Iterator[Lighthouse]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        flags = ["--headless=new", "--remote-debugging-port=0", f"--user-data-dir={profile}"]
        browser = subprocess.Popen(
            [program, *flags, *FLAGS, "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        said = Path(profile) / "DevToolsActivePort"
        deadline = time.monotonic() + 60
        while not said.exists() or not said.read_text().strip():
            if time.monotonic() > deadline or browser.poll() is not None:
                raise SystemExit("error: Chromium did not start")
            time.sleep(0.1)
        port = said.read_text().split()[0]
        command = ["npx", "--yes", f"--package=lighthouse@{version}", "--", "node"]
        command += [str(Path(__file__).with_suffix(".mjs")), port, *LIMITS["mobile"]]
        runner = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=dict(os.environ)
        )
        try:
            yield Lighthouse(browser, runner)
        finally:
            assert runner.stdin
            runner.stdin.close()
            runner.wait(30)
            browser.terminate()
            browser.wait(30)


def below(device: str, scores: dict[str, int]) -> dict[str, int]:
    """The categories whose score is below the limit."""
    limits = LIMITS[device]
    return {name: scores[name] for name, least in limits.items() if scores[name] < least}


def state(page: str) -> str:
    """A digest of the page and of what every page loads."""
    files = [SITE / page, *sorted((SITE / "_static").rglob("*.css")), SITE / "_static/course.js"]
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def row(page: str, device: str, found: dict[str, Any]) -> str:
    scores = " | ".join(map(str, found["scores"].values()))
    return f"| {page} | {device} | {scores} | {found['bytes']:,} |"


def best(lighthouse: Lighthouse, address: str, page: str, device: str) -> dict[str, Any]:
    """The page's best result of up to `TRIES`; what does not hang on speed is not tried again."""
    found: dict[str, Any] = {}
    for _ in range(TRIES):
        now = lighthouse.measure(address + page, device)
        if "error" in now:
            found = found or now
            continue
        if "scores" not in found or sum(now["scores"].values()) > sum(found["scores"].values()):
            found = now
        if set(below(device, found["scores"])) != {"performance"}:
            break
    if "error" in found:
        raise SystemExit(f"Lighthouse failed on {page} ({device}): {found['error']}")
    return found


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("version")
    options.add_argument("--only", nargs="+", default=[])
    options.add_argument("--again", action="store_true")
    asked = options.parse_args()
    program = chromium()
    if program is None or shutil.which("npx") is None:
        print("error: Chromium and Node's npx are needed", file=sys.stderr)
        return 2
    pages = [n for n in page_names() if not asked.only or any(w in n for w in asked.only)]
    if not pages:
        print("error: no such page; is the site built (make book)?", file=sys.stderr)
        return 2
    kept = json.loads(KEPT.read_text()) if KEPT.exists() and not asked.again else {}
    poor, rows, began = [], [], time.monotonic()
    with served(SITE) as address, running(asked.version, program) as lighthouse:
        for count, page in enumerate(pages, 1):
            for device in LIMITS:
                key = f"{page} {device}"
                found = kept.get(key)
                fresh = found and found["state"] == state(page)
                if not fresh or below(device, found["scores"]):
                    found = best(lighthouse, address, page, device) | {"state": state(page)}
                    kept[key] = found
                    KEPT.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
                missed = below(device, found["scores"])
                rows.append(row(page, device, found))
                TABLE.write_text(
                    HEAD + "| --- " * 7 + "|\n" + "\n".join(rows) + "\n", encoding="utf-8"
                )
                if missed:
                    poor.append(f"{page} ({device}): {missed}: {'; '.join(found['failed'])}")
                took = time.monotonic() - began
                print(f"{count}/{len(pages)} {took:4.0f} s {rows[-1]}", flush=True)
    print(f"written to {TABLE}")
    print("\n".join(["below the limits:", *poor]) if poor else "every page is within the limits")
    return bool(poor)


if __name__ == "__main__":
    sys.exit(main())
