"""Sentences on losses of other libraries, by number; each must stand as it was shown."""

import jax.numpy as jnp
import numpy as np
import optax
import pytest
import torch
from loss_sentences import CHECKS, GRID, NAMES, SAID, best, curve, key, probability, says, tensor
from lossbook.catalogue.library_losses import LOSSES

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")


def test_every_sentence_stands_beside_its_check():
    """The others are shown by the expressions of test_losses.py."""
    for sentence, names in NAMES.items():
        assert SAID.get(sentence) == names, f"see that the check shows it, then change {sentence!r}"
    alone = {entry for s, names in SAID.items() if s not in CHECKS for entry in names}
    assert not [key(e) for e in LOSSES if key(e) in alone and not (e.shown or e.line or e.head)]


@pytest.mark.parametrize("entry", LOSSES, ids=lambda entry: f"{entry.library} {entry.name}")
def test_the_sentences_of_a_loss_hold(entry):
    for sentence in (entry.density, entry.predicts, entry.why):
        if sentence in CHECKS:
            CHECKS[sentence](entry)


@says(
    "which class is likelier: once the right one leads by the margin the loss is 0, so it tells 0.6"
    " from 0.9 no more",
    "PyTorch MultiMarginLoss", "Optax hinge_loss", "Optax multiclass_hinge_loss",
    "scikit-learn hinge",
)  # fmt: skip
def likelier(entry):
    assert abs(curve(entry)[GRID > 1.001]).max() < 1e-6
    assert curve(entry)[GRID < 0.98].min() > 1e-3
    np.testing.assert_allclose(best(entry, 0.6)[0], best(entry, 0.9)[0], atol=1e-6)
    assert best(entry, 0.6).min() > 0 > best(entry, 0.4).max()


@says(
    "it is flat beyond the margin",
    "PyTorch MultiMarginLoss", "PyTorch MultiLabelMarginLoss", "PyTorch TripletMarginLoss",
    "Optax hinge_loss", "Optax multiclass_hinge_loss", "Optax triplet_margin_loss",
    "scikit-learn hinge", "scikit-learn squared_hinge", "XGBoost binary:hinge",
)  # fmt: skip
def flat(entry):
    if "riplet" in entry.name:
        triplets(entry)
        return
    assert np.ptp(curve(entry)[GRID > 1.001]) < 1e-6
    assert (np.diff(curve(entry)[GRID < 0.99]) < 0).all()


def triplet(entry, nearer, farther):
    """The loss of an anchor with a partner and a stranger at these distances."""
    at = [[0.0, 0.0], [nearer, 0.0], [0.0, farther]]
    if entry.library == "PyTorch":
        return float(getattr(torch.nn, entry.name)()(*(tensor(*p)[None] for p in at)))
    return float(optax.losses.triplet_margin_loss(*(jnp.array([p]) for p in at))[0])


@says(
    "points of which those of one class lie closer, by a margin, than others",
    "PyTorch TripletMarginLoss", "Optax triplet_margin_loss",
)  # fmt: skip
def triplets(entry):
    assert triplet(entry, 0.3, 1.31) == triplet(entry, 0.3, 5.0) == 0
    assert 0 < triplet(entry, 0.3, 1.29) < triplet(entry, 0.3, 0.5) < triplet(entry, 1.0, 0.5)


@says("the same with a distance of your own", "PyTorch TripletMarginWithDistanceLoss")
def own_distance(entry):
    loss = torch.nn.TripletMarginWithDistanceLoss(
        distance_function=lambda a, b: (a - b).abs().sum()
    )
    assert float(loss(tensor(0.0), tensor(2.0), tensor(2.5))) == 0.5
    triplets(entry)


@says(
    "it is flat beyond the margin, whatever the distance", "PyTorch TripletMarginWithDistanceLoss"
)
def flat_for_any_distance(entry):
    for distance in (lambda a, b: (a - b).abs().sum(), lambda a, b: (a - b).square().sum()):
        loss = torch.nn.TripletMarginWithDistanceLoss(distance_function=distance)
        assert float(loss(tensor(0.0), tensor(0.5), tensor(9.0))) == 0


@says(
    "a distance, small for pairs that belong together, and beyond the margin for others",
    "PyTorch HingeEmbeddingLoss",
)
def distances(entry):
    together = [float(torch.nn.HingeEmbeddingLoss()(tensor(d), tensor(1.0))) for d in (0.1, 2.0)]
    apart = [float(torch.nn.HingeEmbeddingLoss()(tensor(d), tensor(-1.0))) for d in (0.1, 1.0, 9.0)]
    assert together[0] < together[1]
    assert apart[0] > apart[1] == apart[2] == 0


@says("beyond the margin it is flat for the target -1", "PyTorch HingeEmbeddingLoss")
def flat_for_others(entry):
    distances(entry)


@says(
    "which of two comes first; for a probability take `-logsigmoid` of the difference",
    "PyTorch MarginRankingLoss",
)
def first_of_two(entry):
    assert best(entry, 0.6).min() >= 0 >= best(entry, 0.4).max()
    expected = [
        -0.8 * torch.nn.functional.logsigmoid(tensor(z))
        - 0.2 * torch.nn.functional.logsigmoid(tensor(-z))
        for z in GRID
    ]
    assert np.isclose(probability(GRID[int(np.argmin(expected))]), 0.8, atol=0.01)


