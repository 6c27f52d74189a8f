"""The laboratory's experiments: `python -m workshop.experiments --help`."""

from workshop.experiments.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
