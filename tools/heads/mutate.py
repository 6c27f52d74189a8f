"""Break every head, and what the heads rest on, in small ways and see whether a test notices.

    make mutate [HEADS="HEAD …"] [MUTATE="--jobs N --list"]

Each step is changed once: a sign flipped, a factor of 2 put in, a constant, a limit, a default or
a border changed, a condition left out, a function or a link's method replaced by a neighbour, a
sum taken over another axis, a loss reduced, a support widened, a text altered. Every change is
tried against the tests of that head, in a process that is forked from one which has TensorFlow
loaded already; the files stay as they are. HEADS may also name a module of BESIDE, such as
`special` or `calibration`. Prints what survived; the exit status is 1 if anything did that is not
named in EQUIVALENT, with the reason why no test can notice. Where the tests did not end within
LIMIT, that is told apart and counts as neither caught nor survived.
"""

import argparse
import importlib
import importlib.abc
import importlib.util
import itertools
import os
import re
import signal
import sys
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from inspect import signature
from pathlib import Path
from typing import Any

from mutations import EQUIVALENT, Mutant, mutants

ROOT = Path(__file__).resolve().parents[2]
TESTS = ROOT / "tests" / "heads"
HEADS = ROOT / "code" / "lossbook" / "heads"
TREES = (
    "test_derivatives_far_out", "test_documented_factors", "test_objective",
    "test_weights_and_rows", "test_weighted_starts", "test_starting_scores",
)  # fmt: skip
"""The tests of the objectives of trees, the quickest first."""
BESIDE: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "base": ("lossbook.heads.base", ("gamma", "categorical", "weibull", "multivariate_gaussian"),
             ("test_samplers",)),
    "tensors": ("lossbook.heads.tensors", ("gamma", "categorical", "beta"), ("test_tensors",)),
    "arguments": ("lossbook.heads.arguments", ("binomial",), ("test_arguments", "test_tensors")),
    "described": ("lossbook.heads.described", ("binomial", "student_t"), ("test_keras_use",)),
    "keras_loss": ("lossbook.heads.keras_loss", ("gamma",), ("test_keras_use",)),
    "special": ("lossbook.special", ("ordinal", "negative_binomial", "tweedie"),
                ("test_special",)),
    "constraints": ("lossbook.constraints", ("dirichlet", "von_mises_fisher", "weibull"),
                    ("test_constraints",)),
    "elementwise": ("lossbook.links.elementwise", ("binomial", "poisson"), ("test_links",)),
    "joint": ("lossbook.links.joint", ("von_mises", "ordinal"), ("test_links",)),
    "calibration": ("lossbook.calibration", (), ("test_calibration",)),
    "fitting": ("lossbook.fitting", (), ("test_head_networks",)),
    "fit": ("lossbook.training.fit", (), ("test_fit", "test_fit_guards")),
} | {
    name: (f"lossbook.boosting.{module}", (), TREES)
    for name, module in {"derivatives": "derivatives", "maps": "maps", "objective": "objective",
                         "scores": "scores", "starts": "starts", "between": "ordinal"}.items()
}  # fmt: skip
"""A module that is no head: its name, heads whose tests look at it, and tests of its own."""

LIMIT = 900
"""Seconds of processor time after which the tests of a changed head are given up."""
UNCHANGED = "unchanged"
CAUGHT, SURVIVED, NO_TESTS, BROKEN, HUNG = 0, 1, 2, 3, 4


class Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives one module a source of our own."""

    def __init__(self, module: str, text: str) -> None:
        self.module, self.text = module, text

    def find_spec(self, name, path=None, target=None):
        if name != self.module:
            return None
        return importlib.util.spec_from_loader(name, self, origin=str(source_of(name)))

    def exec_module(self, module) -> None:
        exec(compile(self.text, f"<changed {self.module}>", "exec"), module.__dict__)


def source_of(module: str) -> Path:
    """The file of a module of the library."""
    return ROOT / "code" / Path(*module.split(".")).with_suffix(".py")


def warm_up() -> None:
    """Import what is slow and starts no threads; the heads themselves stay out."""
    os.environ["OMP_NUM_THREADS"] = os.environ["TF_NUM_INTRAOP_THREADS"] = "1"
    os.environ["TF_NUM_INTEROP_THREADS"] = "1"
    sys.path[:0] = [str(ROOT / "code"), *map(str, FOLDERS)]
    import hypothesis.strategies
    import lossbook
    import pytest  # noqa: F401
    import scipy.integrate
    import scipy.optimize
    import scipy.stats  # noqa: F401

    assert hypothesis.strategies.floats

    assert lossbook.keras.losses  # imports TensorFlow
    # The heads come from the changed sources, in the forked processes only.
    if any(name.startswith("lossbook.heads") for name in sys.modules):
        raise SystemExit("the heads must not be imported before they are changed")


def verdict(mutant: Mutant) -> int:
    """What the tests say of the changed head; runs in a process of its own."""
    name, looking, own = BESIDE.get(
        mutant.head, (_module(mutant.head), (mutant.head,), (f"test_{mutant.head}",))
    )
    sys.meta_path.insert(0, Changed(name, mutant.text))
    warnings.simplefilter("error")
    attempts = []
    try:
        for module in own:
            if any(Path(folder, f"{module}.py").exists() for folder in FOLDERS):
                attempts += [test for test in tests_of(module) if not _missing(test)]
        for head in looking:
            fixtures = _fixtures(head)
            if not fixtures["case"]:
                return NO_TESTS
            for module in modules():
                for test in tests_of(module):
                    attempts += _for_head(test, head, fixtures)
    except Exception:
        return CAUGHT  # the head cannot even be built
    if not attempts:
        return NO_TESTS
    if mutant.place == UNCHANGED:
        attempts = [test for test in attempts if not slow(test)]
    # A test of no head in particular is tried once, not for each head that is looked at.
    attempts = list({_identity(test): test for test in attempts}.values())
    attempts.sort(key=slow)
    return SURVIVED if all(map(passes, attempts)) else CAUGHT


LAST = (
    "test_every_head", "test_samplers", "test_heads", "test_keras_use", "test_keras_wrappers",
    "test_precision",
)  # fmt: skip
"""Tests of every head that take long; they are tried after the others."""


def modules() -> list[str]:
    """What every head is tried against: all files of tests in the folder of the heads' tests,
    except those of one head and those of one module beside the heads."""
    of_one = {f"test_{name}" for name in _names()}
    of_one |= {"test_constraints", "test_links", "test_special", "test_tensors"}
    found = {path.stem for path in TESTS.glob("test_*.py")} - of_one
    return sorted(found, key=lambda name: (name in LAST, name))


FOLDERS_BESIDE = ("boosting", "calibration", "fitting", "training")
FOLDERS = [TESTS, *(ROOT / "tests" / folder for folder in FOLDERS_BESIDE)]
NEW_PROCESS = (
    "test_only_the_heads", "test_a_file", "test_the_stub", "test_a_new_process",
    "test_no_tree_library",
)  # fmt: skip
"""Tests that start processes, which would not see the change."""


def _fixtures(name: str) -> dict[str, list[Any]]:
    """What each fixture of the tests gives for one head."""
    from derivations import DERIVATIONS
    from oracles import CASES
    from sizes import LINKED, SIZED

    def of(table: dict[str, Any]) -> list[Any]:
        return [value for key, value in table.items() if re.sub(r"-.*", "", key) == name]

    return {
        "case": of(CASES),
        "derivation": of(DERIVATIONS),
        "head": [make() for make in of(SIZED)],
        "linked": [make() for make in of(LINKED)],
    }


def _missing(test: Callable[..., None]) -> set[str]:
    """The arguments that pytest would still have to give."""
    parameters = signature(test).parameters.values()
    return {p.name for p in parameters if p.default is p.empty}


def _for_head(
    test: Callable[..., None], head: str, fixtures: dict[str, list[Any]]
) -> list[Callable[..., None]]:
    """The test once for each value of its fixture, if it is a test of that head at all.

    Tests that ask for pytest's own fixtures, to save and load, are left out: they are no matter
    of one head.
    """
    bound = getattr(test, "keywords", {}).values()
    named = {v if isinstance(v, str) else getattr(v, "name", None) for v in bound}
    # A name may go on with a size or a link: "gamma-1", "beta-mean-probit".
    named = {name.partition("-")[0] for name in named if isinstance(name, str)}
    missing = _missing(test)
    if head in named:
        return [] if missing else [test]
    if named & set(_names()):
        return []  # of another head
    if not missing:
        return [test]
    if len(missing) > 1 or not missing <= set(fixtures):
        return []
    (given,) = missing
    return [partial(test, **{given: value}) for value in fixtures[given]]


def _identity(test: Callable[..., None]) -> tuple[Any, ...]:
    given = getattr(test, "keywords", {})
    inner = getattr(test, "func", test)
    return (inner, *((name, id(value)) for name, value in sorted(given.items())))


def slow(test: Callable[..., None]) -> bool:
    """Whether a test searches for a minimum; those come last."""
    name = getattr(test, "func", test).__name__
    return "best_constant" in name or "recovering" in name


def tests_of(module: str) -> Iterator[Callable[..., None]]:
    """The tests of a module with pytest's parameters put in; pytest itself takes seconds."""
    for name, test in vars(importlib.import_module(module)).items():
        if name.startswith(NEW_PROCESS) or hasattr(test, "hypothesis"):
            continue
        if name.startswith("test_") and callable(test):
            marks = [m.args for m in getattr(test, "pytestmark", []) if m.name == "parametrize"]
            given = [[_named(names, value) for value in values] for names, values in marks]
            for choice in itertools.product(*given):
                yield partial(test, **{k: v for one in choice for k, v in one.items()})


