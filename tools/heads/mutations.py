"""Small changes to a head's source, one at a time, for `mutate.py`."""

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass

SWAPS = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult}
NEIGHBOURS = {
    "log": "log1p", "log1p": "log", "exp": "expm1", "expm1": "exp", "square": "abs",
    "softplus": "relu", "maximum": "minimum", "minimum": "maximum", "cos": "sin", "sin": "cos",
    "tanh": "sigmoid", "sigmoid": "tanh", "abs": "square", "sqrt": "square",
    "logsumexp": "max", "logaddexp": "maximum",
}  # fmt: skip
SIGNS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}

FILLER = "a harmless argument for the branch that is not taken"
UNDERFLOW = "how far above float32's least number the floor stands is free"

SYMMETRIC = "the noise is symmetric: minus it has the same distribution"
UNIT = "the directions have length one; this takes off their rounding only"
SWITCH = "where one form of the same logarithm takes over from the other is free"
ROOT = "minus a function has the same root"
BRACKET = "any bracket that holds the root gives the same root"
HALVED = "the fitted variance is halved, all weights with it; the location stays"
MIRROR = "near the middle either mirror image gives the same difference"
BOUND = "any bound below the true difference will do; it counts where rounding left nothing"
WINDOW = "where the window of terms begins is free, as long as it holds those that matter"

EQUIVALENT: dict[tuple[str, str], str] = {
    ("beta", "nll: float(np.finfo(np.float32).tiny) * 10000.0 → "
     "2.0 * float(np.finfo(np.float32).tiny) * 10000.0"): UNDERFLOW,
    ("beta", "nll: 10000.0 → 11000.01"): UNDERFLOW,
    ("binomial", "log_ndtr: -5 * ops.ones_like(x) → 2.0 * -5 * ops.ones_like(x)"): FILLER,
    ("binomial", "log_ndtr: -5 * ops.ones_like(x) → -5 / ops.ones_like(x)"): FILLER,
    ("huber", "sample: location + np.where(rng.random(location.shape) < in_middle, middle, tail) → "
     "location - np.where(rng.random(location.shape) < in_middle, middle, tail)"): SYMMETRIC,
    ("hyperbolic_secant", "sample: location + np.log(np.tan(np.pi / 2 * "
     "rng.random(location.shape))) → location - np.log(np.tan(np.pi / 2 * "
     "rng.random(location.shape)))"): SYMMETRIC,
    ("multivariate_gaussian", "sample: mean + np.einsum('nij,nj->ni', lower, "
     "rng.normal(size=mean.shape)) → mean - np.einsum('nij,nj->ni', lower, "
     "rng.normal(size=mean.shape))"): SYMMETRIC,
    ("ordinal", "_gaussian_between: low + high → 2.0 * low + high"): MIRROR,
    ("ordinal", "_gaussian_between: (a - b) * (a + b) / 2 → (a - b) * (a + b) / 3"): BOUND,
    ("student_t", "sample: location + parameters['scale'] * rng.standard_t(self.df, "
     "location.shape) → location - parameters['scale'] * rng.standard_t(self.df, "
     "location.shape)"): SYMMETRIC,
    ("student_t", "best_constant: self.df + (y - location) ** 2 / variance → "
     "2.0 * self.df + (y - location) ** 2 / variance"): HALVED,
    ("student_t", "nll: 1000.0 → 1100.01"): SWITCH,
    ("tweedie", "_log_a: TERMS // 2 → TERMS // 3"): WINDOW,
    ("von_mises_fisher", "sample: rows / np.linalg.norm(rows, axis=-1, keepdims=True) → "
     "rows * np.linalg.norm(rows, axis=-1, keepdims=True)"): UNIT,
    ("weibull", "best_constant: return (weight * log_time).sum() / weight.sum() - 1 / k - "
     "log_time[event == 1].mean() → return -((weight * log_time).sum() / weight.sum() - 1 / k - "
     "log_time[event == 1].mean())"): ROOT,
    ("weibull", "score: return (weight * log_time).sum() / weight.sum() - 1 / k - "
     "log_time[event == 1].mean() → return -((weight * log_time).sum() / weight.sum() - 1 / k - "
     "log_time[event == 1].mean())"): ROOT,
    ("weibull", "best_constant: 0.001 → 0.0111"): BRACKET,
    ("weibull", "best_constant: 1000.0 → 1100.01"): BRACKET,
}  # fmt: skip
"""(head, place) → why no test can notice. A place is "function: code before → after"."""


@dataclass(frozen=True)
class Mutant:
    """A head's source with one change."""

    head: str
    line: int
    place: str
    text: str

    @property
    def label(self) -> str:
        """Line and change, for a list."""
        return f"line {self.line}, {self.place}"


Change = Callable[[ast.AST], None]


def mutants(head: str, source: str) -> Iterator[Mutant]:
    """Every change to the functions of a head, one at a time."""
    tree = ast.parse(source)
    for number, (function, node) in enumerate(places(tree)):
        for change in changes(node):
            altered = copy.deepcopy(tree)
            target = list(places(altered))[number][1]
            change(target)
            before, after = ast.unparse(node), ast.unparse(target)
            place = f"{function}: {before} → {after}"
            yield Mutant(head, node.lineno, place, ast.unparse(altered))


def places(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """Each node that may be changed, with the function it stands in."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            for statement in function.body:
                for node in ast.walk(statement):
                    if isinstance(node, ast.expr | ast.Return):
                        yield function.name, node


def changes(node: ast.AST) -> Iterator[Change]:
    """What can be done to a node."""
    if isinstance(node, ast.BinOp) and type(node.op) in SWAPS and not listing(node):
        other = SWAPS[type(node.op)]

        def swap(n: ast.AST) -> None:
            n.op = other()

        def double(n: ast.AST) -> None:
            n.left = ast.BinOp(ast.Constant(2.0), ast.Mult(), n.left)

        yield swap
        yield double
    if isinstance(node, ast.BinOp):
        for side in ("left", "right"):
            value = getattr(node, side)
            if isinstance(value, ast.Constant) and type(value.value) is int:
                yield replacer(side, ast.Constant(value.value + 1))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):

        def positive(n: ast.AST) -> None:
            n.op = ast.UAdd()

        if not (isinstance(node.operand, ast.Constant) and type(node.operand.value) is int):
            yield positive  # an axis of -1 is no arithmetic
    if isinstance(node, ast.Return) and numeric(node.value):

        def negate(n: ast.AST) -> None:
            n.value = ast.UnaryOp(ast.USub(), n.value)

        yield negate
    if isinstance(node, ast.Constant) and type(node.value) is float:

        def shift(n: ast.AST) -> None:
            n.value = n.value * 1.1 + 0.01

        yield shift
    if isinstance(node, ast.Attribute) and node.attr in NEIGHBOURS and node.attr != "nll":

        def rename(n: ast.AST) -> None:
            n.attr = NEIGHBOURS[n.attr]

        yield rename


def replacer(side: str, value: ast.expr) -> Change:
    def replace(n: ast.AST) -> None:
        setattr(n, side, value)

    return replace


def listing(node: ast.BinOp) -> bool:
    """Lists and tuples are joined by + too; that is no arithmetic."""
    return isinstance(node.left, ast.List | ast.Tuple | ast.JoinedStr)


def numeric(value: ast.expr | None) -> bool:
    """Whether a returned expression can be negated at all."""
    return isinstance(value, ast.BinOp | ast.Call) and "KerasRelation" not in ast.unparse(value)
