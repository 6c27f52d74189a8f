"""The catalogue's formulas, read from their sentences, and its sentences beside their checks.

`formulas` and `value` read LaTeX with the reader of the heads' formulas, so that a changed sign,
factor or symbol changes a number or has no meaning. `Sentences` keeps what cannot be derived: each
sentence whole beside the function that shows it.
"""

import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import sympy as sp

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "heads"))
from latex import SIZES, SPACES, TOKEN, Reader

PLAIN = {
    r"\lvert": r"\abs(", r"\rvert": ")", r"\operatorname{sech}": r"\sech ",
    r"\varphi'": r"\slope ", r"\sigma'": r"\slope ",
    r"\tanh^2 z": r"\tanh(z)^2", r"\tanh z": r"\tanh(z)",
}  # fmt: skip
"""What the reader knows by another spelling; one symbol has one derivative on a line."""
ALWAYS = {
    "e": sp.E, r"\pi": sp.pi, r"\sech": sp.sech, r"\tanh": sp.tanh, r"\abs": sp.Abs,
    r"\Phi": lambda x: (1 + sp.erf(x / sp.sqrt(2))) / 2,
}  # fmt: skip


class Printed(Reader):
    """The reader of the heads' formulas, with products over an index and long denominators."""

    def product(self) -> Any:
        """Factors side by side; all that follow a solidus stand below it."""
        value = self.factor()
        while self.next() not in ("", "+", "-", "}", ")", ",", ";", "=", "|"):
            if self.next() == "/":
                self.take()
                return value / self.product()
            value = value * self.factor()
        return value

    def base(self) -> Any:
        if self.next() != r"\prod":
            return super().base()
        self.take()
        self.take("_")
        index = self.take()
        start, value = list(self.tokens), sp.Integer(1)
        for number in range(self.names[f"|{index}|"]):
            self.tokens, names = list(start), self.names
            self.names = {**names, index: number}
            value, self.names = value * self.product(), names
        return value


def formulas(sentence: str) -> list[str]:
    """What stands between dollar signs."""
    return re.findall(r"\$(.+?)\$", sentence)


def value(formula: str, names: Mapping[str, Any]) -> Any:
    """A formula as SymPy; ValueError on whatever has no meaning among `names`."""
    text = SIZES.sub("", formula)
    for sign, plain in PLAIN.items():
        text = text.replace(sign, plain)
    tokens = [t for t in TOKEN.findall(text) if t.strip() and t not in SPACES]
    if "".join(tokens) != re.sub(r"\\[,;! ]|\s+", "", text):
        raise ValueError(f"{formula!r} has a sign that is not understood")
    reader = Printed(tokens, {**ALWAYS, **names})
    found = sp.sympify(reader.total())
    if reader.tokens:
        raise ValueError(f"{' '.join(reader.tokens)!r} is left over in {formula!r}")
    return found


def number(formula: str, names: Mapping[str, Any]) -> float:
    """The same as a float."""
    return float(value(formula, names))


def indexed(**vectors: Any) -> dict[str, Any]:
    """Names for the entries of vectors of one size: p_0, p_1, … and how many k there are."""
    names = {f"{name}_{k}": float(v) for name, each in vectors.items() for k, v in enumerate(each)}
    return {**names, "|k|": len(next(iter(vectors.values())))}


class Sentences:
    """Which sentence each check shows: (entry, field) → the sentence, as it must stand."""

    def __init__(self) -> None:
        self.shown: dict[tuple[str, str], str] = {}

    def shows(self, entry: str, **fields: str) -> Callable[[Any], Any]:
        """Marks a test as the one that shows these sentences of an entry."""
        for field, sentence in fields.items():
            assert (entry, field) not in self.shown, f"{entry}.{field} stands here twice"
            self.shown[entry, field] = sentence
        return lambda check: check

    def assert_stands(self, entries: Mapping[str, Any], *fields: str) -> None:
        """Every sentence of the catalogue stands here word by word, and no other."""
        for name, entry in entries.items():
            for field in fields:
                found, shown = getattr(entry, field), self.shown.get((name, field), "")
                assert found == shown, (
                    f"{name}.{field} is {found!r}, but what is checked is {shown!r}: "
                    "see that the check below it still shows the sentence, then change it there"
                )
        extra = {key for key in self.shown if key[0] not in entries or key[1] not in fields}
        assert not extra, f"{extra} are no sentences of the catalogue"