def _named(names: str | tuple[str, ...], value: Any) -> dict[str, Any]:
    """One choice of pytest's: a value for one name, or a tuple of values for several."""
    several = names.replace(" ", "").split(",") if isinstance(names, str) else list(names)
    values = [value] if len(several) == 1 else value
    return dict(zip(several, values, strict=True))


def passes(test: Callable[..., None]) -> bool:
    """Whether a test passes, or is skipped."""
    from _pytest.outcomes import Failed, Skipped

    try:
        test()
    except Skipped:
        return True
    except (Exception, Failed) as problem:
        print(f"{type(problem).__name__}: {problem}"[:600])
        return False
    return True


def attempt(mutant: Mutant, loud: bool) -> int:
    """Fork a process for the mutant; gives its id."""
    child = os.fork()
    if child == 0:
        # Of processor time, since on a busy machine tests that pass take long; and of the clock
        # for what sleeps. The default action of both ends the process.
        signal.setitimer(signal.ITIMER_PROF, LIMIT)
        signal.alarm(5 * LIMIT)
        code = CAUGHT
        try:
            if not loud:
                quiet = os.open(os.devnull, os.O_WRONLY)
                os.dup2(quiet, 1)
                os.dup2(quiet, 2)
            code = verdict(mutant)
        except BaseException:
            code = BROKEN
            if loud:
                traceback.print_exc()
        finally:
            sys.stdout.flush()
            os._exit(code)
    return child


def outcomes(tasks: list[Mutant], jobs: int, loud: bool):
    """Each mutant with its verdict, as they come in."""
    waiting, running = list(reversed(tasks)), {}
    while waiting or running:
        while waiting and len(running) < jobs:
            mutant = waiting.pop()
            running[attempt(mutant, loud)] = mutant
        child, status = os.wait()
        code = os.waitstatus_to_exitcode(status)
        yield running.pop(child), (HUNG if code < 0 else code)


