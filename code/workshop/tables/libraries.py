"""The same loss in other libraries, as lists for a page."""

from lossbook.boosting import AVAILABLE
from lossbook.catalogue.libraries import FACTORS, LIBRARIES, LINES, Line

from workshop.tables.catalogue import Listing

REDUCTIONS = {
    "mean": "averaged over the batch",
    "none": "one number a sample",
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
            "The fitted model is the minimum of the head's loss"
            + (", and its likelihood is the head's." if line.likelihood else ".")
        )
    elif line.kind == "tree":
        said.append(
            f"{relation(line)} for the metric `{line.metric}`; `predict` gives `{line.predicts}`."
        )
    else:
        said.append(f"{relation(line)}, {REDUCTIONS[line.reduction]}.")
    return [*said, f"*Trap:* {line.trap}."]


def lines(head: str) -> Listing:
    """How to write a head's loss, library by library. Raises ValueError if no library has it."""
    found = [line for line in LINES if line.head == head]
    if not found:
        raise ValueError(f"no library has a loss for {head!r}")
    entries = [
        (f"**{library}**", described(line))
        for library in LIBRARIES
        for line in found
        if line.library == library
    ]
    if head in AVAILABLE and not {"LightGBM", "XGBoost"} & {line.library for line in found}:
        trees = "`lossbook.boosting.Objective` is the objective for either; {ref}`libraries-trees`."
        entries.append(("**LightGBM, XGBoost**", [trees]))
    return Listing(entries)


def factors() -> Listing:
    """Why two libraries report different values for the same predictions."""
    entries = []
    for entry in FACTORS:
        other = f"{entry.factor} * there" if entry.factor != "1" else "there"
        shift = f" + mean({entry.shift})" if entry.shift != "0" else ""
        entries.append(
            (
                f"**{entry.title}**",
                [
                    f"`here = {entry.here}`",
                    f"`there = {entry.there}`",
                    f"`here = {other}{shift}`: {entry.why}.",
                ],
            )
        )
    return Listing(entries)
