"""The largest relative error of each head's negative log likelihood against scipy's.

    make errors [SAMPLES=N]

Draws raw outputs and outcomes that come from them, and prints for each case of `oracles.py` the
largest |ours - scipy's| / |scipy's|, computed in float64 and in float32. Where scipy's is below
0.001 nats the difference is divided by 0.001. Outcomes that float32 rounds out of the support
(to 0, or to 1) or cannot hold with all digits are left out.
"""

import argparse
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests" / "heads"))

from oracles import CASES, Case


def errors(case: Case, samples: int, seed: int = 0, dtype: str = "float64") -> np.ndarray:
    """The relative error of each sample `(n,)`."""
    head = case.head()
    rng = np.random.default_rng(seed)
    raw = rng.normal(scale=1.5, size=(samples, head.units)).astype(dtype)
    exact = raw.astype("float64")
    parameters = {name: np.asarray(v, float) for name, v in head.parameters(exact).items()}
    y = np.asarray(head.sample(parameters, rng))
    y = y.astype(dtype) if y.dtype.kind == "f" else y
    inside = np.reshape(head.support.contains(y), (samples, -1)).all(axis=1)
    size = np.abs(y).reshape(samples, -1).astype(float)
    inside &= ((size == 0) | (size >= np.finfo(dtype).tiny)).all(axis=1)
    y, raw = y[inside], raw[inside]
    parameters = {name: value[inside] for name, value in parameters.items()}
    expected = -case.log_density(head, parameters, y.astype(float))
    found = np.asarray(head.nll(y, raw), float)
    return np.abs(found - expected) / np.maximum(np.abs(expected), 1e-3)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--samples", type=int, default=2000)
    samples = parser.parse_args().samples
    print(f"{'head':24s} {'float64':>9s} {'float32':>9s}   ({samples} samples each)")
    for name, case in CASES.items():
        both = [errors(case, samples, dtype=d).max() for d in ("float64", "float32")]
        print(f"{name:24s} {both[0]:9.1e} {both[1]:9.1e}", flush=True)


if __name__ == "__main__":
    main()
