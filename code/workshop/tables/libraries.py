"""The same loss in other libraries, as lists for a page."""

from lossbook.catalogue import writing
from lossbook.catalogue.libraries import FACTORS, TABS, Line
from lossbook.catalogue.library_losses import LOSSES, Loss
from lossbook.heads import HEADS

from workshop.tables.catalogue import Listing
from workshop.tables.table import Table

REDUCTIONS = {
    "mean": "averaged over the batch",
    "none": "one number per sample",
    "sum": "summed over the batch",
}


def relation(line: Line) -> str:
    """How the loss relates to the full negative log likelihood, in code."""
    loss = "metric" if line.kind == "tree" else "loss"
    # A metric that is a root is squared by a scale that names the loss once more.
    squared = line.scale.endswith(" * loss")
    scale = line.scale.removesuffix(" * loss")
    term = f"{loss}**2" if squared else loss
    term = term if scale == "1" else f"{scale} * {term}"
    if line.offset == "0":
        return f"`nll = {term}`"
    if line.offset.startswith("-"):
        return f"`nll = {term} - {line.offset[1:]}`"
    return f"`nll = {term} + {line.offset}`"


def described(line: Line) -> list[str]:
    """What a line of the table says, one sentence an entry."""
    said = [f"`{line.write}`"]
    if line.kind == "fit":
        said.append(
            "Fitting it minimises this loss"
            + (", and the likelihood that it reports is the full one." if line.likelihood else ".")
        )
    elif line.kind == "tree":
        said.append(
            f"{relation(line)} for the metric `{line.metric}`; `predict` gives `{line.predicts}`."
        )
    else:
        said.append(f"{relation(line)}, {REDUCTIONS[line.reduction]}.")
    return [*said, f"*Trap:* {line.trap}."]


def lines(head: str) -> Listing:
    """How to write a head's loss, library by library. ValueError if there is no such head."""
    if head not in HEADS:
        raise ValueError(f"there is no head {head!r}")
    entries: list[tuple[str, list[str]]] = []
    for library in TABS:
        found = writing.lines(head, library)
        entries += [(f"**{line.library}**", described(line)) for line in found]
        if not found:
            entries.append((f"**{library}**", [none(head, library)]))
    return Listing(entries)


def none(head: str, library: str) -> str:
    """What to take where a library has no loss for a head."""
    if nearest := writing.instead(head, library):
        return f"None: {nearest.take}."
    name = HEADS[head].__name__
    if library in writing.RUNS_HEADS:
        return f"None: take `lossbook.heads.{name}`, which runs there."
    made = f"heads.{name}(…)" + (", outcomes=y" if HEADS[head]().columns > 1 else "")
    return f"None: take `lossbook.boosting.Objective({made})`; {{ref}}`libraries-trees`."


def losses(library: str) -> Listing:
    """All losses of a library. Raises ValueError if the table has none of it."""
    found = [entry for entry in LOSSES if entry.library == library]
    if not found:
        raise ValueError(f"there are no losses of {library!r} in the table")
    return Listing((f"`{entry.name}`", _about(entry)) for entry in found)


def _about(entry: Loss) -> list[str]:
    density = entry.density or (HEADS[entry.head].title if entry.head else "")
    said = [f"*Density:* {density}."] if density else []
    line = entry.line
    if line and line.kind != "fit":
        said.append(f"{relation(line)}.")
    if entry.why:
        said.append(f"*{'But' if density else 'No likelihood'}:* {entry.why}.")
    if entry.predicts:
        said.append(f"*Predicts* {entry.predicts}.")
    if entry.where:
        said.append(f"*In* {', '.join(f'`{name}`' for name in sorted(entry.where))}.")
    return said


COMPARED = (
    "gaussian", "laplace", "asymmetric_laplace", "huber", "bernoulli", "categorical",
    "independent_bernoullis", "poisson", "exponential", "tweedie",
)  # fmt: skip
"""The heads whose losses most libraries have."""


def scales() -> Table:
    """What each library's loss is to the full negative log likelihood, a row for each loss."""
    libraries = [library for library in TABS if library != "statsmodels"]
    rows = [
        [HEADS[head].title, *(_scale(head, library) for library in libraries)] for head in COMPARED
    ]
    return Table("From the value that is reported to the likelihood", ["Loss", *libraries], rows)


def _scale(head: str, library: str) -> str:
    """The first line that has a value to convert; "none" if all are fits, or there is none."""
    for line in writing.lines(head, library):
        if line.kind != "fit":
            divisor = "" if line.reduction == "mean" else f", {REDUCTIONS[line.reduction]}"
            what = f" of `{line.metric}`" if line.kind == "tree" else ""
            return f"{relation(line)}{what}{divisor}"
    return "none"


def factors() -> Listing:
    """Why two libraries report different values for the same predictions."""
    entries = []
    for entry in FACTORS:
        other = f"{entry.factor} * there" if entry.factor != "1" else "there"
        shift = f" + mean({entry.shift})" if entry.shift != "0" else ""
        here = _side(entry.here, entry.here_library, entry.here_metric)
        there = _side(entry.there, entry.there_library, entry.there_metric)
        said = [f"here: {here}", f"there: {there}", f"`here = {other}{shift}`: {entry.why}."]
        entries.append((f"**{entry.title}**", said))
    return Listing(entries)


def _side(code: str, library: str, metric: str) -> str:
    return f"{library}'s metric `{metric}` for `{code}`" if metric else f"`{code}`"
