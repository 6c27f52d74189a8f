"""The LaTeX of a head's formula, read as SymPy, so that what a chapter prints can be evaluated.

Only what the formulas use: sums, products by juxtaposition, fractions, powers, indices, factorials,
logarithms and a few named functions. Whatever else turns up is an error, not a guess.
"""

import re
from collections.abc import Mapping
from typing import Any

import sympy as sp

TOKEN = re.compile(r"\\[A-Za-z]+|\\[,;! ]|\d+|[A-Za-z]|[-+*/=^_{}()|!;,]|\s+")
SPACES = {r"\,", r"\;", r"\!", r"\ "}
SIZES = re.compile(r"\\(?:[bB]igg?[lr]|left|right)(?![A-Za-z])")


def read(text: str, names: Mapping[str, Any]) -> Any:
    """The formula as an expression in the values of `names`.

    A name is LaTeX without spaces: a symbol (`\\mu`, `y`), one with an index (`a_k`) or a function
    (`\\Gamma`), whose value is then a callable. Raises ValueError on anything it does not know.
    """
    text = SIZES.sub("", text)
    tokens = [t for t in TOKEN.findall(text) if t.strip() and t not in SPACES]
    if "".join(tokens) != re.sub(r"\\[,;! ]|\s+", "", text):
        raise ValueError(f"{text!r} has a sign that is not understood")
    reader = Reader(tokens, names)
    found = reader.total()
    if reader.tokens:
        raise ValueError(f"{' '.join(reader.tokens)!r} is left over in {text!r}")
    return found


class Reader:
    """Recursive descent over the tokens, which are used up from the front."""

    def __init__(self, tokens: list[str], names: Mapping[str, Any]) -> None:
        self.tokens, self.names = tokens, names

    def next(self) -> str:
        return self.tokens[0] if self.tokens else ""

    def take(self, expected: str = "") -> str:
        token = self.tokens.pop(0) if self.tokens else ""
        if expected and token != expected:
            raise ValueError(f"{expected!r} expected, not {token!r}")
        return token

    def total(self) -> Any:
        """Terms added and subtracted."""
        sign = -1 if self.next() == "-" else 1
        if self.next() in ("-", "+"):
            self.take()
        value = sign * self.product()
        while self.next() in ("+", "-"):
            sign = 1 if self.take() == "+" else -1
            value = value + sign * self.product()
        return value

    def product(self) -> Any:
        """Factors side by side, or with a solidus."""
        value = self.factor()
        while self.next() not in ("", "+", "-", "}", ")", ",", ";", "=", r"\rvert", "|"):
            if self.next() == "/":
                self.take()
                value = value / self.factor()
            else:
                value = value * self.factor()
        return value

    def group(self) -> Any:
        """What stands in braces, or the one token after a command."""
        if self.next() != "{":
            token = self.take()
            if len(token) > 1 and token.isdigit():  # \frac12
                self.tokens.insert(0, token[1:])
                token = token[0]
            return sp.Integer(token) if token.isdigit() else self.name(token)
        self.take("{")
        value = self.total()
        self.take("}")
        return value

    def factor(self) -> Any:
        value = self.base()
        while self.next() in ("^", "!"):
            if self.take() == "!":
                value = sp.factorial(value)
            elif self.next() == "{":
                value = value ** self.group()
            else:
                value = value ** (sp.Integer(self.take()) if self.next().isdigit() else self.base())
        return value

    def base(self) -> Any:
        token = self.take()
        if token == "(":
            value = self.total()
            self.take(")")
            return value
        if token == "|":
            value = self.total()
            self.take("|")
            return sp.Abs(value)
        if token.isdigit():
            return sp.Integer(token)
        if token in (r"\frac", r"\tfrac"):
            above = self.group()
            return above / self.group()
        if token == r"\tbinom":
            above = self.group()
            return sp.binomial(above, self.group())
        if token == r"\sqrt":
            return sp.sqrt(self.group())
        if token in (r"\log", r"\cosh", r"\cos"):
            return getattr(sp, token[1:])(self.argument())
        if token == r"\sum":
            self.take("_")
            index = self.take()
            return self.sum(index)
        return self.name(token)

    def argument(self) -> Any:
        """What a logarithm is taken of: a bracket, or all factors up to the next one or sign."""
        if self.next() == "(":
            return self.factor()
        value = self.factor()
        while self.next() not in ("", "+", "-", "}", ")", ",", ";", r"\log"):
            value = value * self.factor()
        return value

    def sum(self, index: str) -> Any:
        """A sum over 0, 1, … of everything up to the next sign."""
        size, start = self.names[f"|{index}|"], list(self.tokens)
        value: Any = 0
        for number in range(size):
            self.tokens = list(start)
            names, self.names = self.names, {**self.names, index: number}
            value = value + self.product()
            self.names = names
        return value

    def name(self, token: str) -> Any:
        """A symbol, perhaps with an index, or a function of what follows in brackets."""
        if token == r"\mathcal":
            self.take("{")
            token += self.take()
            self.take("}")
        label = token
        if self.next() == "_":
            self.take("_")
            label += "_" + self.index()
        if label not in self.names:
            raise ValueError(f"{label!r} has no meaning here; there are {', '.join(self.names)}")
        value = self.names[label]
        if callable(value) and not isinstance(value, sp.Basic) and self.next() == "(":
            self.take("(")
            arguments = [self.total()]
            while self.next() in (",", ";"):
                self.take()
                arguments.append(self.total())
            self.take(")")
            return value(*arguments)
        return value

    def index(self) -> str:
        """An index as text; running indices and numbers are worked out."""
        if self.next() == "{":
            self.take("{")
            inner = []
            while self.next() != "}":
                inner.append(self.take())
            self.take("}")
        else:
            inner = [self.take()]
        known = [str(self.names[t]) if isinstance(self.names.get(t), int) else t for t in inner]
        text = "".join(known)
        return str(eval(text)) if re.fullmatch(r"[\d+-]+", text) and len(inner) > 1 and any(
            c in text for c in "+-") else text  # fmt: skip
