"""The laboratory's experiments: `python -m lossbook.experiments --help`."""

from lossbook.experiments.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
