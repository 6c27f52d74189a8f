"""Finds the Keras code of questions and of "Write this", and runs it on data of the tests' own."""

import ast
import contextlib
import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from lossbook import keras

CHAPTERS = Path(__file__).resolve().parents[2] / "chapters"
_WRITE = re.compile(r"^## Write this\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_QUESTION = re.compile(r"^\((q-[\w-]+)\)=\n(.*?)(?=^\(q-[\w-]+\)=\n|\Z)", re.MULTILINE | re.DOTALL)
_OTHER = re.compile(r"\{in-libraries\} (catalogue-[\w-]+)\n(.*?)^::::$", re.MULTILINE | re.DOTALL)
_FENCE = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks() -> dict[str, str]:
    """All blocks by the label of the question or the chapter's file; the second ends in " 2"."""
    found: dict[str, str] = {}
    for page in sorted(CHAPTERS.glob("*.md")):
        text = page.read_text(encoding="utf-8")
        parts = [(page.stem, part) for part in _WRITE.findall(text)]
        if page.stem.startswith("questions_"):
            parts = _QUESTION.findall(text)
        if page.stem == "catalogue":
            parts = _OTHER.findall(text)
        for label, part in parts:
            for number, code in enumerate(_FENCE.findall(part), start=1):
                found[label if number == 1 else f"{label} {number}"] = code
    return found


@dataclass(frozen=True)
class Case:
    """What a block starts from, and what must hold after it."""

    given: Callable[[], dict[str, Any]]
    check: Callable[["Run"], None]
    evaluated: tuple[str, str] = ("x", "y")
    """The names of inputs and labels at which each compiled model is evaluated."""
    few: bool = True
    """Whether two epochs will do."""


@dataclass
class Run:
    """A block after it ran."""

    names: dict[str, Any]
    values: list[Any] = field(default_factory=list)
    """What each statement at the top computed or assigned, in order."""
    last: list[Any] = field(default_factory=list)
    """The activation of each compiled model's last layer."""
    printed: str = ""
    reports: list[tuple[np.ndarray, Any]] = field(default_factory=list)
    """The outputs of the model after each `compile`, and what `evaluate` gives for them."""

    def __getitem__(self, name: str) -> Any:
        """A name as an array of NumPy, or the number of a statement."""
        value = self.values[name] if isinstance(name, int) else self.names[name]
        return numpy(value)


def numpy(value: Any) -> Any:
    """The value, as an array where it is a tensor."""
    return keras.ops.convert_to_numpy(value) if keras.ops.is_tensor(value) else value


class _Prepared(ast.NodeTransformer):
    """The block with an ellipsis filled, few epochs, and a note after each statement at the top."""

    def __init__(self, few: bool) -> None:
        self.few = few

    def visit_List(self, node: ast.List) -> ast.AST:
        self.generic_visit(node)
        for place, one in enumerate(node.elts):
            if isinstance(one, ast.Constant) and one.value is ...:
                node.elts[place] = ast.Name("filling", ast.Load())
        return node

    def visit_keyword(self, node: ast.keyword) -> ast.AST:
        self.generic_visit(node)
        # A test of the lines, not of how long they train.
        few = self.few and node.arg == "epochs"
        return ast.keyword("epochs", ast.Constant(2)) if few else node

    def noted(self, code: str) -> ast.Module:
        module = self.visit(ast.parse(code))
        body: list[ast.stmt] = []
        for node in module.body:
            text = ast.unparse(node)
            said = isinstance(node, ast.Expr)
            body += ast.parse(f"note_value({text})" if said else text).body
            if isinstance(node, ast.Assign):
                targets = ast.unparse(node.targets[0])
                body += ast.parse(f"note_value({targets})").body
                if targets == "outputs":
                    body += ast.parse("model = keras_.Model(features, outputs)").body
            if said and ".compile(" in text:
                body += ast.parse(f"note_report({text.partition('.compile(')[0]})").body
        return ast.Module(body, [])


def run(code: str, case: Case) -> Run:
    """Run a block on what its case gives."""
    import lossbook
    import sklearn.linear_model
    import sklearn.metrics

    done = Run({"keras": keras, "keras_": keras, "np": np, "numpy": np, "ops": keras.ops})
    done.names |= {"lossbook": lossbook, "sklearn": sklearn, "softmax": softmax}
    done.names |= {"log": np.log, "exp": np.exp, "sqrt": np.sqrt, "sum": sum} | case.given()

    def report(model: Any) -> None:
        x, y = (eval(name, done.names) for name in case.evaluated)
        done.last.append(getattr(model.layers[-1], "activation", None))
        reported = model.evaluate(x, y, verbose=0)
        done.reports.append((model.predict(x, verbose=0), reported))

    done.names |= {"note_value": done.values.append, "note_report": report}
    with contextlib.redirect_stdout(io.StringIO()) as out:
        exec(
            compile(ast.fix_missing_locations(_Prepared(case.few).noted(code)), "<block>", "exec"),
            done.names,
        )
    done.printed = out.getvalue()
    return done


def softmax(raw: Any) -> np.ndarray:
    power = np.exp(raw - np.max(raw, axis=-1, keepdims=True))
    return power / power.sum(axis=-1, keepdims=True)


def passing(units: int, loss: Any = None, **more: Any) -> Any:
    """A model that puts out what goes in, and that training does not change."""
    first = keras.layers.Dense(units, use_bias=False, kernel_initializer="identity")
    model = keras.Sequential([keras.Input((units,)), first])
    if loss is not None:
        model.compile(keras.optimizers.SGD(0.0), loss, **more)
    return model


def same(found: Any, expected: Any, rtol: float = 1e-4, atol: float = 1e-5) -> None:
    """Equal within float32."""
    np.testing.assert_allclose(numpy(found), expected, rtol=rtol, atol=atol)


def ends(layer: Any, units: int) -> None:
    """The layer puts out that many raw outputs."""
    assert layer.units == units
    assert layer.activation is keras.activations.linear
