"""The article's networks, trained as the article trains them, and recorded.

    make article [ONLY="iris birds ten footnote"]

Needs real CIFAR-10 for all but iris. About ten minutes on two cores.
"""

import argparse
import os
from collections.abc import Callable
from typing import Any

import numpy as np
from lossbook.calibration import expected_calibration_error, reliability
from lossbook.training import fit, set_seed

from workshop import models, recorded
from workshop.data import birds_and_planes, load_cifar10, load_iris, to_float

SEED = 1
EPOCHS = 50
"""The article's number of epochs; its batch size, 32, is the default of fit."""
FOOTNOTE_SEEDS = [1, 2, 3, 4, 5]


def iris() -> None:
    """The regression under squared and under absolute error."""
    flowers = load_iris()
    values: dict[str, Any] = {}
    for loss in ("mean_squared_error", "mean_absolute_error"):
        set_seed(SEED)
        model = models.iris_network(loss)
        history = fit(model, flowers.x, flowers.y, epochs=EPOCHS, seed=SEED, progress=False)
        ends = model.predict(np.array([[0.0], [1.0]], np.float32), verbose=0).ravel()
        values[loss] = {
            "history": dict(history.results),
            "intercept": ends[0],
            "slope": ends[1] - ends[0],
        }
    recorded.save("iris", values, source="iris, 150 flowers", seeds=[SEED])


def _pair(loss: str, seed: int, pictures: Any) -> dict[str, Any]:
    """One run on birds and planes: the history, and what the test pictures say."""
    x_test = to_float(pictures.x_test)
    set_seed(seed)
    model = models.birds_and_planes_network(loss=loss)
    validation = (x_test, pictures.y_test)
    history = fit(
        model,
        to_float(pictures.x_train),
        pictures.y_train,
        epochs=EPOCHS,
        seed=seed,
        validation=validation,
        progress=False,
    )
    p = model.predict(x_test, batch_size=500, verbose=0).ravel().astype(float)
    y = pictures.y_test.ravel()
    likelihood = np.where(y == 1, p, 1 - p)
    return {
        "history": dict(history.results),
        "test_accuracy": np.mean((p > 0.5) == (y == 1)),
        "test_log_loss": -np.log(np.clip(likelihood, 1e-12, 1)).mean(),
        "calibration_error": expected_calibration_error(p, y),
        "reliability": reliability(p, y)._asdict(),
    }


def birds(source: str) -> None:
    """Birds and planes with the article's loss, one seed."""
    pictures = birds_and_planes(load_cifar10())
    values = _pair("binary_crossentropy", SEED, pictures)
    recorded.save("birds_and_planes", values, source=source, seeds=[SEED])


def footnote(source: str) -> None:
    """The article's footnote: squared error against cross entropy, over several seeds."""
    pictures = birds_and_planes(load_cifar10())
    values: dict[str, list] = {}
    for loss in ("binary_crossentropy", "mean_squared_error"):
        values[loss] = []
        for seed in FOOTNOTE_SEEDS:
            run = _pair(loss, seed, pictures)
            values[loss].append(run)
            print(f"  {loss}, seed {seed}: test accuracy {run['test_accuracy']:.3f}", flush=True)
    recorded.save("footnote", values, source=source, seeds=FOOTNOTE_SEEDS)


def ten(source: str) -> None:
    """All ten classes."""
    cifar = load_cifar10()
    x_test = to_float(cifar.x_test)
    set_seed(SEED)
    model = models.ten_classes_network()
    first = model.evaluate(x_test, cifar.y_test, batch_size=500, verbose=0)[0]
    history = fit(
        model,
        to_float(cifar.x_train),
        cifar.y_train,
        epochs=EPOCHS,
        seed=SEED,
        validation=(x_test, cifar.y_test),
        progress=False,
    )
    p = model.predict(x_test, batch_size=500, verbose=0).astype(float)
    guess, sure = p.argmax(axis=1), p.max(axis=1)
    confusion = np.zeros((10, 10), int)
    np.add.at(confusion, (cifar.y_test, guess), 1)
    right = (guess == cifar.y_test).astype(float)
    values = {
        "first_loss": first,
        "history": dict(history.results),
        "test_accuracy": right.mean(),
        "confusion": confusion,
        "calibration_error": expected_calibration_error(sure, right),
        "reliability": reliability(sure, right)._asdict(),
    }
    recorded.save("ten_classes", values, source=source, seeds=[SEED])


def main(arguments: list[str] | None = None) -> int:
    """Run the experiments asked for; exit status 0."""
    parser = argparse.ArgumentParser(prog="python -m workshop.experiments.article")
    parser.description = (__doc__ or "").splitlines()[0]
    runs: dict[str, Callable[[], None]] = {}
    parser.add_argument("--only", nargs="+", choices=["iris", "birds", "ten", "footnote"])
    parser.add_argument("--source", default="CIFAR-10", help="how the pictures are described")
    options = parser.parse_args(arguments)
    os.environ["LOSSBOOK_REQUIRE_REAL"] = "1"
    runs = {
        "iris": iris,
        "birds": lambda: birds(options.source),
        "ten": lambda: ten(options.source),
        "footnote": lambda: footnote(options.source),
    }
    for name, run in runs.items():
        if options.only is None or name in options.only:
            print(f"{name} …", flush=True)
            run()
    print("recorded in data/recorded/")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
