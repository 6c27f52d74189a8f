"""Every head in several sizes, and with each link that one of its parameters takes."""

from collections.abc import Callable

from lossbook import heads
from lossbook.heads import HEADS, Head
from lossbook.links import LINKS

OWN: dict[str, tuple[Callable[[], Head], ...]] = {
    "bernoulli": (heads.Bernoulli,),
    "weibull": (heads.Weibull,),
    "binomial": tuple(lambda n=n: heads.Binomial(size=n, trials=5 * n) for n in (1, 2, 3)),
    "gaussian_mixture": tuple(lambda n=n: heads.GaussianMixture(n) for n in (1, 3, 4)),
}
SMALLEST = {"categorical": 2, "ordinal": 2, "dirichlet": 2, "von_mises_fisher": 2}


def _sizes(name: str) -> tuple[Callable[[], Head], ...]:
    least = SMALLEST.get(name, 1)
    sizes = (least, least + 1, least + 3)
    return OWN.get(name) or tuple(lambda n=n: HEADS[name](size=n) for n in sizes)


SIZED: dict[str, Callable[[], Head]] = {
    f"{name}-{number}": make for name in HEADS for number, make in enumerate(_sizes(name))
}
"""Name of the head and which of its sizes → the head."""


def _linked() -> dict[str, Callable[[], Head]]:
    found = {}
    for name, kind in HEADS.items():
        for parameter in kind.declared:
            for link, link_kind in LINKS.items():
                if link_kind.constraint is parameter.constraint and len(LINKS) > 1:
                    options = {parameter.name: link}
                    try:
                        kind(links=options)
                    except TypeError:
                        continue  # the head takes no other links
                    found[f"{name}-{parameter.name}-{link}"] = lambda kind=kind, options=options: (
                        kind(links=options)
                    )
    return found


LINKED = _linked()
"""Head, parameter and link → the head."""
