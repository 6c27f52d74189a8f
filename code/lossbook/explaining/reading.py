"""Which loss is meant: a name of Keras, PyTorch or scikit-learn, an object, or a head."""

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lossbook.explaining import amounts, classes, comparisons, focal, overlap
from lossbook.explaining.known import Known
from lossbook.heads.base import Head

KNOWN: dict[str, Callable[[np.ndarray, Mapping[str, Any]], Known]] = {
    "binary_crossentropy": classes.binary,
    "categorical_crossentropy": classes.one_hot,
    "sparse_categorical_crossentropy": classes.sparse,
    "kl_divergence": classes.divergence,
    "hinge": classes.hinge,
    "squared_hinge": classes.squared_hinge,
    "categorical_hinge": classes.categorical_hinge,
    "binary_focal_crossentropy": focal.binary,
    "categorical_focal_crossentropy": focal.categorical,
    "dice": overlap.dice,
    "tversky": overlap.tversky,
    "mean_squared_error": amounts.squared,
    "root_mean_squared_error": amounts.root,
    "mean_absolute_error": amounts.absolute,
    "pinball": amounts.pinball,
    "mean_absolute_percentage_error": amounts.percentage,
    "mean_squared_logarithmic_error": amounts.logarithmic,
    "root_mean_squared_logarithmic_error": amounts.root_logarithmic,
    "huber": amounts.huber,
    "log_cosh": amounts.log_cosh,
    "poisson": amounts.poisson,
    "gaussian_nll": amounts.gaussian_nll,
    "cosine_similarity": amounts.cosine,
    "triplet": comparisons.triplet,
    "info_nce": comparisons.candidates,
    "preference": comparisons.preference,
}
"""Keras's name of the function, or our own, → what is known of it on some labels."""
WEIGHTED = {
    "binary_crossentropy": ("pos_weight", "class_weight"),
    "sparse_categorical_crossentropy": ("weight", "class_weight"),
    "categorical_crossentropy": ("weight", "class_weight"),  # which says that it wants numbers
}
"""Weights of classes, for which the best constant is known."""
UNKNOWN = {
    "ctc": "a constant's loss under CTC depends on the number of time steps, which y does not show",
    "categorical_generalized_cross_entropy": "its best constant is not computed here",
    "circle": "it compares the samples of a batch, and the pairs are not in y",
}
"""Losses that are known by name, and of which nothing can be said; why."""
WITHOUT_LABELS = frozenset({"triplet", "preference"})
BY_LABELS = "crossentropy"
"""Categorical cross entropy whose labels may be class numbers or one-hot."""

NAMES: dict[str, tuple[str, ...]] = {
    "binary_crossentropy": (
        "bce",
        "BCELoss",
        "BCEWithLogitsLoss",
        "binary_logloss",
        "log_loss",
        "binary_cross_entropy",
        "binary_cross_entropy_with_logits",
        "MultiLabelSoftMarginLoss",
        "SigmoidBinaryCrossEntropy",
    ),
    "categorical_crossentropy": ("softmax_cross_entropy",),
    "sparse_categorical_crossentropy": (
        "NLLLoss",
        "nll_loss",
        "multi_logloss",
        "SparseCE",
        "softmax_cross_entropy_with_integer_labels",
    ),
    BY_LABELS: ("CrossEntropyLoss", "cross_entropy", "ce"),
    "kl_divergence": ("KLDivLoss", "kld", "kl_div", "kullback_leibler_divergence"),
    "binary_focal_crossentropy": ("focal",),
    "dice": ("dice_loss",),
    "tversky": ("tversky_loss",),
    "mean_squared_error": ("mse", "MSELoss", "mse_loss", "l2", "squared_error"),
    "root_mean_squared_error": ("rmse",),
    "mean_absolute_error": ("mae", "L1Loss", "l1_loss", "l1", "absolute_error"),
    "mean_absolute_percentage_error": ("mape",),
    "mean_squared_logarithmic_error": ("msle",),
    "root_mean_squared_logarithmic_error": ("rmsle",),
    "pinball": ("quantile", "quantile_loss", "pinball_loss", "mean_pinball_loss", "tilted"),
    "huber": ("HuberLoss", "huber_loss", "SmoothL1Loss", "smooth_l1_loss"),
    "log_cosh": ("logcosh",),
    "poisson": ("PoissonNLLLoss", "poisson_nll_loss"),
    "gaussian_nll": ("GaussianNLLLoss", "gaussian_nll_loss"),
    "triplet": ("TripletMarginLoss", "triplet_margin_loss", "TripletSemiHardLoss"),
    "info_nce": ("InfoNCE", "NTXent", "NTXentLoss", "clip_loss"),
    "preference": ("dpo", "DPO", "bradley_terry", "reward_model"),
}
OPTIONS = (
    "reduction",
    "delta",
    "beta",
    "margin",
    "label_smoothing",
    "ignore_index",
    "full",
    "eps",
    "log_target",
    "weight",
    "pos_weight",
)
"""What a loss of PyTorch is asked for."""


