"""The tables of every pair: marks against scipy and statsmodels, sentences held to the record."""

import copy

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests
from workshop import recorded
from workshop.figures import every_pair, every_pair_cells


@pytest.fixture(scope="module")
def runs() -> list[dict]:
    return recorded.load("every_pair")["runs"]


def test_every_cell_has_a_sentence_and_a_place_in_a_group(runs):
    pairs = {(a, loss) for a in every_pair.ACTIVATIONS for loss in every_pair.LOSSES}
    assert set(every_pair_cells.CELLS) == pairs
    assert {pair for pairs, _ in every_pair.GROUPS.values() for pair in pairs} == pairs
    assert len(every_pair_cells.cells(runs).rows) == len(pairs) == 42


def test_marks_are_paired_t_tests_with_holms_correction(runs):
    table = every_pair.lived(runs, lambda r: r["log_loss"])
    whole = np.isfinite(table).all(axis=-1)
    i, j = (
        every_pair.ACTIVATIONS.index(every_pair.RULE[0]),
        list(every_pair.LOSSES).index(every_pair.RULE[1]),
    )
    others = [place for place in np.argwhere(whole) if tuple(place) != (i, j)]
    p = [stats.ttest_rel(table[tuple(place)], table[i, j]).pvalue for place in others]
    expected = multipletests(p, 0.05, "holm")[0]
    marks, tested = every_pair.beyond(runs, "log_loss", every_pair.RULE)
    assert tested == len(others)
    assert [bool(marks[tuple(place)]) for place in others] == expected.tolist()
    assert marks.sum() == expected.sum() > 0


@pytest.mark.parametrize(
    ("pair", "key", "value"),
    [
        (("linear", "poisson"), "state", "trained"),
        (("sigmoid", "hinge"), "accuracy", 0.9),
        (("softmax", "poisson"), "log_loss", 0.4),
        (("linear", "hinge"), "zero_end", {"all": 0.0, "wrong": 0.0}),
    ],
)
def test_a_sentence_that_the_record_does_not_show_is_refused(runs, pair, key, value):
    other = copy.deepcopy(runs)
    for run in other:
        if (run["activation"], run["loss"]) == pair:
            run["zero_end"] = run["zero_end"] or {"all": 0.0, "wrong": 0.0}
            run["certain"], run["infinite"] = run["certain"] or 0.0, run["infinite"] or 0.0
            run[key] = value
    with pytest.raises(ValueError, match=f"{pair[0]} × {pair[1]}"):
        every_pair_cells.cells(other)