def _names() -> list[str]:
    """Every head, by its file: the registry itself must not be imported before the change."""
    apart = {"__init__", "arguments", "base", "described", "keras_loss", "registry", "tensors"}
    return sorted(path.stem for path in HEADS.glob("*.py") if path.stem not in apart)


def _module(name: str) -> str:
    return BESIDE[name][0] if name in BESIDE else f"lossbook.heads.{name}"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("heads", nargs="*", help="heads by name; default: all")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--list", action="store_true", help="list the changes, try none")
    parser.add_argument("--only", default="", help="only changes whose description has this text")
    parser.add_argument("--every", type=int, default=1, help="only every n-th change")
    parser.add_argument("--from", type=int, default=0, dest="first", help="… from this one on")
    parser.add_argument("--loud", action="store_true", help="show why a change is caught")
    options = parser.parse_args()
    known = [*_names(), *BESIDE]
    unknown = sorted(set(options.heads) - set(known))
    if unknown:
        parser.error(f"no head is called {', '.join(unknown)}; there are {', '.join(known)}")
    wanted = options.heads or _names()
    texts = {name: source_of(_module(name)).read_text() for name in wanted}
    tasks = [mutant for name, text in texts.items() for mutant in mutants(name, text)]
    made = {(mutant.head, mutant.place) for mutant in tasks}
    for head, place in EQUIVALENT:
        if head in texts and (head, place) not in made:
            parser.error(f"EQUIVALENT names a change that is made no more: {head}, {place}")
    tasks = [mutant for mutant in tasks if options.only in mutant.label][
        options.first :: options.every
    ]
    print(f"{len(tasks)} changes in {len(wanted)} modules", flush=True)
    if options.list:
        print("\n".join(f"{mutant.head}, {mutant.label}" for mutant in tasks))
        return 0
    warm_up()
    sound = [Mutant(name, 0, UNCHANGED, text) for name, text in texts.items()]
    for mutant, code in outcomes(sound, options.jobs, options.loud):
        if code == NO_TESTS:
            raise SystemExit(f"no tests were found for {mutant.head}")
        if code != SURVIVED:
            raise SystemExit(f"the tests of {mutant.head} fail without any change: see --loud")
    began, survived = time.monotonic(), []
    table: dict[str, Counter[str]] = {}
    for mutant, code in outcomes(tasks, options.jobs, options.loud):
        if code == BROKEN:
            raise SystemExit(f"{mutant.head}, {mutant.label}: the attempt failed: see --loud")
        reason = EQUIVALENT.get((mutant.head, mutant.place))
        if code == CAUGHT:
            word, column = "caught", "caught"
        elif code == HUNG:
            word, column = "TIMED OUT", "timed out"
        elif reason:
            word, column = f"equivalent ({reason})", "equivalent"
        else:
            word, column = "SURVIVED", "survived"
            survived.append(mutant)
        table.setdefault(mutant.kind, Counter())[column] += 1
        print(f"{word:10s} {mutant.head}, {mutant.label}", flush=True)
    whole = sum(table.values(), Counter())
    columns = ("caught", "equivalent", "survived", "timed out")
    print(
        f"of {len(tasks)}: {', '.join(f'{whole[column]} {column}' for column in columns)} "
        f"({time.monotonic() - began:.0f} s)"
    )
    print(f"{'kind':12s}" + "".join(f"{column:>12s}" for column in columns))
    for kind, counts in sorted(table.items()):
        print(f"{kind:12s}" + "".join(f"{counts[column]:12d}" for column in columns))
    for mutant in survived:
        print(f"SURVIVED {mutant.head}, {mutant.label}")
    return int(bool(survived))


if __name__ == "__main__":
    sys.exit(main())
