"""Run by `check.py` in an environment that has the library and what it requires, nothing else."""

import importlib.util
import sys

OTHERS = (
    "workshop", "press", "grader", "matplotlib", "pytest", "hypothesis", "ruff", "mypy",
    "playwright", "jupyterlab", "sphinx", "nbgrader", "jupyter_book", "IPython",
)  # fmt: skip
there = [name for name in OTHERS if importlib.util.find_spec(name)]
assert not there, f"installing the library alone brings {', '.join(there)}"

import lossbook  # noqa: E402

heavy = [name for name in ("tensorflow", "keras", "numpy") if name in sys.modules]
assert not heavy, f"`import lossbook` imports {', '.join(heavy)}"
assert {"choose", "check_pairing", "heads"} <= set(dir(lossbook))
assert issubclass(lossbook.heads.Poisson, lossbook.heads.Head)

[answer] = lossbook.choose("count", "rate")
assert answer.head == "poisson"
assert answer.address.startswith("https://")

import numpy as np  # noqa: E402
from lossbook import check_pairing, heads, keras  # noqa: E402

rng = np.random.default_rng(0)
x = rng.normal(size=(2000, 1)).astype("float32")
y = rng.poisson(np.exp(1 + 0.5 * x)).astype("float32")
head = heads.Poisson(links={"rate": "exponential"})
keras.utils.set_random_seed(0)
model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(head.units)])
model.compile(keras.optimizers.Adam(0.02), loss=head.loss)
model.fit(x, y, batch_size=100, epochs=20, verbose=0)
slope, start = (float(np.ravel(w)[0]) for w in model.get_weights())
# Their standard errors are below 0.02; Adam walks about the optimum by as much.
assert abs(slope - 0.5) < 0.1, slope
assert abs(start - 1) < 0.1, start

report = check_pairing(model, y)
assert not report.findings, report

wrong = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, activation="softmax")])
wrong.compile("adam", "binary_crossentropy")
assert check_pairing(wrong, np.array([0, 1, 1])).findings

assert "tensorflow" in sys.modules
loaded = [name for name in OTHERS if name in sys.modules]
assert not loaded, f"the library loads {', '.join(loaded)}"
print(
    f"lossbook {lossbook.__version__} alone, with Keras {keras.__version__}: a Poisson head finds "
    f"{start:.2f} + {slope:.2f} x for 1 + 0.5 x; choose and check_pairing answer"
)
