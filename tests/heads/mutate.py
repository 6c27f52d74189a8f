"""Break every head in small ways and see whether a test notices.

    python tests/heads/mutate.py [HEAD ...] [--jobs N]

For each head, each arithmetic step of its losses and gradients is changed once: a sign flipped, a
factor of 2 put in, a constant changed, a function replaced by a neighbour. Every change is tried
in a copy of the package, against the tests over the registry for that head alone. Prints what
survived; the exit status is 1 if anything did.
"""

import argparse
import ast
import copy
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HEADS = ROOT / "code" / "lossbook" / "heads"
MEASURED = ("nll", "gradient", "keras_relation", "__init__", "matrix")
SWAPS = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult}
NEIGHBOURS = {
    "log": "log1p", "log1p": "log", "exp": "expm1", "expm1": "exp", "square": "abs",
    "softplus": "relu", "maximum": "minimum", "minimum": "maximum", "cos": "sin", "sin": "cos",
    "lgamma": "log", "tanh": "sigmoid", "sigmoid": "tanh", "abs": "square",
}  # fmt: skip


def mutants(source: str) -> Iterator[tuple[str, str]]:
    """Each change with a description: "line 60: - for +"."""
    tree = ast.parse(source)
    places = [
        node
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef) and measured(function.name)
        for node in ast.walk(function)
    ]
    for number, node in enumerate(places):
        for change, label in changes(node):
            altered = copy.deepcopy(tree)
            target = [
                found
                for function in ast.walk(altered)
                if isinstance(function, ast.FunctionDef) and measured(function.name)
                for found in ast.walk(function)
            ][number]
            change(target)
            yield f"line {node.lineno}: {label}", ast.unparse(altered)


def measured(name: str) -> bool:
    private = name.startswith("_") and not name.startswith("__")
    return name in MEASURED or private or name == "log_probabilities"


def changes(node: ast.AST) -> Iterator[tuple]:
    if isinstance(node, ast.BinOp) and type(node.op) in SWAPS:
        other = SWAPS[type(node.op)]
        yield lambda n: setattr(n, "op", other()), f"{other.__name__} for {type(node.op).__name__}"

        def double(n: ast.BinOp) -> None:
            n.left = ast.BinOp(ast.Constant(2.0), ast.Mult(), n.left)

        yield double, "a factor of 2 on the left side"
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield lambda n: setattr(n, "op", ast.UAdd()), "a sign dropped"
    if isinstance(node, ast.Return) and node.value is not None and numeric(node.value):

        def negate(n: ast.Return) -> None:
            n.value = ast.UnaryOp(ast.USub(), n.value)

        yield negate, "the result negated"
    if isinstance(node, ast.Constant) and type(node.value) is float:
        yield lambda n: setattr(n, "value", n.value * 1.1 + 0.01), f"{node.value} changed"
    if isinstance(node, ast.Attribute) and node.attr in NEIGHBOURS:
        other_name = NEIGHBOURS[node.attr]
        yield lambda n: setattr(n, "attr", other_name), f"{other_name} for {node.attr}"


def numeric(value: ast.expr) -> bool:
    """Whether a returned expression can be negated at all."""
    return isinstance(value, ast.BinOp | ast.Call) and "KerasRelation" not in ast.unparse(value)


def survives(name: str, text: str, folder: Path) -> bool:
    """Whether the tests of that head pass with the changed file."""
    package = folder / "lossbook"
    shutil.copytree(ROOT / "code" / "lossbook", package)
    (package / "heads" / f"{name}.py").write_text(text)
    expression = " or ".join(f"[{case}" for case in cases(name))
    command = [
        sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "--no-header",
        "-k", expression, str(ROOT / "tests" / "heads" / "test_heads.py"),
    ]  # fmt: skip
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(folder), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    if done.returncode == 5:
        raise SystemExit(f"no tests were found for {name}")
    return done.returncode == 0


def cases(name: str) -> list[str]:
    sys.path.insert(0, str(Path(__file__).parent))
    from oracles import CASES

    return [case for case in CASES if re.sub(r"-.*", "", case) == name]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("heads", nargs="*", help="heads by name; default: all")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    options = parser.parse_args()
    sys.path.insert(0, str(ROOT / "code"))
    from lossbook.heads import HEADS as REGISTRY

    wanted = options.heads or list(REGISTRY)
    unknown = sorted(set(wanted) - set(REGISTRY))
    if unknown:
        parser.error(f"no head is called {', '.join(unknown)}; there are {', '.join(REGISTRY)}")
    tasks = [
        (name, label, text)
        for name in wanted
        for label, text in mutants((HEADS / f"{name}.py").read_text())
    ]
    print(f"{len(tasks)} changes in {len(wanted)} heads", flush=True)

    def attempt(task: tuple[str, str, str]) -> bool:
        with tempfile.TemporaryDirectory() as folder:
            lives = survives(task[0], task[2], Path(folder))
        print(f"{'SURVIVED' if lives else 'caught  '} {task[0]}, {task[1]}", flush=True)
        return lives

    with ThreadPoolExecutor(options.jobs) as pool:
        lived = list(pool.map(attempt, tasks))
    print(f"caught {len(tasks) - sum(lived)} of {len(tasks)}")
    return int(any(lived))


if __name__ == "__main__":
    sys.exit(main())
