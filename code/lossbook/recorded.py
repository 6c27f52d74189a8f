"""Results of long runs, kept in `data/recorded/` with what they were made with.

The book shows them beside its own when it is built without real CIFAR-10, and instead of runs that
are too long to repeat at each build.
"""

import importlib.metadata
import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[2] / "data" / "recorded"
DIGITS = 6
LIBRARIES = ("tensorflow", "keras", "numpy", "lossbook")


class RecordError(Exception):
    """A recorded result is missing or cannot be read; the message says what to do."""


@dataclass(frozen=True)
class Record:
    """A recorded result: its values, the data it was computed from, seeds and versions."""

    name: str
    values: dict[str, Any]
    source: str
    seeds: list[int]
    versions: dict[str, str]

    def __getitem__(self, key: str) -> Any:
        return self.values[key]

    def describe(self) -> str:
        """One sentence: what it was computed from and with."""
        seeds = "seed" if len(self.seeds) == 1 else "seeds"
        return (
            f"recorded: {self.source}, {seeds} {', '.join(map(str, self.seeds))}, "
            f"TensorFlow {self.versions['tensorflow']}, Keras {self.versions['keras']}"
        )


def save(
    name: str, values: dict[str, Any], *, source: str, seeds: list[int], folder: Path = FOLDER
) -> Path:
    """Write `values` (numbers, lists, dictionaries; NumPy arrays become lists), whole or not."""
    record = {
        "source": source,
        "seeds": seeds,
        "versions": {library: importlib.metadata.version(library) for library in LIBRARIES},
        "values": _plain(values),
    }
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.json"
    handle, temporary = tempfile.mkstemp(dir=folder, prefix=".", suffix=".json")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(record, file, indent=1)
        file.write("\n")
    os.chmod(temporary, 0o644)
    os.replace(temporary, path)
    return path


def load(name: str, folder: Path = FOLDER) -> Record:
    """A recorded result by name. Raises RecordError if it is missing or malformed."""
    path = folder / f"{name}.json"
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        return Record(name, record["values"], record["source"], record["seeds"], record["versions"])
    except FileNotFoundError:
        known = ", ".join(sorted(p.stem for p in folder.glob("*.json"))) or "none"
        raise RecordError(
            f"no recorded result is called {name!r} (there are: {known}); "
            "`make experiments` records them"
        ) from None
    except (json.JSONDecodeError, KeyError, TypeError) as problem:
        raise RecordError(
            f"{path.name} in data/recorded is damaged ({problem}); restore it from version control"
        ) from problem


def _plain(value: Any) -> Any:
    """What JSON can hold, numbers rounded so that the diff of a rerun shows what matters."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if hasattr(value, "tolist"):
        return _plain(value.tolist())
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}")
    return value
