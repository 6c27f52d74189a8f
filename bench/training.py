"""How fast the article's ten-class network trains: lossbook's `fit` against the alternatives.

Every contender is a process of its own that trains one epoch when told to. They take turns, one
round after another, so that whatever else the machine does hits all alike; a ratio compares two
epochs of the same round. Prints a table and writes it to _build/bench/training.md and .json.
"""

import argparse
import importlib.metadata
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

BATCH = 32
OUT = Path("_build") / "bench"
POOLS = ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "OPENBLAS_NUM_THREADS")
"""Environment variables that say how many threads a contender may compute with."""
BASELINE = "Keras fit, as in the article"
MATMUL = 1536

FLOPS_AN_IMAGE = 2 * (
    # forward and the weights' gradient: two convolutions (positions · 9 · in · out), two Dense
    2 * (32 * 32 * 27 * 8 + 16 * 16 * 72 * 8 + 512 * 32 + 32 * 10)
    # the gradient handed back, which the first layer does not need
    + (16 * 16 * 72 * 8 + 512 * 32 + 32 * 10)
)
"""Floating point operations to train on one image once, counting a multiply-add as two."""


# --- Contenders: each gets the data and `epoch_done`, which reports and waits for the next turn.


def keras_network():
    """The article's network, in plain Keras."""
    import keras
    from keras import layers

    keras.utils.set_random_seed(1)
    return keras.Sequential(
        [
            keras.Input((32, 32, 3)),
            layers.Conv2D(8, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(8, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(32, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )


def keras_fit(x: np.ndarray, y: np.ndarray, epochs: int, epoch_done: Callable, **options) -> None:
    """`model.fit`, with options to `compile`."""
    import keras

    model = keras_network()
    model.compile(
        optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"], **options
    )
    turn = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: epoch_done())
    model.fit(x, y, epochs=epochs, batch_size=BATCH, verbose=0, callbacks=[turn])


def lossbook_fit(x: np.ndarray, y: np.ndarray, epochs: int, epoch_done: Callable) -> None:
    """`lossbook.training.fit`; its progress display is where an epoch's end can be seen."""
    from lossbook import training
    from workshop import models

    module = sys.modules["lossbook.training.fit"]

    class Turn:
        def __init__(self, *_, **__) -> None: ...

        def epoch(self, *_) -> None:
            epoch_done()

    module.Progress = Turn
    training.set_seed(1)
    training.fit(models.ten_classes_network(), x, y, epochs=epochs, batch_size=BATCH)


def torch_loop(
    x: np.ndarray, y: np.ndarray, epochs: int, epoch_done: Callable, compiled: bool = False
) -> None:
    """The usual PyTorch loop, on tensors in memory (a DataLoader would be slower)."""
    import torch
    from torch import nn

    torch.manual_seed(1)
    model = nn.Sequential(
        nn.Conv2d(3, 8, 3, padding="same"),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(8, 8, 3, padding="same"),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(512, 32),
        nn.ReLU(),
        nn.Linear(32, 10),
    )
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001, eps=1e-7)
    loss_of = nn.CrossEntropyLoss()
    forward = torch.compile(model) if compiled else model
    pictures = torch.from_numpy(np.ascontiguousarray(x.transpose(0, 3, 1, 2)))
    labels = torch.from_numpy(y)
    for _ in range(epochs):
        total, right = torch.zeros(()), torch.zeros(())
        for batch in torch.randperm(len(x)).split(BATCH):
            raw = forward(pictures[batch])
            loss = loss_of(raw, labels[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.detach() * len(batch)
            right += (raw.detach().argmax(1) == labels[batch]).sum()
        assert torch.isfinite(total)
        epoch_done()


def matmul(x: np.ndarray, y: np.ndarray, epochs: int, epoch_done: Callable) -> None:
    """Matrix products in TensorFlow with as many operations as an epoch of training has."""
    import tensorflow as tf

    a = tf.random.normal((MATMUL, MATMUL))
    products = max(1, round(len(x) * FLOPS_AN_IMAGE / (2 * MATMUL**3)))
    for _ in range(epochs):
        for _ in range(products):
            b = a @ a
        b.numpy()
        # Rounded to whole products: report for the number of images that these stand for.
        epoch_done(images=products * 2 * MATMUL**3 / FLOPS_AN_IMAGE)


ONE_THREAD = "lossbook.training.fit, one thread"
SIDE_BY_SIDE = "lossbook.training.fit, two seeds side by side, one thread each"
CONTENDERS: dict[str, tuple[str, Callable, dict, dict[str, str]]] = {
    # name: (package it needs, function, arguments, environment)
    BASELINE: ("tensorflow", keras_fit, {}, {}),
    "lossbook.training.fit": ("tensorflow", lossbook_fit, {}, {}),
    ONE_THREAD: ("tensorflow", lossbook_fit, {}, dict.fromkeys(POOLS, "1")),
    "Keras fit, steps_per_execution=50": (
        "tensorflow",
        keras_fit,
        {"steps_per_execution": 50},
        {},
    ),
    "Keras fit, jit_compile=True": ("tensorflow", keras_fit, {"jit_compile": True}, {}),
    "Keras fit on JAX": ("jax", keras_fit, {}, {"KERAS_BACKEND": "jax"}),
    "PyTorch, eager loop": ("torch", torch_loop, {}, {}),
    "PyTorch, torch.compile": ("torch", torch_loop, {"compiled": True}, {}),
    "arithmetic limit (matrix products)": ("tensorflow", matmul, {}, {}),
}


def work(name: str, data: str, epochs: int) -> None:
    """The worker: an epoch for each line on stdin, a line of JSON on stdout for each epoch."""
    arrays = np.load(data)
    _, function, arguments, _ = CONTENDERS[name]
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # nothing else may write to the pipe
    began = time.perf_counter()

    def epoch_done(images: float | None = None) -> None:
        nonlocal began
        seconds = time.perf_counter() - began
        print(json.dumps({"rate": (images or len(arrays["x"])) / seconds}), file=answers)
        if not sys.stdin.readline():
            raise SystemExit
        began = time.perf_counter()

    sys.stdin.readline()
    function(arrays["x"], arrays["y"], epochs, epoch_done, **arguments)


# --- The master: starts the contenders and gives them turns.


class Contender:
    """A worker process."""

    def __init__(self, name: str, python: str, data: Path, epochs: int, threads: int) -> None:
        self.name = name
        environment = (
            os.environ
            | dict.fromkeys(POOLS, str(threads))
            | CONTENDERS[name][3]
            | {"TF_CPP_MIN_LOG_LEVEL": "3"}
        )
        command = [python, __file__, "--worker", name, "--data", str(data), "--rounds", str(epochs)]
        self.errors = tempfile.TemporaryFile()  # noqa: SIM115 (closed by end)
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            text=True,
            env=environment,
        )

    def go(self) -> None:
        """Begin an epoch."""
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def rate(self) -> float:
        """Wait for the epoch to end: images a second."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            self.errors.seek(0)
            said = self.errors.read()[-1500:].decode(errors="replace")
            raise SystemExit(f"error: {self.name} ended early:\n{said}")
        return float(json.loads(line)["rate"])

    def end(self) -> None:
        """End the process and wait for it."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout, self.errors):
            assert pipe is not None
            pipe.close()


def installed(package: str, python: str) -> bool:
    """Whether that Python can import the package."""
    check = f"import importlib.util, sys; sys.exit(importlib.util.find_spec({package!r}) is None)"
    return subprocess.run([python, "-c", check], check=False).returncode == 0


def measure(options: argparse.Namespace) -> tuple[dict[str, list[float]], list[str], str]:
    """Rates by contender, one a round; who is not installed; and what the pictures were."""
    from workshop.data import load_cifar10, to_float

    cifar = load_cifar10()
    print(f"data: {cifar.describe()}", file=sys.stderr)
    pythons = {"torch": options.torch_python, "jax": options.jax_python}
    rates: dict[str, list[float]] = {}
    missing, running = [], []
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data.npz"
        n = min(options.images, len(cifar.x_train))
        np.savez(data, x=to_float(cifar.x_train[:n]), y=cifar.y_train[:n])
        turns: dict[str, list[Contender]] = {}
        epochs = options.rounds + 2
        try:
            for name, (package, *_) in CONTENDERS.items():
                python = pythons.get(package, sys.executable)
                if not installed(package, python):
                    missing.append(name)
                    continue
                turns[name] = [Contender(name, python, data, epochs, options.threads)]
                running += turns[name]
            pair = [Contender(ONE_THREAD, sys.executable, data, epochs, 1) for _ in "12"]
            running += pair
            turns[SIDE_BY_SIDE] = pair
            for number in range(options.rounds + 1):
                told = "warming up" if number == 0 else f"round {number} of {options.rounds}"
                for name, workers in turns.items():
                    print(f"\r\x1b[K{told}: {name}", end="", file=sys.stderr, flush=True)
                    for worker in workers:
                        worker.go()
                    # Two side by side: each had the whole time, so their rates add.
                    rate = sum(worker.rate() for worker in workers)
                    if number:
                        rates.setdefault(name, []).append(rate)
            print("\r\x1b[K", end="", file=sys.stderr)
        finally:
            for worker in running:
                worker.end()
    return rates, missing, cifar.describe()


def table(rates: dict[str, list[float]], missing: list[str]) -> list[dict]:
    """One row a contender: median rate, and the median and the quartiles of its ratio."""
    rows: list[dict] = []
    base = np.array(rates[BASELINE])
    for name, values in rates.items():
        low, middle, high = np.percentile(np.array(values) / base, [25, 50, 75])
        rows.append(
            {
                "name": name,
                "images_a_second": float(np.median(values)),
                "ratio": float(middle),
                "ratio_quartiles": [float(low), float(high)],
            }
        )
    return rows + [{"name": name, "missing": True} for name in missing]


def markdown(rows: list[dict], about: dict) -> str:
    """The table, with what was measured and on what."""
    lines = [
        f"Training the article's ten-class network: {about['images']:,} images an epoch, batches "
        f"of {BATCH}, {about['rounds']} rounds, {about['threads']} threads, on "
        f"{about['machine']} (load {about['load']:.1f} at the end). "
        f"Data: {about['data']}.",
        "",
        "| | images a second, median | times the article's Keras code, median (quartiles) |",
        "| --- | ---: | ---: |",
    ]
    for row in rows:
        if row.get("missing"):
            lines.append(f"| {row['name']} | not installed | |")
            continue
        low, high = row["ratio_quartiles"]
        lines.append(
            f"| {row['name']} | {row['images_a_second']:,.0f} | "
            f"{row['ratio']:.2f} ({low:.2f} to {high:.2f}) |"
        )
    return "\n".join(lines) + "\n"


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--images", type=int, default=16_000, help="images an epoch")
    parser.add_argument("--quick", action="store_true", help="3 rounds of 3,200 images")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="of each contender")
    parser.add_argument("--torch-python", default=sys.executable, help="a Python that has PyTorch")
    parser.add_argument("--jax-python", default=sys.executable, help="one that has Keras and JAX")
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    parser.add_argument("--data", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        work(options.worker, options.data, options.rounds)
        return 0
    if options.quick:
        options.rounds, options.images = 3, 3_200
    # Not at the top: a worker's Python need not have what this imports.
    from measuring import machine

    rates, missing, data = measure(options)
    about = {
        "machine": machine(),
        "threads": options.threads,
        "images": options.images,
        "rounds": options.rounds,
        "load": os.getloadavg()[0],
        "data": data,
        "flops_an_image": FLOPS_AN_IMAGE,
        "versions": {p: importlib.metadata.version(p) for p in ("tensorflow", "keras", "numpy")},
    }
    rows = table(rates, missing)
    text = markdown(rows, about)
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "training.md").write_text(text, encoding="utf-8")
    document = about | {"table": rows, "rates": rates}
    (OUT / "training.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
