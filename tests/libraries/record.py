"""Writes data/recorded/libraries.json: what each line of the table differed by, with what versions.

`make test-libraries RECORD=1` runs it after the tests have passed.
"""

import datetime
import json
import warnings
from pathlib import Path

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
    values["losses"] = [f"{entry.library} {entry.name}" for entry in LOSSES]
    record = {
        "source": f"{running.N} drawn samples a head",
        "seeds": [3],
        "versions": running.versions(),
        "values": values,
    }
    FILE.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(
        f"{len(values['lines'])} lines, the largest difference {max(values['lines'].values()):.0e}"
    )


if __name__ == "__main__":
    main()
