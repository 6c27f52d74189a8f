"""Interactive figures that run wholly in the page: one short line in a cell each.

    from workshop import explore
    explore.temperature(logits)

Each function draws the still picture and says what its script starts from; the scripts are in
`press.extensions.explore`. A function's module is imported when it is first asked for, so that a
chapter is executed again only when its own figures change.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workshop.explore.choose import choose
    from workshop.explore.clip import clip
    from workshop.explore.fit_by_hand import fit_by_hand
    from workshop.explore.losses import losses
    from workshop.explore.quantile import quantile
    from workshop.explore.several import several
    from workshop.explore.surface import surface
    from workshop.explore.surprise import surprise
    from workshop.explore.temperature import temperature

__all__ = [
    "choose",
    "clip",
    "fit_by_hand",
    "losses",
    "quantile",
    "several",
    "surface",
    "surprise",
    "temperature",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # The module and its function share their name; the function replaces the module here.
    found = getattr(importlib.import_module(f"{__name__}.{name}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted(__all__)
