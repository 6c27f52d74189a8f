"""Progress in a log, on a terminal and in a notebook; a notebook keeps the same text each run."""

import io

import nbformat
import pytest
from lossbook.training.progress import Progress
from nbclient import NotebookClient

CELL = """
import numpy as np
from lossbook import training
from workshop import models
x = np.random.default_rng(0).normal(size=(40, 1))
training.set_seed({seed})
model = models.iris_network()
history = training.fit(model, x, 2 * x, epochs=3, seed={seed})
"""


class Terminal(io.StringIO):
    def isatty(self):
        return True


def run(epochs):
    progress = Progress(epochs)
    for number in range(1, epochs + 1):
        progress.epoch(number, {"loss": 1 / number, "val_accuracy": 0.5})


def test_log(capsys):
    run(50)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 10
    assert lines[0] == "epoch 5 of 50 · loss 0.2 · val accuracy 0.5"
    assert lines[-1] == "epoch 50 of 50 · loss 0.02 · val accuracy 0.5"


def test_log_of_few_epochs(capsys):
    run(3)
    assert len(capsys.readouterr().err.splitlines()) == 3


@pytest.mark.parametrize("epochs", [11, 25, 99])
def test_a_log_ends_with_the_last_epoch_whatever_their_number(epochs, capsys):
    run(epochs)
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith(f"epoch {epochs} of {epochs} · loss ")


def test_terminal_rewrites_one_line(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    run(50)
    text = terminal.getvalue()
    assert text.count("\n") == 1
    assert text.endswith("epoch 50 of 50 · loss 0.02 · val accuracy 0.5\n")
    assert "s left" in text


def test_silent(capsys):
    progress = Progress(1, shown=False)
    progress.epoch(1, {"loss": 1.0})
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("seed", [1, 2])
def test_notebook_keeps_a_text_that_is_the_same_each_run(seed, tmp_path):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL.format(seed=seed))])
    client = NotebookClient(notebook, resources={"metadata": {"path": str(tmp_path)}})
    manager = client.create_kernel_manager()
    manager.transport, manager.ip = "ipc", str(tmp_path / "kernel")
    client.execute()
    [output] = notebook.cells[0].outputs
    assert output.output_type == "display_data"
    assert output.data["text/plain"] == "trained for 3 epochs"
    assert output.data["text/html"].startswith("<p>epoch 3 of 3 · loss ")


def test_one_epoch_is_no_plural_and_names_are_text_and_no_html():
    shown = Progress(1)._data("a<b> & c 0.5")
    assert shown["text/plain"] == "trained for 1 epoch"
    assert shown["text/html"] == "<p>a&lt;b&gt; &amp; c 0.5</p>"
    assert Progress(2)._data("")["text/plain"] == "trained for 2 epochs"


class Clock:
    """A clock that goes on by as much each time it is read."""

    def __init__(self, step):
        self.step, self.now = step, 0.0

    def __call__(self):
        self.now += self.step
        return self.now


def on_a_terminal(monkeypatch, step, epochs):
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setattr("lossbook.training.progress.time.monotonic", Clock(step))
    run(epochs)
    return terminal.getvalue().split("\r\x1b[K")[1:]


def test_the_time_that_is_left_is_that_of_the_epochs_to_come(monkeypatch):
    lines = on_a_terminal(monkeypatch, 10.0, 4)
    left = [line.rpartition(" · ")[2] for line in lines[:-1]]
    assert len(left) == 3
    assert all(line.endswith(" s left") for line in left)
    seconds = [float(line.removesuffix(" s left")) for line in left]
    assert seconds == sorted(seconds, reverse=True)
    assert 10 <= seconds[-1] <= 20


def test_a_line_is_rewritten_five_times_a_second_at_most(monkeypatch):
    assert len(on_a_terminal(monkeypatch, 0.01, 100)) <= 8
    assert len(on_a_terminal(monkeypatch, 0.5, 20)) == 20
