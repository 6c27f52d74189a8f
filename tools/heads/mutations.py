"""Small changes to a head's source, one at a time, for `mutate.py`."""

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

SWAPS = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult}
NEIGHBOURS = {
    "log": "log1p", "log1p": "log", "exp": "expm1", "expm1": "exp", "square": "abs",
    "softplus": "relu", "maximum": "minimum", "minimum": "maximum", "cos": "sin", "sin": "cos",
    "tanh": "sigmoid", "sigmoid": "tanh", "abs": "square", "sqrt": "square",
    "logsumexp": "max", "log_complement": "log", "complement": "activation",
    "reciprocal": "activation", "lognormal": "normal", "random": "standard_normal",
    "floor": "ceil", "floor_divide": "divide",
}  # fmt: skip
SIGNS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}

SYMMETRIC = "the noise is symmetric: minus it has the same distribution"
UNIT = "the directions have length one; this takes off their rounding only"
SWITCH = "where one form of the same logarithm takes over from the other is free"
ROOT = "minus a function has the same root"
BRACKET = "any bracket that holds the root gives the same root"
HALVED = "the fitted variance is halved, all weights with it; the location stays"
MIRROR = "near the middle either mirror image gives the same difference"
BOUND = "any bound below the true difference will do; it counts where rounding left nothing"
UNTAKEN = "it stands in for the numbers of the other branch, where any harmless one will do"
ONES = "times one is divided by one"
LENGTH = "a direction does not depend on how long its arrow is"
SHORT = "how long an arrow must be to have a direction is free, as long as that of zero has none"
WINDOW = "where the window of terms begins is free, as long as it holds those that matter"
JUMP = "value and slope are the same from both sides; the second derivative jumps there"

EQUIVALENT: dict[tuple[str, str], str] = {
    ("huber", "_sample: location + np.where(rng.random(location.shape) < in_middle, middle, "
     "tail) → location - np.where(rng.random(location.shape) < in_middle, middle, "
     "tail)"): SYMMETRIC,
    ("hyperbolic_secant", "_sample: location + np.log(np.tan(np.pi / 2 * "
     "rng.random(location.shape))) → location - np.log(np.tan(np.pi / 2 * "
     "rng.random(location.shape)))"): SYMMETRIC,
    ("multivariate_gaussian", "_sample: mean + np.einsum('nij,nj->ni', lower, "
     "rng.normal(size=mean.shape)) → mean - np.einsum('nij,nj->ni', lower, "
     "rng.normal(size=mean.shape))"): SYMMETRIC,
    ("ordinal", "_gaussian_between: low + high → 2.0 * low + high"): MIRROR,
    ("ordinal", "_gaussian_between: (a - b) * (a + b) / 2 → (a - b) * (a + b) / 3"): BOUND,
    ("student_t", "_sample: location + scale * rng.standard_t(self.df, location.shape) → "
     "location - scale * rng.standard_t(self.df, location.shape)"): SYMMETRIC,
    ("student_t", "best_constant: self.df + (y - location) ** 2 / variance → "
     "2.0 * self.df + (y - location) ** 2 / variance"): HALVED,
    ("student_t", "_nll: 1000.0 → 1100.01"): SWITCH,
    ("elementwise", "log: raw < -20 → raw <= -20"): SWITCH,
    ("elementwise", "log: -20 * ops.ones_like(raw) → -20 / ops.ones_like(raw)"): ONES,
    ("elementwise", "log: -20 * ops.ones_like(raw) → 2.0 * -20 * ops.ones_like(raw)"): UNTAKEN,
    ("elementwise", "_within: limit * ops.ones_like(raw) → limit / ops.ones_like(raw)"): ONES,
    ("elementwise", "_within: -limit * ops.ones_like(raw) → -limit / ops.ones_like(raw)"): ONES,
    ("elementwise", "slopes: raw > limit → raw >= limit"): JUMP,
    ("elementwise", "slopes: raw < -limit → raw <= -limit"): JUMP,
    ("joint", "activation: arrow / backend.maximum(largest, FLOOR) → "
     "2.0 * arrow / backend.maximum(largest, FLOOR)"): LENGTH,
    ("joint", "activation: FLOOR ** 2 → FLOOR ** 3"): SHORT,
    ("tweedie", "_log_series: TERMS // 2 → TERMS // 3"): WINDOW,
    ("von_mises_fisher", "_sample: rows / np.linalg.norm(rows, axis=-1, keepdims=True) → "
     "rows * np.linalg.norm(rows, axis=-1, keepdims=True)"): UNIT,
    ("weibull", "score: return (weight * log_time).sum() / weight.sum() - 1 / k - "
     "log_time[event == 1].mean() → return -((weight * log_time).sum() / weight.sum() - 1 / k - "
     "log_time[event == 1].mean())"): ROOT,
    ("weibull", "best_constant: 0.001 → 0.0111"): BRACKET,
    ("weibull", "best_constant: 1000.0 → 1100.01"): BRACKET,
}  # fmt: skip
"""(head, place) → why no test can notice. A place is "function: code before → after"."""


