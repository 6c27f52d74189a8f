"""`lossbook-build`: execute chapters, build the site, renew the reference outputs."""

import argparse
import os
import sys
import time

from press.chapters import BookError, chapters, find_root
from press.quick import leave_out_grammars


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="lossbook-build", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    words = {
        "book": "execute what changed, then write the site",
        "execute": "execute those chapters whose cells, helpers, data or versions changed",
        "reference": "execute what changed, then write the reference outputs of the tests",
        "notebooks": "write every page as a notebook to notebooks/, unless your copy is there",
        "status": "say which chapters would be executed, and why",
    }
    for name, text in words.items():
        command = commands.add_parser(name, help=text, description=text)
        command.add_argument("chapters", nargs="*", help="chapters, by file name; default: all")
        if name not in ("status", "notebooks"):
            command.add_argument("--fresh", action="store_true", help="execute them all anew")
            command.add_argument(
                "--jobs", type=int, help="chapters at a time (default: one per core)"
            )
            command.add_argument("--verbose", action="store_true", help="show all that is said")
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run the command: 0 if all went well, 1 on an error, 2 on bad input, 130 after Ctrl-C."""
    options = _parser().parse_args(arguments)
    leave_out_grammars()
    try:
        return _run(options)
    except BookError as problem:
        print(f"error: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped; the same command goes on from here", file=sys.stderr)
        return 130


def _run(options: argparse.Namespace) -> int:
    root = find_root()
    found = chapters(root, options.chapters)
    if options.command == "status":
        return _status(found)
    if options.command == "notebooks":
        return _notebooks(found)
    began = time.monotonic()
    fresh = options.fresh or os.environ.get("FRESH", "") not in ("", "0")
    if fresh or _stale(found):
        from press.execute import execute

        summary = execute(found, fresh=fresh, jobs=options.jobs)
        for outcome in summary.failed:
            print(f"\n{outcome.chapter.path.name}: {outcome.error}", file=sys.stderr)
        print(summary)
        if summary.failed:
            return 1
    if options.command == "reference":
        return _reference(found)
    if options.command == "book":
        from press import render

        if fresh or not render.is_current(root):
            render.build(root, verbose=options.verbose)
            print(f"the site was written in {time.monotonic() - began:.1f} s in all")
        else:
            print("nothing has changed")
        print(f"open {render.index(root)}")
    return 0


def _stale(found: list) -> bool:
    from press import store

    return any(store.reasons_to_run(chapter) for chapter in found)


def _status(found: list) -> int:
    from press import store

    for chapter in found:
        reasons = store.reasons_to_run(chapter)
        print(f"{chapter.name}: {'run: ' + ', '.join(reasons) if reasons else 'unchanged'}")
    return 0


def _notebooks(found: list) -> int:
    from press.notebooks import copies

    made = copies.write(found)
    kept = len(copies.with_sheets(found)) - len(made)
    print(f"wrote {len(made)} notebooks to {copies.FOLDER}/; kept {kept} that were there")
    return 0


def _reference(found: list) -> int:
    from press import reference

    renewed = [chapter.name for chapter in found if reference.write(chapter)]
    print(f"reference outputs changed: {', '.join(renewed) or 'none'}; review them with git diff")
    return 0


if __name__ == "__main__":
    sys.exit(main())
