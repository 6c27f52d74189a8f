"""Outputs from the sandbox, rebuilt from scratch: text and PNG pictures, nothing else."""

import base64
import binascii
import re
import struct
from typing import Any

MOST_TEXT = 25_000
MOST_PICTURE = 500_000
MOST_PIXELS = 40_000_000
"""A few kilobytes of PNG can be gigabytes in the browser of whoever opens the page."""
MOST_OUTPUTS = 30
COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def text(value: Any, most: int = MOST_TEXT) -> str:
    """Printable text of bounded length, whatever came."""
    if isinstance(value, list):
        value = "".join(part for part in value if isinstance(part, str))
    if not isinstance(value, str):
        return ""
    value = CONTROL.sub("", COLOURS.sub("", value[:most]))
    return value.encode("utf-8", "replace").decode("utf-8")  # lone surrogates


def line(value: Any, most: int = 300) -> str:
    """One line that cannot move a cursor, turn text round or set a title, whatever came."""
    shown = str(value)[:most]
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in shown)


def clean(outputs: Any) -> list[dict[str, Any]]:
    """One cell's outputs in nbformat 4; what is malformed is left out."""
    kept: list[dict[str, Any]] = []
    for output in outputs[:MOST_OUTPUTS] if isinstance(outputs, list) else []:
        kind = output.get("output_type") if isinstance(output, dict) else None
        if kind == "stream":
            name = "stderr" if output.get("name") == "stderr" else "stdout"
            kept.append({"output_type": kind, "name": name, "text": text(output.get("text"))})
        elif kind == "error":
            lines = output.get("traceback")
            kept.append(
                {
                    "output_type": kind,
                    "ename": text(output.get("ename"), 200),
                    "evalue": text(output.get("evalue"), 1000),
                    "traceback": [text(line, 5000) for line in lines[:40]]
                    if isinstance(lines, list)
                    else [],
                }
            )
        elif kind == "display_data" and isinstance(output.get("data"), dict):
            data = _data(output["data"])
            if data:
                kept.append({"output_type": kind, "data": data, "metadata": {}})
    return kept


def _data(data: dict[str, Any]) -> dict[str, str]:
    kept = {}
    if "text/plain" in data:
        kept["text/plain"] = text(data["text/plain"])
    picture = data.get("image/png")
    if isinstance(picture, str) and len(picture) <= MOST_PICTURE:
        try:
            body = base64.b64decode(picture, validate=False)
        except (binascii.Error, ValueError):
            return kept
        if body.startswith(b"\x89PNG\r\n") and len(body) >= 24:
            width, height = struct.unpack(">II", body[16:24])
            if width * height <= MOST_PIXELS:
                kept["image/png"] = base64.b64encode(body).decode()  # nothing but base64
            else:
                kept["text/plain"] = f"(not kept: a picture of {width} x {height} pixels)"
    return kept
