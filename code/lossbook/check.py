"""Check a script or a notebook: `python -m lossbook.check FILE.py|FILE.ipynb`.

The file runs in a process of its own up to the first training (`fit` of Keras, scikit-learn,
LightGBM or XGBoost, or the first loss of a PyTorch loop); then its model, loss and labels are
checked. Nothing is trained. Exit status: 0 nothing found, 1 something found, 2 nothing judged.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns its exit status."""
    parser = argparse.ArgumentParser(prog="python -m lossbook.check", description=__doc__)
    parser.add_argument("file", type=Path, help="a Python script or a Jupyter notebook")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument("--seconds", type=float, default=600, help="give up after so long")
    asked = parser.parse_args(arguments)
    if asked.file.suffix not in (".py", ".ipynb") or not asked.file.is_file():
        parser.error(f"{asked.file} is no Python script and no notebook")
    with tempfile.TemporaryDirectory() as folder:
        found = Path(folder) / "report.json"
        environment = {**os.environ, "MPLBACKEND": "Agg", "TF_CPP_MIN_LOG_LEVEL": "3"}
        command = [sys.executable, "-m", "lossbook.pairing.running"]
        try:
            done = subprocess.run(
                [*command, str(asked.file.resolve()), str(found)],
                cwd=asked.file.resolve().parent, env=environment, timeout=asked.seconds,
                stdin=subprocess.DEVNULL, capture_output=True,
                text=True, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            print(f"{asked.file}: no training began within {asked.seconds:g} s", file=sys.stderr)
            return 2
        if not found.exists():
            last = (done.stderr.strip().splitlines() or ["it ended without training anything"])[-1]
            print(f"{asked.file}: not judged: {last}", file=sys.stderr)
            return 2
        report = json.loads(found.read_text())
    print(json.dumps(report, indent=2) if asked.json else f"{asked.file}\n{report['text']}")
    if not report["judged"]:
        return 2
    return 1 if report["findings"] else 0


if __name__ == "__main__":
    sys.exit(main())
