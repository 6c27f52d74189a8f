"""How long the checker takes, and how much memory, on the largest outputs that are usual."""

import subprocess
import sys

from measuring import ROOT

MODELS = ("masked, 32,000 words", "language model, 32,000", "items", "rmse of 256 grey",
          "organs, focal Tversky", "own smoothing", "a thousand classes", "raw softmax",
          "detector", "retrieval")  # fmt: skip
"""Names in tests/pairing/real_size.py."""


def one(name: str) -> str:
    """Seconds and added MiB of the first check of a model, in a process of its own."""
    code = f"""
import resource, sys, time
sys.path.insert(0, {str(ROOT / "tests" / "pairing")!r})
from lossbook import check_pairing
from real_size import MODELS
import keras
small = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
small.compile("adam", lambda y, p: keras.ops.mean(keras.ops.abs(y - p) ** 1.5))
check_pairing(small)  # imports, and what TensorFlow makes once
model, y = MODELS[{name!r}]()
before, begin = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
check_pairing(model, y)
seconds = time.perf_counter() - begin
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(f"{{seconds:.2f}} {{(after - before) / 1024:.0f}}")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.split("\n")[-2]


def checking(quick: bool) -> str:
    """A table of seconds and memory, model by model."""
    lines = ["| model | seconds | added MiB |", "| --- | --- | --- |"]
    for name in MODELS[:2] if quick else MODELS:
        seconds, mebibytes = one(name).split()
        lines.append(f"| {name} | {seconds} | {mebibytes} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(checking("--quick" in sys.argv))
