"""One metric against an output, its loss and its labels: what it would say wrongly."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from lossbook._lazy import keras
from lossbook.links.elementwise import Sigmoid
from lossbook.pairing import lines
from lossbook.pairing.endings import Ending
from lossbook.pairing.losses import BINARY, HINGE, ONE_HOT, REGRESSION, SPARSE, Loss
from lossbook.pairing.ranges import Range
from lossbook.pairing.report import Change, Finding
from lossbook.pairing.shapes import counted
from lossbook.pairing.values import minus_one, one_hot, said

THRESHOLD = frozenset(
    {"BinaryAccuracy", "BinaryIoU", "Precision", "Recall", "TruePositives", "TrueNegatives",
     "FalsePositives", "FalseNegatives"}
)  # fmt: skip
"""Metrics that cut the output at a threshold, 0.5 unless told otherwise."""

CLASSES = frozenset({"bernoulli", "binomial", "independent_bernoullis", "categorical", "ordinal"})
"""Heads of which an answer is a class."""

ACCURACY = frozenset(
    {"BinaryAccuracy", "CategoricalAccuracy", "SparseCategoricalAccuracy", "Accuracy"}
)
ERRORS = frozenset(
    {"MeanSquaredError", "MeanAbsoluteError", "RootMeanSquaredError", "R2Score",
     "MeanAbsolutePercentageError", "MeanSquaredLogarithmicError", "LogCoshError"}
)  # fmt: skip
ENTROPY = frozenset(
    {"BinaryCrossentropy", "CategoricalCrossentropy", "SparseCategoricalCrossentropy"}
)
NEEDS_ONE_HOT = frozenset(
    {"CategoricalAccuracy", "TopKCategoricalAccuracy", "BinaryAccuracy", "Precision", "Recall",
     "AUC", "F1Score", "FBetaScore", "OneHotIoU", "OneHotMeanIoU", "CategoricalCrossentropy",
     "BinaryCrossentropy", "TruePositives", "TrueNegatives", "FalsePositives", "FalseNegatives",
     "MeanSquaredError", "MeanAbsoluteError", "RootMeanSquaredError", "CosineSimilarity",
     "KLDivergence", "CategoricalHinge"}
)  # fmt: skip
SPARSE_TWIN = {
    "CategoricalAccuracy": "SparseCategoricalAccuracy",
    "BinaryAccuracy": "SparseCategoricalAccuracy",
    "TopKCategoricalAccuracy": "SparseTopKCategoricalAccuracy",
    "CategoricalCrossentropy": "SparseCategoricalCrossentropy",
    "BinaryCrossentropy": "SparseCategoricalCrossentropy",
}


def raw(ending: Ending, loss: Loss) -> bool:
    """Whether the model puts out scores, not probabilities."""
    scores = loss.from_logits or loss.kind in HINGE
    head = loss.head if loss.kind == "head" else None
    scores = scores or (head is not None and (head.units == 1 or _labels_apart(loss)))
    return scores and ending.last.range in (Range.REAL, Range.BOUNDED)


def _labels_apart(loss: Loss) -> bool:
    """Whether each output is about a label of its own, with the answers no and yes."""
    several = loss.head is not None and loss.head.name == "independent_bernoullis"
    return loss.kind in BINARY or (loss.kind == "head" and several)


def _code(name: str, **options: Any) -> Change:
    shown = ", ".join(f"{key}={value!r}" for key, value in options.items())
    return lines.metric(f"keras.metrics.{name}({shown})")


def about_labels(
    ending: Ending, loss: Loss, name: str, y: np.ndarray | None, told: Any
) -> Finding | None:
    """Accuracy of labels that are no classes, or -1 and 1."""
    if y is None or not y.size or name not in ACCURACY:
        return None
    values = y.astype(float)
    if not np.isfinite(values).all():
        return None
    if minus_one(values) and (loss.kind in HINGE or loss.kind in REGRESSION):
        return told(
            "metric-signs",
            f"{name} for labels of -1 and 1",
            "the metric turns the output into 0 and 1 before it compares: a label of -1 is never "
            "met, whatever the model says",
            "labels of 0 and 1 (Keras's hinge losses turn them into -1 and 1), and threshold 0",
            lines.labels("y = (y + 1) / 2"),
            _code("BinaryAccuracy", threshold=0.0),
        )
    amounts = loss.kind in REGRESSION | {"poisson"} or loss.kind in BINARY
    classes = np.isin(values, (0, 1)).mean() > 0.9
    if amounts and not classes:
        return told(
            "metric-regression",
            f"{name} of amounts",
            f"{said(values)}; accuracy counts outputs that meet the label exactly (or its largest "
            "entry), which says nothing about the size of an error",
            "an error in the labels' own unit",
            _code("MeanAbsoluteError"),
        )
    return None


def about_head(ending: Ending, loss: Loss, name: str, told: Any) -> Finding | None:
    """An error of raw outputs from which a head makes its prediction, or classes it has not."""
    head = loss.head
    if loss.kind != "head" or head is None:
        return None
    if head.units == 1 and head.name not in CLASSES and name in THRESHOLD | ACCURACY | {"AUC"}:
        return told(
            "metric-head",
            f"{name} of the raw outputs of {head.title}",
            "the metric counts right and wrong classes, of which this head has none",
            "an error of head.predict(head.parameters(model.predict(x))) after training",
            lines.metric(""),
        )
    if name not in ERRORS:
        return None
    probe = np.linspace(-2, 2, 5 * head.units).reshape(5, head.units).astype("float32")
    predicted = np.asarray(head.predict(_numbers(head.parameters(probe))))
    if predicted.size == probe.size and np.allclose(predicted.reshape(probe.shape), probe):
        return None
    return told(
        "metric-head",
        f"{name} of the raw outputs of {head.title}",
        f"the head makes its prediction from {counted(head.units, 'raw output')}; the metric "
        "compares the labels with the raw outputs themselves",
        "the error of head.predict(head.parameters(model.predict(x))) after training",
        lines.metric(""),
    )


def _numbers(parameters: Mapping[str, Any]) -> dict[str, np.ndarray]:
    return {k: np.asarray(keras.ops.convert_to_numpy(v)) for k, v in parameters.items()}


def about_raw(
    ending: Ending, loss: Loss, name: str, options: dict[str, Any], told: Any
) -> Finding | None:
    """Metrics that take probabilities, on raw outputs."""
    scores = raw(ending, loss)
    if name in ENTROPY:
        from_logits = bool(options.get("from_logits", False))
        logits = scores or (loss.from_logits and ending.last.range is Range.REAL)
        squashed = ending.last.range in (Range.UNIT, Range.SIMPLEX)
        if (logits and not from_logits) or (squashed and from_logits):
            return told(
                "metric-logits",
                f"{name} of raw outputs"
                if logits
                else f"{name}(from_logits=True) of probabilities",
                "the metric takes "
                + ("probabilities, the outputs are none" if logits else "raw outputs")
                + ", so it differs from the loss of the same name",
                "the same from_logits in loss and metric",
                _code(name, from_logits=logits),
            )
        return None
    if not scores:
        return None
    if name == "AUC" and not options.get("from_logits", False):
        return told(
            "metric-threshold",
            "AUC of raw outputs, with thresholds between 0 and 1",
            "all scores below 0 and above 1 fall together, and their order is lost",
            "tell it that the outputs are raw",
            _code("AUC", from_logits=True),
        )
    if name not in THRESHOLD or (name == "BinaryAccuracy" and ending.units and _many(loss)):
        return None
    threshold = options.get("threshold", options.get("thresholds"))
    cut = 0.5 if threshold is None else threshold
    if isinstance(cut, list | tuple):
        cut = cut[0] if len(cut) == 1 else None
    half, at_cut = _half(loss, cut or 0.0)
    if cut is None or not 0 <= cut < 1 or abs(cut - half) < 0.01:
        return None
    option = "threshold" if name in ("BinaryAccuracy", "BinaryIoU") else "thresholds"
    more = {"target_class_ids": list(options["target_class_ids"])} if name == "BinaryIoU" else {}
    return told(
        "metric-threshold",
        f"{name} cuts raw outputs at {cut:g}",
        f"a raw output of {half:g} is a probability of one half; {cut:g} is one of "
        f"{at_cut:.2f}, so a sample between the two is counted for the wrong class",
        f"threshold {half:g} for raw outputs",
        _code(name, **more, **{option: half}),
    )


def _half(loss: Loss, cut: float) -> tuple[float, float]:
    """The raw output at a probability of one half, and the probability at a raw output of `cut`."""
    own = loss.head if loss.kind == "head" and loss.head and loss.head.units == 1 else None
    link = own.links[own.declared[0].name] if own else Sigmoid()
    at_cut = keras.ops.convert_to_numpy(link.activation(keras.ops.convert_to_tensor([cut])))
    return round(float(link.inverse(np.array(0.5))), 2), float(at_cut[0])


def _many(loss: Loss) -> bool:
    return loss.kind in SPARSE or loss.kind in ONE_HOT


def about_coding(
    ending: Ending, loss: Loss, name: str, options: dict[str, Any], y: np.ndarray | None,
    chosen: bool, told: Any,
) -> Finding | None:  # fmt: skip
    """Metrics that take the labels or the outputs in another code."""
    units, scores = ending.units or 1, raw(ending, loss)
    half = {"threshold": _half(loss, 0.0)[0]} if scores else {}
    binary = _code("BinaryAccuracy", **half)
    if name == "Accuracy" and loss.kind not in REGRESSION:
        twin = _code("SparseCategoricalAccuracy")
        if loss.kind in ONE_HOT:
            twin = _code("CategoricalAccuracy")
        elif units == 1 or loss.kind in BINARY:
            twin = binary
        return told(
            "metric-coding",
            "Accuracy of outputs that are not class numbers",
            "this metric asks whether output and label are equal, and a probability hardly ever "
            "equals 0 or 1",
            'the accuracy that fits the loss, or the word "accuracy"',
            twin,
        )
    if name in ("MeanIoU", "IoU") and options.get("sparse_y_pred", True) and (
        ending.last.range in (Range.SIMPLEX, Range.UNIT, Range.REAL)
    ):  # fmt: skip
        return _iou(loss, name, options, units, told)
    if loss.kind in BINARY and units == 1:
        if name in ("CategoricalAccuracy", "SparseCategoricalAccuracy", "TopKCategoricalAccuracy"):
            return told(
                "metric-coding",
                f"{name} of one unit",
                "it looks for the largest of several outputs; of one, that is always the first",
                "a threshold for a single unit",
                binary,
            )
        if name in ("F1Score", "FBetaScore") and options.get("threshold") is None:
            return told(
                "metric-coding",
                f"{name} of one unit, without a threshold",
                "without a threshold it takes the largest output for the answer; of one, that is "
                "always the first",
                "a threshold",
                _code(name, threshold=0.5),
            )
        return None
    if _labels_apart(loss) and name == "CategoricalAccuracy" and y is not None:
        several = y.ndim == len(ending.shape) and np.isin(y, (0, 1)).all() and not one_hot(y)
        if several and ending.last.range is not Range.SIMPLEX:
            return told(
                "metric-coding",
                ("accuracy" if chosen else name) + " where several labels may be true",
                "it compares the place of the largest output with that of the first 1 among the "
                "labels, and forgets all others",
                "accuracy label by label (or F1Score)",
                binary,
            )
    if units < 2:
        return None
    if loss.kind in SPARSE and name in NEEDS_ONE_HOT:
        form = SPARSE_TWIN.get(name)
        change = (_code(form),) if form else (
            lines.labels(f"y = keras.utils.to_categorical(y, {units})"),
            lines.loss("categorical_crossentropy", loss.from_logits),
        )  # fmt: skip
        return told(
            "metric-coding",
            f"{name} on class numbers",
            "the metric takes one value per class for each label; a class number is compared with "
            "every output, or with none",
            "the sparse form of the metric"
            if form
            else "a one-hot code of the labels, and the loss that takes it",
            *change,
        )
    if loss.kind in ONE_HOT and name in (
        "SparseCategoricalAccuracy", "SparseTopKCategoricalAccuracy",
        "SparseCategoricalCrossentropy", "BinaryAccuracy",
    ):  # fmt: skip
        if name == "BinaryAccuracy" and units == 2:
            return None
        form = name.removeprefix("Sparse") if name != "BinaryAccuracy" else "CategoricalAccuracy"
        return told(
            "metric-coding",
            f"{name} on one-hot labels",
            "every 0 that is met counts as a success, so it is high for any model"
            if name == "BinaryAccuracy"
            else "the metric takes class numbers; these labels have one value per class",
            "the form of the metric for one-hot labels",
            _code(form),
        )
    return None


def _iou(loss: Loss, name: str, options: dict[str, Any], units: int, told: Any) -> Finding:
    classes = options.get("num_classes", units)
    ids = (
        {"target_class_ids": list(options["target_class_ids"])}
        if name == "IoU" and "target_class_ids" in options
        else {}
    )
    if units == 1:
        change = _code("BinaryIoU", threshold=0.0 if loss.from_logits else 0.5)
    elif loss.kind in SPARSE:
        change = _code(name, num_classes=classes, **ids, sparse_y_pred=False)
    else:
        change = _code(f"OneHot{name}", num_classes=classes, **ids)
    return told(
        "metric-coding",
        f"{name} of outputs that are not class numbers",
        "the metric takes class numbers and cuts the decimals off: probabilities all become class "
        "0",
        "tell it that there is one output per class (or take BinaryIoU for one unit)",
        change,
    )
