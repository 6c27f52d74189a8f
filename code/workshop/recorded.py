"""Results of long runs, kept in `data/recorded/` with what they were made with.

The book shows them beside its own when it is built without real CIFAR-10, and instead of runs that
are too long to repeat at each build.
"""

import importlib.metadata
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workshop.files import write_whole

_CHECKOUT = Path(__file__).resolve().parents[2] / "data" / "recorded"
FOLDER = _CHECKOUT if _CHECKOUT.is_dir() else Path(__file__).with_name("results")
"""In a checkout `data/recorded`; in an installed wheel the copy that `code/setup.py` put there."""
DIGITS = 6
LIBRARIES = ("tensorflow", "keras", "numpy", "scipy")
"""Whose versions a result is kept with; the library's own is added."""


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
    """Write `values` (numbers, lists, dictionaries; NumPy arrays become lists), whole or not.

    Raises ValueError if a number is not finite: such a result is not worth keeping.
    """
    record = {
        "source": source,
        "seeds": seeds,
        "versions": {name: importlib.metadata.version(name) for name in (*LIBRARIES, "lossbook")},
        "values": _plain(values),
    }
    path = folder / f"{name}.json"
    write_whole(path, _json(record) + "\n")
    return path


def load(name: str, folder: Path = FOLDER) -> Record:
    """A recorded result by name. Raises RecordError if it is missing or malformed."""
    path = folder / f"{name}.json"
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        found = Record(
            name, record["values"], record["source"], record["seeds"], record["versions"]
        )
        kinds = {"values": dict, "source": str, "seeds": list, "versions": dict}
        for key, kind in kinds.items():
            if not isinstance(record[key], kind):
                raise TypeError(f"{key} is a {type(record[key]).__name__}")
    except FileNotFoundError:
        known = ", ".join(sorted(p.stem for p in folder.glob("*.json"))) or "none"
        raise RecordError(
            f"no recorded result is called {name!r} (there are: {known}); correct the name, or "
            "run the experiment that records it (workshop.experiments)"
        ) from None
    except (ValueError, KeyError, TypeError) as problem:
        raise RecordError(
            f"{path.name} in data/recorded is damaged ({problem}); restore it from version control"
        ) from problem
    return found


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


def _json(value: Any, indent: str = "") -> str:
    """Indented, but each list of numbers on one line, so that a diff can be read."""
    inner = indent + " "
    if isinstance(value, dict) and value:
        items = [f"{inner}{json.dumps(key)}: {_json(item, inner)}" for key, item in value.items()]
        return "{\n" + ",\n".join(items) + f"\n{indent}}}"
    if isinstance(value, list) and any(isinstance(item, dict | list) for item in value):
        return "[\n" + ",\n".join(inner + _json(item, inner) for item in value) + f"\n{indent}]"
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
