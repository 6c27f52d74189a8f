"""How long the checker takes, and how much memory, on the largest outputs that are usual."""

import subprocess
import sys

from measuring import ROOT

MODELS = ("masked, 32,000 words", "language model, 32,000", "items", "rmse of 256 grey",
          "organs, focal Tversky", "own smoothing", "a thousand classes", "raw softmax",
          "detector", "retrieval")  # fmt: skip
"""Names in tests/pairing/real_size.py."""


TORCH = ("own cross entropy, 32,000 words", "own smoothing, 32,000 words",
         "own Dice, 256 × 256", "own loss, 21 classes on 256 × 256")  # fmt: skip
"""Names in tests/pairing/torch_sizes.py."""

KERAS_CODE = """
from real_size import MODELS
import keras
small = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
small.compile("adam", lambda y, p: keras.ops.mean(keras.ops.abs(y - p) ** 1.5))
check_pairing(small)  # imports, and what TensorFlow makes once
model, y = MODELS[{name!r}]()
more = {{}}
"""
TORCH_CODE = """
from torch_sizes import MODELS
import torch
own = lambda out, y: ((out - y).abs() ** 1.5).mean()
check_pairing(torch.nn.Linear(4, 2), torch.zeros(8, 2), x=torch.zeros(8, 4), loss=own)
model, y, x, loss = MODELS[{name!r}]()
more = {{"x": x, "loss": loss}}
"""
TIMED = """
before, begin = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
check_pairing(model, y, **more)
seconds = time.perf_counter() - begin
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(f"{seconds:.2f} {(after - before) / 1024:.0f}")
"""


def one(name: str, code: str, python: str) -> str:
    """Seconds and added MiB of the first check of a model, in a process of its own."""
    tests, library = str(ROOT / "tests" / "pairing"), str(ROOT / "code")
    begin = f"import resource, sys, time\nsys.path[:0] = [{tests!r}, {library!r}]\n"
    begin += "from lossbook import check_pairing\n"
    whole = begin + code.format(name=name) + TIMED
    done = subprocess.run([python, "-c", whole], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"error: {name} could not be checked by {python}:\n{done.stderr}")
    return done.stdout.split("\n")[-2]


def has_torch(python: str) -> bool:
    """Whether this Python has PyTorch."""
    code = "import importlib.util, sys; sys.exit(importlib.util.find_spec('torch') is None)"
    return subprocess.run([python, "-c", code], check=False).returncode == 0


def checking(quick: bool, torch: str = sys.executable) -> str:
    """A table of seconds and memory, model by model; `torch` is a Python that has PyTorch."""
    models = [(name, KERAS_CODE, sys.executable) for name in MODELS]
    if has_torch(torch):
        models += [(name, TORCH_CODE, torch) for name in TORCH]
    lines = ["| model | seconds | added MiB |", "| --- | --- | --- |"]
    for name, code, python in models[:2] + models[-1:] if quick else models:
        seconds, mebibytes = one(name, code, python).split()
        library = "PyTorch" if code is TORCH_CODE else "Keras"
        lines.append(f"| {library}: {name} | {seconds} | {mebibytes} |")
    if not has_torch(torch):
        lines.append("| PyTorch: not measured, name --torch-python PATH | | |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(checking("--quick" in sys.argv))