WIDER = {
    "OPEN_UNIT": "UNIT_INTERVAL", "POSITIVE": "NON_NEGATIVE", "NON_NEGATIVE": "REAL",
    "COUNT": "NON_NEGATIVE", "BINARY": "UNIT_INTERVAL", "CLASS": "COUNT", "ANGLE": "REAL",
    "OPEN_SIMPLEX": "SIMPLEX", "UNIT_VECTOR": "REAL", "CENSORED": "REAL", "REAL": "POSITIVE",
}  # fmt: skip
"""Support → one that accepts too much (for real numbers: too little)."""
BORDERS = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.GtE}
TURNED = {ast.Lt: ast.Gt, ast.LtE: ast.GtE, ast.Gt: ast.Lt, ast.GtE: ast.LtE, ast.Eq: ast.NotEq}
TEXTS = ("name", "title", "question", "functional", "keras_loss", "dropped", "formula")
SHAPES = ("_ready", "arranged", "same_shape", "_columns_of", "_without", "where")
"""Functions that look at shapes: what is changed there is of the kind "rank"."""


@dataclass(frozen=True)
class Mutant:
    """A head's source with one change, and of which kind the change is."""

    head: str
    line: int
    place: str
    text: str
    kind: str = ""

    @property
    def label(self) -> str:
        """Line, kind and change, for a list."""
        return f"line {self.line}, {self.kind}, {self.place}"


Change = tuple[str, Callable[[ast.AST], None]]
"""Its kind, and what it does to a node."""


def mutants(head: str, source: str) -> Iterator[Mutant]:
    """Every change to a head, one at a time."""
    tree = ast.parse(source)
    yield from limits(head, tree)
    for number, (function, node) in enumerate(places(tree)):
        for kind, change in changes(function, node):
            altered = copy.deepcopy(tree)
            target = list(places(altered))[number][1]
            change(target)
            before, after = ast.unparse(node), ast.unparse(target)
            place = f"{function}: {before} → {after}"
            yield Mutant(head, getattr(node, "lineno", 0), place, ast.unparse(altered), kind)


def limits(head: str, tree: ast.Module) -> Iterator[Mutant]:
    """A number that stands at the top of a module, four times as large and a quarter."""
    for place, node in enumerate(tree.body):
        if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Constant):
            continue
        before = node.value.value
        for after in (before * 4, before / 4) if type(before) in (int, float) else ():
            altered = copy.deepcopy(tree)
            target = altered.body[place]
            assert isinstance(target, ast.Assign)
            target.value = ast.Constant(type(before)(after))
            label = f"module: {ast.unparse(node)} → {ast.unparse(target)}"
            yield Mutant(head, node.lineno, label, ast.unparse(altered), "tail")


def places(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """Each node that may be changed, with the innermost function or class it stands in."""
    for scope in ast.walk(tree):
        if isinstance(scope, ast.FunctionDef):
            yield scope.name, scope.args
            yield from ((scope.name, node) for node in _within(scope))
        elif isinstance(scope, ast.ClassDef):
            yield from ((scope.name, node) for node in scope.body if isinstance(node, ast.Assign))


def _within(scope: ast.FunctionDef) -> Iterator[ast.AST]:
    """The expressions and returns of a function, without those of functions inside it."""
    waiting: list[ast.AST] = list(scope.body)
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, ast.FunctionDef):
            continue
        if isinstance(node, ast.expr | ast.Return):
            yield node
        waiting[:0] = ast.iter_child_nodes(node)


