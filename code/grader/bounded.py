"""JSON of strangers: a few bytes of it can be many objects, and an object takes some 70 bytes."""

import json
from typing import Any

MOST_IN_A_FRAME = 1_500_000
"""Lists, dicts and commas. No frame that the runner sends has more, whatever a cell prints."""
MOST_IN_A_NOTEBOOK = 4_000_000
"""Pictures that are kept as data have the most: one comma a number."""


class TooMany(ValueError):
    """It has more parts than are allowed."""


def loads(body: bytes | str, most: int) -> Any:
    """As `json.loads`; `TooMany`, before anything is made of it, if it has more parts."""
    text = body if isinstance(body, str) else body.decode("utf-8")
    if text.count("{") + text.count("[") + text.count(",") > most:
        raise TooMany(f"more than {most} lists, dicts and commas")
    return json.loads(text)