@says(
    "it sees the difference of two scores only, and is flat beyond the margin",
    "PyTorch MarginRankingLoss",
)
def difference_only(entry):
    loss = torch.nn.MarginRankingLoss(margin=0.5)
    pairs = [(0.2, 0.0), (5.2, 5.0), (0.6, 0.0), (9.0, 0.0)]
    a, b, c, d = (float(loss(tensor(x), tensor(y), tensor(1.0))) for x, y in pairs)
    assert np.isclose(a, b)
    assert a > c == d == 0


@says(
    "which labels lead the others by a margin, and no probability", "PyTorch MultiLabelMarginLoss"
)
def labels_lead(entry):
    loss, target = torch.nn.MultiLabelMarginLoss(), torch.tensor([[0, 1, -1]])
    assert float(loss(tensor(1.0, 1.2, 0.0)[None], target)) == 0
    assert float(loss(tensor(1.0, 0.9, 0.0)[None], target)) > 0
    np.testing.assert_array_equal(best(entry, 0.6), best(entry, 0.9))


@says("the sign of the label; the best raw output is 0 everywhere", "Optax perceptron_loss")
def best_is_zero(entry):
    for q in (0.1, 0.4, 0.6, 0.9):
        assert np.abs(best(entry, q)).min() < 1e-9
    assert (curve(entry)[GRID > 0] == 0).all()


@says("the sign of the label", "scikit-learn perceptron")
def sign_alone(entry):
    assert (curve(entry)[GRID > 0] == 0).all()
    assert (curve(entry)[GRID < 0] > 0).all()


@says("it is 0 for every right sign", "Optax perceptron_loss", "scikit-learn perceptron")
def zero_for_right_signs(entry):
    sign_alone(entry)


@says("which class leads", "Optax multiclass_perceptron_loss")
def leads(entry):
    sign_alone(entry)


@says("it is 0 wherever the right class leads", "Optax multiclass_perceptron_loss")
def zero_where_right_leads(entry):
    sign_alone(entry)


@says("a probability that can be exactly 0 or 1, of two classes", "Optax sparsemax_loss")
def sparse(entry):
    """Its derivative is probability less label, and 0 or 1 less that beyond ±1."""
    slope = np.diff(curve(entry, -1.0)) / np.diff(GRID)
    middle = (GRID[1:] + GRID[:-1]) / 2
    np.testing.assert_allclose(slope, ((1 + middle) / 2).clip(0, 1), atol=1e-5)
    assert np.isclose(best(entry, 0.7)[0], 0.4)


@says("from a raw output of 1 on it is flat, and the probability exactly 1", "Optax sparsemax_loss")
def flat_from_one(entry):
    assert abs(curve(entry)[GRID > 1.001]).max() < 1e-6
    assert curve(entry)[GRID < 0.95].min() > 1e-5


@says("probabilities that can be exactly 0", "Optax multiclass_sparsemax_loss")
def sparse_classes(entry):
    slope = np.diff(curve(entry, -1.0)) / np.diff(GRID)
    assert np.isclose(slope.max(), 1, atol=1e-5)
    assert abs(slope[GRID[1:] < -1.1]).max() < 1e-6


@says(
    "where the right class leads by 1 it is 0, and the probability exactly 1",
    "Optax multiclass_sparsemax_loss",
)
def zero_at_a_lead_of_one(entry):
    flat_from_one(entry)


@says(
    "probabilities pulled towards ½; with `gamma=0` it is the binary cross entropy",
    "Optax sigmoid_focal_loss",
)
def pulled(entry):
    for q in (0.2, 0.85):
        p = probability(best(entry, q)[0])
        assert abs(p - 0.5) < abs(q - 0.5) - 0.01
    z = jnp.array(0.7)
    plain = optax.sigmoid_binary_cross_entropy(z, jnp.array(1.0))
    assert np.isclose(optax.sigmoid_focal_loss(z, jnp.array(1.0), gamma=0.0), plain)


@says("the factor (1 - p)^gamma is no part of a density", "Optax sigmoid_focal_loss")
def focal_factor(entry):
    p = probability(GRID)
    np.testing.assert_allclose(curve(entry), -((1 - p) ** 2) * np.log(p), rtol=1e-5, atol=1e-9)
    assert np.ptp(np.exp(-curve(entry)) + np.exp(-curve(entry, -1.0))) > 0.1


@says(
    "probabilities sharper than the classes' frequencies; with `epsilon=0` it is the cross entropy",
    "Optax poly_loss_cross_entropy",
)
def sharper(entry):
    for q in (0.3, 0.8):
        assert abs(probability(best(entry, q)[0]) - 0.5) > abs(q - 0.5) + 0.01
    z, y = jnp.array([0.4, -0.1]), jnp.array([0.0, 1.0])
    plain = optax.softmax_cross_entropy(z, y)
    assert np.isclose(optax.losses.poly_loss_cross_entropy(z, y, epsilon=0.0), plain)


@says("to the cross entropy it adds epsilon (1 - p)", "Optax poly_loss_cross_entropy")
def poly(entry):
    p = probability(GRID)
    np.testing.assert_allclose(curve(entry), -np.log(p) + 2.0 * (1 - p), rtol=1e-5)
    assert key(entry).startswith("Optax")