def changes(function: str, node: ast.AST) -> Iterator[Change]:
    """What can be done to a node."""
    drawn = "sampler" if function == "_sample" else "arithmetic"
    if isinstance(node, ast.Assign):
        yield from of_class(node)
    if isinstance(node, ast.arguments):
        yield from of_defaults(node)
    border = "rank" if function in SHAPES else "border"
    if isinstance(node, ast.Compare) and type(node.ops[0]) in TURNED:
        yield border, _attribute("ops", [BORDERS[type(node.ops[0])]()])
        yield (
            border if border == "rank" else "tail",
            _attribute("ops", [TURNED[type(node.ops[0])]()]),
        )
    if isinstance(node, ast.BoolOp):  # one condition left out
        yield border, _attribute("values", node.values[1:])
        yield border, _attribute("values", node.values[:-1])
    if isinstance(node, ast.BinOp) and type(node.op) in SWAPS and not listing(node):
        yield drawn, _attribute("op", SWAPS[type(node.op)]())
        yield drawn, _attribute("left", ast.BinOp(ast.Constant(2.0), ast.Mult(), node.left))
    if isinstance(node, ast.BinOp):
        for side in ("left", "right"):
            value = getattr(node, side)
            if isinstance(value, ast.Constant) and type(value.value) is int:
                yield drawn, _attribute(side, ast.Constant(value.value + 1))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        whole = isinstance(node.operand, ast.Constant) and type(node.operand.value) is int
        if not whole:  # an axis of -1 is no arithmetic
            yield drawn, _attribute("op", ast.UAdd())
    if isinstance(node, ast.Call):
        for number, given in enumerate(node.keywords):
            if given.arg == "axis":
                yield "axis", _keyword(number, ast.Constant(1))
            if given.arg == "keepdims":
                yield "axis", _keyword(number, ast.Constant(False))
    if isinstance(node, ast.Attribute) and ast.unparse(node) == "self.size":
        yield "size", _one_more()
    if isinstance(node, ast.Return) and numeric(node.value):
        yield drawn, _attribute("value", ast.UnaryOp(ast.USub(), node.value))
        if function in ("_nll", "objective") and node.value is not None:
            mean = _parsed(f"ops.mean({ast.unparse(node.value)})")
            yield "reduction", _attribute("value", mean)
        if function == "inside":
            yield (
                "support",
                _attribute("value", _parsed("y[..., 0] == y[..., 0]")),
            )
    if isinstance(node, ast.Constant) and type(node.value) is float:
        yield drawn, _attribute("value", node.value * 1.1 + 0.01)
    if isinstance(node, ast.Attribute) and node.attr in NEIGHBOURS:
        link = node.attr in ("log_complement", "complement", "reciprocal")
        yield ("link" if link else drawn), _attribute("attr", NEIGHBOURS[node.attr])


def of_class(node: ast.Assign) -> Iterator[Change]:
    """A support that accepts too much, a parameter's constraint or floor, a text."""
    name = ast.unparse(node.targets[0])
    if name == "support":
        yield "support", _attribute("value", _everywhere(WIDER[ast.unparse(node.value)]))
    if name in TEXTS and ast.unparse(node.value) != "''":
        text = ast.BinOp(node.value, ast.Add(), ast.Constant(" + 1"))
        yield "text", _attribute("value", text)


def _everywhere(constraint: str) -> ast.expr:
    return _parsed(f"__import__('lossbook.constraints').constraints.{constraint}")


def _parsed(expression: str) -> ast.expr:
    return ast.parse(expression, mode="eval").body


def of_defaults(node: ast.arguments) -> Iterator[Change]:
    """Another default, for arguments that are numbers."""
    for number, value in enumerate(node.defaults):
        if isinstance(value, ast.Constant) and type(value.value) in (int, float):
            other = value.value + 1 if type(value.value) is int else value.value * 1.1 + 0.01

            def put(n: ast.AST, number: int = number, other: float = other) -> None:
                n.defaults[number] = ast.Constant(other)

            yield "default", put


def _attribute(name: str, value: Any) -> Callable[[ast.AST], None]:
    def put(n: ast.AST) -> None:
        setattr(n, name, copy.deepcopy(value))

    return put


def _keyword(number: int, value: ast.expr) -> Callable[[ast.AST], None]:
    def put(n: ast.AST) -> None:
        n.keywords[number].value = value

    return put


def _one_more() -> Callable[[ast.AST], None]:
    """self.size → self.size + 1, within the attribute's own node."""

    def put(n: ast.AST) -> None:
        n.value = _parsed("__import__('types').SimpleNamespace(size=self.size + 1)")

    return put


def listing(node: ast.BinOp) -> bool:
    """Lists and tuples are joined by + too; that is no arithmetic."""
    return isinstance(node.left, ast.List | ast.Tuple | ast.JoinedStr)


def numeric(value: ast.expr | None) -> bool:
    """Whether a returned expression can be negated at all."""
    return isinstance(value, ast.BinOp | ast.Call) and "KerasRelation" not in ast.unparse(value)
