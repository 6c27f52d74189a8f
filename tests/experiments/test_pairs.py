"""Every pair: a tiny run on drawn pictures, and that the record is whole and makes sense."""

import numpy as np
import pytest
from lossbook import keras, training
from scipy import stats
from workshop import models, recorded
from workshop.experiments import calibrating, kept, pairs
from workshop.experiments.pictures import Pictures, Trainer, two_classes
from workshop.figures import every_pair as figures


@pytest.fixture(scope="module")
def few() -> Pictures:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOSSBOOK_CIFAR10", "drawn")
        patch.delenv("LOSSBOOK_REQUIRE_REAL", raising=False)
        return two_classes().first(96)


def test_a_tiny_experiment(few, tmp_path):
    chosen = {("sigmoid", "binary"), ("linear", "poisson"), ("softmax", "categorical")}
    experiment = pairs.experiment(few, seeds=(1, 2), epochs=1, only=lambda *pair: pair in chosen)
    assert "stand-in" in experiment.source
    kept.perform(experiment, folder=tmp_path / "kept", out=tmp_path, say=lambda line: None)
    runs = recorded.load("every_pair", tmp_path)["runs"]
    assert len(runs) == 6
    for run in runs:
        died = run["loss"] == "poisson"
        assert run["state"] == ("not finite" if died else "trained")
        assert (run["log_loss"] is None) == died
        assert run["zero_start"]["all"] == 0


def test_a_trainer_takes_the_same_steps_as_fit(few):
    make = lambda: models.birds_and_planes_network(metrics=())  # noqa: E731
    trainer = Trainer(make)
    x, y = few.x_train, few.y_train[:, None].astype(np.float32)
    for _ in range(2):  # the second time nothing of the first may be left
        trainer.start(7)
        order = np.random.default_rng(7).permutation(len(x))
        trainer.train(x, y, order)
    training.set_seed(7)
    model = make()
    training.fit(model, x, y, epochs=1, seed=7, progress=False)
    for ours, theirs in zip(trainer.model.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-6)
    p = keras.activations.sigmoid(trainer.raw(few.x_test[:8]))
    np.testing.assert_allclose(p, model.predict(few.x_test[:8], verbose=0), atol=1e-5)


def test_gradients_of_a_dead_start(few):
    pair = pairs.Pair("relu", "squared", few, few.x_train)
    raw = np.array([[-1.0], [0.4]], np.float32)
    assert pair.gradients(raw, np.array([1, 0])).ravel() == pytest.approx([0, 0.8])


def test_the_record_is_whole():
    record = recorded.load("every_pair")
    found = {(r["activation"], r["loss"], r["seed"]) for r in record["runs"]}
    assert found == {
        (a, loss, s) for a in pairs.ACTIVATIONS for loss in pairs.LOSSES for s in pairs.SEEDS
    }
    assert len(record["runs"]) == 210
    for run in record["runs"]:
        assert (run["state"] == "not finite") == (run["log_loss"] is None)
        assert 0 <= run["accuracy"] <= 1


def test_every_pair_has_one_reason():
    listed = [pair for named, _ in figures.GROUPS.values() for pair in named]
    assert sorted(listed) == sorted((a, loss) for a in pairs.ACTIVATIONS for loss in pairs.LOSSES)


def test_paired_differences_against_scipy():
    rng = np.random.default_rng(0)
    table = rng.normal(size=(7, 6, 5))
    centre, error, p = figures.paired(table, ("sigmoid", "binary"))
    test = stats.ttest_rel(table[0, 0], table[2, 2])
    assert centre[0, 0] / error[0, 0] == pytest.approx(test.statistic)
    assert np.isnan(p[2, 2])
    raw = np.array([stats.ttest_rel(a, table[2, 2]).pvalue for a in table.reshape(42, 5)])
    from statsmodels.stats.multitest import multipletests

    tested = np.isfinite(raw)
    holm = multipletests(raw[tested], method="holm")[1]
    np.testing.assert_allclose(p.ravel()[tested], holm)


def test_a_rare_class(few):
    scarce = calibrating.rare(few, 10)
    birds, planes = np.bincount(scarce.y_train)
    assert planes == max(1, birds // 10)
    loss = calibrating.weighted(10.0)
    y, p = np.array([[1.0], [0.0]], "float32"), np.array([[0.3], [0.3]], "float32")
    np.testing.assert_allclose(loss(y, p), [-10 * np.log(0.3), -np.log(0.7)], rtol=1e-5)
