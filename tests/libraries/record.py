"""Writes data/recorded/libraries.json: what each line of the table differed by, with what versions.

`make test-libraries RECORD=1` runs it after the tests have passed.
"""

import datetime
import json
import warnings
from pathlib import Path

import alternatives
import conftest  # noqa: F401  one thread for each library
import running
from lossbook.catalogue.library_losses import LOSSES

FILE = Path(__file__).resolve().parents[2] / "data" / "recorded" / "libraries.json"


def main() -> None:
    # PyTorch's warning on the default of KLDivLoss is what that line is about.
    warnings.filterwarnings("ignore", message="reduction: 'mean' divides")
    values = {
        "date": datetime.date.today().isoformat(),
        "lines": {line.key: float(f"{running.difference(line):.1e}") for line in running.LINES},
        "factors": {
            entry.title: float(f"{running.factor_difference(entry):.1e}")
            for entry in running.FACTORS
        },
    }
    values["alternatives"] = {
        entry.key: round(alternatives.agreement(entry)[0], 2) for entry in alternatives.NONE
    }
    values["losses"] = [f"{entry.library} {entry.name}" for entry in LOSSES]
    record = {
        "source": f"{running.N} drawn samples a head",
        "seeds": [3],
        "versions": running.versions(),
        "values": values,
    }
    FILE.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    apart = max([*values["lines"].values(), *values["factors"].values()])
    least = min(values["alternatives"].values())
    print(f"{len(values['lines'])} lines and {len(values['factors'])} factors")
    print(f"largest difference: {apart:.0e} nats")
    print(f"{len(values['alternatives'])} alternatives, least correlation with the truth: {least}")
    print(f"{len(values['losses'])} losses of the libraries")


if __name__ == "__main__":
    main()