def _plain(name: str) -> str:
    """A name without its library, capitals and underscores."""
    return name.rsplit(".", 1)[-1].replace("_", "").replace("-", "").replace(" ", "").lower()


ALIASES = {_plain(kind): kind for kind in (*KNOWN, BY_LABELS)} | {
    _plain(name): kind for kind, names in NAMES.items() for name in names
}


@dataclass(frozen=True)
class Read:
    """A loss as far as it is known; `head` is set for a head's, else `kind` is in KNOWN."""

    text: str
    kind: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    head: Head | None = None


def read(loss: Any, y: np.ndarray | None, given: Mapping[str, Any]) -> Read:
    """The loss behind a name, an object or a head, with the options that were given beside it.

    Raises ValueError for one that is not known.
    """
    found = _read(loss, y, dict(given))
    if found.head is not None and {"level", "class_weight"} & set(given):
        raise ValueError(f"{found.text}: a head has no level or class_weight beside its own")
    return found


def _read(loss: Any, y: np.ndarray | None, given: dict[str, Any]) -> Read:
    if isinstance(loss, str):
        return _named(loss, given, y)
    if isinstance(loss, Head):
        return Read(f"{loss!r}.loss", head=loss)
    if isinstance(loss, type):
        raise ValueError(f"give {loss.__name__} as an object, {loss.__name__}(), or by its name")
    if any(base.__module__.startswith("torch.nn") for base in type(loss).__mro__):
        found = {name: getattr(loss, name) for name in OPTIONS if hasattr(loss, name)}
        return _named(type(loss).__name__, {**found, **given}, y)
    from lossbook.pairing import losses

    known = losses.read(loss, (None, 1))
    if known.head is not None:
        return Read(known.text, head=known.head)
    options = {**known.options, **given}
    reduction = getattr(loss, "reduction", None)
    if reduction == "sum":
        options["reduction"] = "sum"
    return _checked(Read(known.text, known.kind, options))


def _named(name: str, options: dict[str, Any], y: np.ndarray | None) -> Read:
    kind = ALIASES.get(_plain(name))
    for unknown, why in UNKNOWN.items():
        if _plain(name) in (_plain(unknown), f"{_plain(unknown)}loss"):
            raise ValueError(f"{name}: what a constant has is not known: {why}")
    if kind is None:
        close = difflib.get_close_matches(_plain(name), ALIASES, n=1)
        hint = f"; did you mean {ALIASES[close[0]]!r}?" if close else ""
        raise ValueError(
            f"{name!r} is no loss that is known here{hint} Known are the heads of lossbook.heads, "
            f"and {', '.join(KNOWN)}"
        )
    if kind == BY_LABELS:
        integers = y is not None and (y.ndim < 2 or y.shape[-1] == 1 or _whole(y))
        kind = "sparse_categorical_crossentropy" if integers else "categorical_crossentropy"
    if _plain(name) in ("smoothl1loss", "smoothl1") and options.get("beta") is None:
        options = {**options, "beta": 1.0}
    return _checked(Read(name, kind, options))


def _whole(y: np.ndarray) -> bool:
    """Whether labels of several axes are class numbers, as for the pixels of a picture."""
    return bool((y == np.round(y)).all() and y.max() > 1)


def _checked(found: Read) -> Read:
    if found.kind in UNKNOWN:
        raise ValueError(f"{found.text}: what a constant has is not known: {UNKNOWN[found.kind]}")
    if found.kind not in KNOWN:
        raise ValueError(
            f"{found.text} is no loss that is known here; known are the heads of lossbook.heads, "
            f"and {', '.join(KNOWN)}"
        )
    if found.options.get("reduction") in ("sum", "none"):
        raise ValueError(
            f"{found.text}: with reduction={found.options['reduction']!r} there is no mean loss; "
            "give the mean over the samples, and the loss without that option"
        )
    allowed = WEIGHTED.get(found.kind, ())
    for name in ("weight", "pos_weight", "class_weight"):
        if found.options.get(name) is not None and name not in allowed:
            raise ValueError(
                f"{found.text}: what {name} makes of a constant is not known here; evaluate the "
                "model without it, and give the loss without it"
            )
    return found
