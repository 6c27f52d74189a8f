"""The table of answers, `answers.toml`, as it stands in the file."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def table() -> dict[str, Any]:
    """The file's tables: `outcomes`, `chapters`, `answer` and `meaning`."""
    text = files("lossbook.chooser").joinpath("answers.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
