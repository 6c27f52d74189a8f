"""Real data sets: censored times against scipy, splits that keep groups together, the record."""

import numpy as np
import pytest
from scipy import stats
from workshop import recorded
from workshop.experiments import real


@pytest.mark.parametrize(
    ("name", "theirs"),
    [
        ("exponential", lambda m, k: stats.expon(scale=m)),
        ("weibull", lambda m, k: stats.weibull_min(k, scale=m)),
        ("log_logistic", lambda m, k: stats.fisk(k, scale=m)),
    ],
)
def test_censored_times_are_densities_and_survival(name, theirs):
    form, rng = real.DURATIONS[name], np.random.default_rng(0)
    raw = rng.normal(size=(30, form.units))
    y = np.stack([rng.exponential(size=30) + 0.01, rng.integers(0, 2, 30)], axis=1)
    law = theirs(np.exp(raw[:, 0]), np.exp(raw[:, -1]))
    expected = np.where(y[:, 1] == 1, law.logpdf(y[:, 0]), law.logsf(y[:, 0]))
    np.testing.assert_allclose(form.nll(y, raw), -expected, rtol=1e-6)


@pytest.mark.parametrize("name", ["slopes", "card"])
def test_a_split_is_a_partition_and_keeps_groups_together(name):
    chosen = real.SETS[name]
    n = len(chosen.load()[0])
    train, test = real.split(chosen, n, 1)
    assert sorted([*train, *test]) == list(range(n))
    assert 0.2 < len(test) / n < 0.4
    if chosen.groups is not None:
        labels = chosen.groups()
        assert not set(labels[train]) & set(labels[test])


def test_the_record_is_whole():
    record = recorded.load("real_assumption")
    assert {(r["set"], r["seed"]) for r in record["runs"]} == {
        (name, seed) for name in real.SETS for seed in real.SEEDS
    }
    for run in record["runs"]:
        assert list(run["heads"]) == [form.name for form in real.SETS[run["set"]].forms]
        assert all(np.isfinite(head["nll"]) for head in run["heads"].values())
