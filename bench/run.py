"""`make bench`: the course's speed as ratios within one run, printed and kept in _build/bench."""

import argparse
import os
import subprocess
import sys
from collections.abc import Callable

import book
from checking import checking
from measuring import OUT, ROOT, machine
from scaling import scaling


def training(quick: bool, torch: str, jax: str) -> str:
    """The training benchmark, which is a command of its own."""
    command = [sys.executable, str(ROOT / "bench" / "training.py"), *(["--quick"] if quick else [])]
    command += ["--torch-python", torch, "--jax-python", jax]
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise SystemExit(done.returncode)
    return done.stdout


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    names = ("start-up", "checking", "rebuilding", "training", "scaling", "execution")
    parser.add_argument("--only", nargs="+", choices=names, default=names, metavar="PART")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="one round of a little of each")
    parser.add_argument("--torch-python", default=sys.executable, help="a Python that has PyTorch")
    parser.add_argument("--jax-python", default=sys.executable, help="one that has Keras and JAX")
    options = parser.parse_args()
    rounds = 1 if options.quick else options.rounds
    long = 8 if options.quick else book.LONG
    parts: dict[str, Callable[[], str]] = {
        "start-up": lambda: book.starting(rounds),
        "checking": lambda: checking(options.quick, options.torch_python),
        "rebuilding": lambda: book.rebuilding(rounds),
        "training": lambda: training(options.quick, options.torch_python, options.jax_python),
        "scaling": lambda: scaling(options.quick),
        "execution": lambda: book.execution(rounds, long),
    }
    texts = []
    for name in names:
        if name in options.only:
            texts.append(f"### {name.capitalize()}\n\n{parts[name]()}")
            print(texts[-1], flush=True)
    load = os.getloadavg()[0]
    head = f"On {machine()}; load {load:.1f} at the end. Medians (least to most).\n"
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "bench.md").write_text("\n".join([head, *texts]), encoding="utf-8")
    print(f"{head}\nwritten to {OUT / 'bench.md'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
