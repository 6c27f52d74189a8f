"""A head's loss as a Keras loss: reduced, weighted, masked, saved and loaded as Keras's own are."""

from typing import Any

from lossbook._lazy import keras, ops
from lossbook.heads.base import Head
from lossbook.heads.registry import HEADS


@keras.saving.register_keras_serializable(package="lossbook")
class HeadLoss(keras.losses.Loss):
    """The mean of a head's `objective` over the samples, for `model.compile(loss=…)`.

    Takes y and raw outputs, both `(n, …)` as the head does, and gives one number, or one a sample
    with `reduction=None`. The configuration names the head and its arguments.

    From raw outputs in float16, as layers give them under the policies mixed_float16 and float16,
    the loss is float32's of the same numbers, and finite for outcomes of ordinary size. Its
    gradient is float32's rounded to float16, where it is infinite above 65504 and 0 below 3e-8.
    Within ±2 that happens to none but a MultivariateGaussian of four numbers or more; within ±100
    to Exponential, Gamma, GaussianMixture, GaussianScale, InverseGaussian, MultivariateGaussian
    and Weibull, which divide by a parameter that may be tiny.
    Under mixed_float16 Keras's LossScaleOptimizer leaves out such a step; under float16 alone it
    spoils the weights.

    Models with it are saved, loaded, copied and pickled like others. `model.export` leaves the
    loss out; what it serves are raw outputs, for `head.parameters`. Of Keras's wrappers for
    scikit-learn, SKLearnRegressor takes heads with one raw output, since its `predict` drops the
    last axis; SKLearnClassifier makes one-hot labels, which heads refuse: there Keras's
    CategoricalCrossentropy is the loss.
    """

    def __init__(
        self,
        head: Any,
        name: str | None = None,
        reduction: str | None = "sum_over_batch_size",
        dtype: Any = None,
    ) -> None:
        """`head` is a Head, or the dictionary that `get_config` makes of one."""
        if not isinstance(head, Head):
            head = HEADS[head["name"]].from_config(head["config"])
        super().__init__(name=name or head.name, reduction=reduction, dtype=dtype)
        self.head = head

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """One value a sample."""
        return self.head.objective(y_true, y_pred)

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """The loss; what a mask or a weight of 0 leaves out may be any number, even NaN."""
        mask = getattr(y_pred, "_keras_mask", None)
        for counts in (mask, sample_weight):
            if counts is not None:
                y_true = self._without(y_true, ops.convert_to_tensor(counts))
        return super().__call__(y_true, y_pred, sample_weight)

    def _without(self, y: Any, counts: Any) -> Any:
        """y with an outcome of the support where `counts` is 0, so that it spoils no sum."""
        y = ops.convert_to_tensor(y)
        counts = ops.cast(counts, "bool")
        while len(counts.shape) < len(y.shape):
            counts = counts[..., None]
        while len(counts.shape) > len(y.shape) and counts.shape[-1] == 1:
            counts = counts[..., 0]
        example = self.head.support.example(self.head.columns)
        return ops.where(counts, y, ops.cast(example, y.dtype))

    def get_config(self) -> dict[str, Any]:
        """Which head, with what arguments; and Keras's own, with the float type."""
        head = {"name": self.head.name, "config": self.head.get_config()}
        return {**super().get_config(), "dtype": self.dtype, "head": head}

    def __repr__(self) -> str:
        return f"{self.head!r}.loss"
