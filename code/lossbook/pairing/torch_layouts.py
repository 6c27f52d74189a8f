"""An own PyTorch loss known by its values on the labels given, however it arranges them.

Losses in training code squeeze an axis, flatten places, move the classes, or leave the last step
of a sequence out, and then call a known loss. The same is done here to random outputs and to the
labels, and the values are compared.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from lossbook.pairing import trials
from lossbook.pairing.torch_losses import values

Arrange = Callable[[Any], Any]

ELEMENTWISE = {
    "raw": ("binary_cross_entropy_with_logits", "mse_loss", "l1_loss", "smooth_l1_loss",
            "huber_loss", "poisson_nll_loss"),
    "units": ("binary_cross_entropy",),
}  # fmt: skip
EACH = frozenset(name for names in ELEMENTWISE.values() for name in names)
OF_CLASSES = {"raw": ("cross_entropy", "nll_loss")}


@dataclass(frozen=True)
class Arrangement:
    """A known loss, and what an own one does to outputs and labels before it calls it."""

    kind: str
    outputs: Arrange
    labels: Arrange


def known(loss: Any, out: Any, y: Any) -> Arrangement | None:
    """The known loss behind an own one, tried on outputs like `out` and the labels `y`.

    `out` and `y` are tensors of as many samples; of the labels, only shape and type matter. None
    if it is none of the known ones.
    """
    import torch

    generator = torch.Generator().manual_seed(0)
    shape = tuple(out.shape)
    noise = [scale * torch.randn(shape, generator=generator) for scale in trials.SCALES]
    for kind, outputs, arrange, labels in _candidates(shape, y):
        tried = [torch.sigmoid(one) if outputs == "units" else one for one in noise]
        like = _labels_like(y, 2 if kind in EACH else arrange(out).shape[-1], labels is _coded)
        ours = values(loss, [(like, one) for one in tried])
        if len(ours) < len(tried):
            continue
        function = getattr(torch.nn.functional, kind)
        theirs = values(function, [(labels(like), arrange(one)) for one in tried])
        if trials.agree(ours, theirs):
            return Arrangement(kind, arrange, labels)
    return None


def _candidates(shape: tuple[int, ...], y: Any) -> Iterator[tuple[str, str, Arrange, Arrange]]:
    count = 1
    for size in shape:
        count *= size
    if y.numel() == count:
        for outputs, names in ELEMENTWISE.items():
            for name in names:
                yield name, outputs, _flat, lambda labels: labels.reshape(-1).float()
    if len(shape) < 2:
        return
    last, first = shape[-1], shape[1]
    for outputs, names in OF_CLASSES.items():
        for name in names:
            if last > 1 and y.numel() == count // last:
                yield name, outputs, lambda p: p.reshape(-1, last), _classes
            if first > 1 and len(shape) > 2 and y.numel() == count // first:
                yield name, outputs, lambda p: p.movedim(1, -1).reshape(-1, first), _classes
            if y.shape == shape and last > 1:
                yield name, outputs, lambda p: p.reshape(-1, last), _coded
            if len(shape) == 3 and y.shape == shape[:2] and shape[1] > 1:
                yield (name, outputs, lambda p: p[:, :-1].reshape(-1, last),
                       lambda labels: _classes(labels[:, 1:]))  # fmt: skip


def _labels_like(y: Any, classes: int, coded: bool) -> Any:
    """Labels that every known loss takes, in the shape and type of those given.

    Class 0 is left out where there are more than two: where it stands for padding, a loss masks it.
    """
    import torch

    generator = torch.Generator().manual_seed(1)
    shape = y.shape[:-1] if coded else y.shape
    numbers = torch.randint(1 if classes > 2 else 0, classes, shape, generator=generator)
    if coded:
        numbers = torch.nn.functional.one_hot(numbers, classes)
    return numbers.to(y.dtype)


def _flat(p: Any) -> Any:
    return p.reshape(-1)


def _classes(labels: Any) -> Any:
    return labels.reshape(-1).long()


def _coded(labels: Any) -> Any:
    return labels.reshape(-1, labels.shape[-1]).argmax(dim=-1)
