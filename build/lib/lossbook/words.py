"""What text calls an activation."""

from collections.abc import Iterable


def activation_words(names: Iterable[str]) -> str:
    """Names of links as a reader meets them: "linear" is "none", `unit_scale` is "unit scale"."""
    return ", ".join("none" if name == "linear" else name.replace("_", " ") for name in names)
