"""Recorded results: there and back, faults, and that the article's are there and make sense."""

import importlib.metadata
import json

import numpy as np
import pytest
from workshop import recorded

VALUES = {"history": {"loss": np.array([1.23456789, 0.5])}, "confusion": np.eye(2, dtype=int)}


def test_round_trip(tmp_path):
    path = recorded.save("x", VALUES, source="made up", seeds=[1, 2], folder=tmp_path)
    found = recorded.load("x", tmp_path)
    assert found["history"]["loss"] == [1.23457, 0.5]
    assert found["confusion"] == [[1, 0], [0, 1]]
    assert (found.name, found.source, found.seeds) == ("x", "made up", [1, 2])
    assert found.versions["numpy"] == importlib.metadata.version("numpy")
    assert set(found.versions) == {"tensorflow", "keras", "numpy", "scipy", "lossbook"}
    assert "made up, seeds 1, 2, TensorFlow" in found.describe()
    before = path.read_bytes()
    recorded.save("x", VALUES, source="made up", seeds=[1, 2], folder=tmp_path)
    assert path.read_bytes() == before, "nothing in a record may depend on when it was written"
    assert [p.name for p in tmp_path.iterdir()] == ["x.json"], "no half-written file stays behind"


def test_missing(tmp_path):
    recorded.save("there", {}, source="", seeds=[], folder=tmp_path)
    with pytest.raises(recorded.RecordError, match=r"'nowhere' \(there are: there\)"):
        recorded.load("nowhere", tmp_path)


def changed(**fields):
    record = {"source": "s", "seeds": [1], "versions": {}, "values": {}}
    return json.dumps({**record, **fields})


@pytest.mark.parametrize(
    "text",
    [
        "",
        '{"source": "cut',
        "[1]",
        "{}",
        changed(values=[1]),
        changed(seeds="1"),
        changed(source=3),
    ],
)
def test_malformed(text, tmp_path):
    (tmp_path / "x.json").write_text(text, encoding="utf-8")
    with pytest.raises(recorded.RecordError, match=r"x\.json in data/recorded is damaged"):
        recorded.load("x", tmp_path)


def test_unreadable_bytes(tmp_path):
    (tmp_path / "x.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(recorded.RecordError, match="damaged"):
        recorded.load("x", tmp_path)


def test_a_value_that_json_cannot_hold(tmp_path):
    with pytest.raises(ValueError, match="JSON"):
        recorded.save("x", {"loss": float("nan")}, source="", seeds=[], folder=tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["iris", "birds_and_planes", "ten_classes", "footnote"])
def test_the_articles_results_are_recorded(name):
    record = recorded.load(name)
    assert record.source
    assert record.seeds
    assert set(record.versions) == {"tensorflow", "keras", "numpy", "lossbook"}


def test_recorded_confusion_agrees_with_the_accuracy():
    ten = recorded.load("ten_classes")
    confusion = np.array(ten["confusion"])
    assert confusion.sum(axis=1).tolist() == [1000] * 10
    assert np.trace(confusion) / confusion.sum() == pytest.approx(ten["test_accuracy"], rel=1e-5)
    assert ten["history"]["val_accuracy"][-1] == pytest.approx(ten["test_accuracy"], rel=1e-3)
    assert len(ten["history"]["loss"]) == 50


def test_footnote_has_both_losses_over_the_same_seeds():
    footnote = recorded.load("footnote")
    runs = footnote.values
    assert set(runs) == {"binary_crossentropy", "mean_squared_error"}
    for of_one_loss in runs.values():
        assert len(of_one_loss) == len(footnote.seeds) == 5
        for run in of_one_loss:
            assert len(run["history"]["loss"]) == 50
            assert run["history"]["val_accuracy"][-1] == pytest.approx(
                run["test_accuracy"], rel=1e-3
            )
