"""Where people work: a Keras callback, the command, the pytest fixture, notebooks and JSON."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from lossbook import check_pairing, keras
from lossbook.pairing import CheckPairing, PairingError, PairingWarning

layers = keras.layers


def model(activation=None, loss="binary_crossentropy"):
    keras.utils.set_random_seed(3)
    made = keras.Sequential(
        [keras.Input((4,)), layers.Dropout(0.3), layers.Dense(1, activation=activation)]
    )
    made.compile("sgd", loss)
    return made


X = np.random.default_rng(0).normal(size=(64, 4)).astype("float32")
Y = (X.sum(axis=1) > 0).astype("float32")


def test_the_callback_warns_once_before_training():
    with pytest.warns(PairingWarning, match="missing-activation") as seen:
        model().fit(X, Y, epochs=2, verbose=0, callbacks=[CheckPairing()])
    assert len([w for w in seen if w.category is PairingWarning]) == 1


def test_the_callback_sees_the_labels():
    look = CheckPairing("raise")
    with pytest.raises(PairingError, match="labels -1 and 1"):
        model("sigmoid").fit(X, 2 * Y - 1, verbose=0, callbacks=[look])
    assert look.report.codes == ("outside-support",)


@pytest.mark.parametrize("shuffled", [False, True])
def test_the_callback_changes_no_result(shuffled):
    import tensorflow as tf

    def trained(callbacks):
        made = model("sigmoid")
        data = tf.data.Dataset.from_tensor_slices((X, Y))
        data = data.shuffle(64, seed=1).batch(16) if shuffled else data.batch(16)
        history = made.fit(data, epochs=2, shuffle=False, verbose=0, callbacks=callbacks)
        return history.history["loss"], made.get_weights()

    look = CheckPairing()
    (plain, weights), (watched, others) = trained([]), trained([look])
    assert plain == watched
    for one, other in zip(weights, others, strict=True):
        np.testing.assert_array_equal(one, other)
    assert look.report.ok


def test_labels_of_a_dataset_are_seen_where_that_draws_nothing():
    import tensorflow as tf

    data = tf.data.Dataset.from_tensor_slices((X, 2 * Y - 1)).batch(16)
    with pytest.warns(PairingWarning, match="labels -1 and 1"):
        model("sigmoid").fit(data, shuffle=False, verbose=0, callbacks=[CheckPairing()])


def command(file: Path, *more: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "lossbook.check", str(file), *more],
        capture_output=True, text=True, check=False,
    )  # fmt: skip


SCRIPT = """
import keras, numpy
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, activation="softmax")])
model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
try:
    model.fit(numpy.zeros((6, 4)), numpy.arange(6) % 3)
except Exception:
    pass
raise RuntimeError("this line is never reached")
"""


def test_the_command_checks_a_script_and_a_notebook(tmp_path):
    script = tmp_path / "train.py"
    script.write_text(SCRIPT)
    done = command(script)
    assert done.returncode == 1, done.stderr
    assert "[double-activation]" in done.stdout
    cells = [
        {"cell_type": "markdown", "source": ["# a model"]},
        {"cell_type": "code", "source": ["%matplotlib inline\n", "!pip list\n", "import os\n"]},
        {"cell_type": "code", "source": SCRIPT.splitlines(keepends=True)},
    ]
    notebook = tmp_path / "train.ipynb"
    notebook.write_text(json.dumps({"cells": cells}))
    done = command(notebook, "--json")
    assert done.returncode == 1, done.stderr
    assert json.loads(done.stdout)["findings"][0]["code"] == "double-activation"


def test_the_command_says_that_nothing_was_trained(tmp_path):
    script = tmp_path / "nothing.py"
    script.write_text("print('hello')\n")
    done = command(script)
    assert done.returncode == 2
    assert "ended without training" in done.stderr
    script.write_text("import keras\nkeras.nothing\n")
    done = command(script)
    assert done.returncode == 2
    assert "AttributeError" in done.stderr


def test_the_fixture_fails_a_test_with_the_report(tmp_path):
    (tmp_path / "test_it.py").write_text(
        "def test_right(assert_pairing):\n"
        "    assert_pairing({'objective': 'binary'}, [0, 1, 1])\n"
        "def test_wrong(assert_pairing):\n"
        "    assert_pairing({'objective': 'binary'}, [-1, 1, 1])\n"
    )
    plugin = [] if _installed() else ["-p", "lossbook.pytest_plugin"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *plugin, str(tmp_path)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "1 failed, 1 passed" in done.stdout, done.stdout
    assert "labels -1 and 1 with binary" in done.stdout


def _installed() -> bool:
    from importlib.metadata import entry_points

    return any(e.value == "lossbook.pytest_plugin" for e in entry_points(group="pytest11"))


def test_a_report_is_json_and_html_and_its_codes_stay_whole():
    report = check_pairing(model(), 2 * Y - 1)
    told = json.loads(report.json())
    assert told["ok"] is False
    assert [f["code"] for f in told["findings"]] == list(report.codes)
    assert told["findings"][0]["change"][0]["part"] == "last layer"
    page = report._repr_html_()
    for finding in report.findings:
        assert f"<code>{finding.code}</code>" in page
        assert f"[{finding.code}]" in repr(report)
        assert finding.link in page
