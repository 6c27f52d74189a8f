"""`make lighthouse`: every page measured, a table in `_build/lighthouse.md`, exit 1 below limits.

Usage: lighthouse.py VERSION [PART_OF_A_PAGE'S_NAME …]
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from browsing import FLAGS, ROOT, SITE, chromium, page_names
from serving import served

LIMITS = {
    "desktop": {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 100},
    "mobile": {"performance": 90, "accessibility": 100, "best-practices": 100, "seo": 100},
}
TRIES = 3
"""A page below a limit is measured again: other work on the machine only makes it slower."""
NOT_FOUND_BY_SEARCH = "search.html"
"""Asks not to be indexed, so that its SEO score says nothing."""


def measure(version: str, program: str, address: str, device: str) -> tuple[dict, int, list[str]]:
    """Scores in percent by category, bytes transferred, and what failed, for one load of a page."""
    command = ["npx", "--yes", f"lighthouse@{version}", address, "--quiet", "--output=json"]
    command += [f"--chrome-flags=--headless=new {' '.join(FLAGS)}"]
    command += [f"--only-categories={','.join(LIMITS[device])}"]
    if device == "desktop":
        command.append("--preset=desktop")
    done = subprocess.run(
        command, env=os.environ | {"CHROME_PATH": program}, capture_output=True, text=True
    )
    if done.returncode:
        raise SystemExit(f"lighthouse failed on {address}:\n{done.stderr[-2000:]}")
    report = json.loads(done.stdout)
    scores = {name: round(100 * report["categories"][name]["score"]) for name in LIMITS[device]}
    failed = [
        one["id"]
        for one in report["audits"].values()
        if one["score"] == 0 and one["scoreDisplayMode"] == "binary"
    ]
    weight = report["audits"]["total-byte-weight"]["numericValue"]
    return scores, round(weight), failed


def below(page: str, device: str, scores: dict) -> dict[str, int]:
    """The categories whose score is below the limit."""
    limits = dict(LIMITS[device])
    if page == NOT_FOUND_BY_SEARCH:
        del limits["seo"]
    return {name: scores[name] for name, least in limits.items() if scores[name] < least}


def main() -> int:
    version, wanted = sys.argv[1], sys.argv[2:]
    program = chromium()
    if program is None or shutil.which("npx") is None:
        print("error: Chromium and Node's npx are needed", file=sys.stderr)
        return 2
    pages = [name for name in page_names() if not wanted or any(w in name for w in wanted)]
    rows = ["| page | device | performance | accessibility | best practices | SEO | bytes |"]
    rows.append("| --- | --- | --- | --- | --- | --- | --- |")
    poor = []
    table = Path(ROOT / "_build" / "lighthouse.md")
    with served(SITE) as address:
        for page in pages:
            for device in LIMITS:
                for _ in range(TRIES):
                    scores, weight, failed = measure(version, program, address + page, device)
                    missed = below(page, device, scores)
                    if not missed:
                        break
                rows.append(
                    f"| {page} | {device} | {' | '.join(map(str, scores.values()))} | {weight:,} |"
                )
                print(rows[-1], *failed, flush=True)
                table.write_text("\n".join(rows) + "\n", encoding="utf-8")
                poor += [f"{page} ({device}): {missed}"] if missed else []
    print(f"written to {table}")
    print("\n".join(["below the limits:", *poor]) if poor else "every page is within the limits")
    return bool(poor)


if __name__ == "__main__":
    sys.exit(main())
