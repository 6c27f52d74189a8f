"""Interactive figures that run wholly in the page: one short line in a cell each.

    from lossbook import explore
    explore.temperature(logits)

Each function draws the still picture and says what its script starts from; the scripts are in
`lossbook.site.explore`. A function's module is imported when it is first asked for, so that a
chapter is executed again only when its own figures change.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lossbook.explore.choose import choose
    from lossbook.explore.clip import clip
    from lossbook.explore.fit_by_hand import fit_by_hand
    from lossbook.explore.losses import losses
    from lossbook.explore.quantile import quantile
    from lossbook.explore.several import several
    from lossbook.explore.surface import surface
    from lossbook.explore.surprise import surprise
    from lossbook.explore.temperature import temperature

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
