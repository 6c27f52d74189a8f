"""SymPy derives each negative log likelihood and gradient; page and code must both agree."""

import numpy as np
import pytest
import sympy as sp
from derivations import DERIVATIONS, Derivation, Z
from latex import read

POINTS = np.random.default_rng(7).normal(size=(3, len(Z)))


@pytest.fixture(params=DERIVATIONS, ids=str)
def derivation(request) -> Derivation:
    return DERIVATIONS[request.param]


def printed(derivation: Derivation, outcome):
    """The formula as the page prints it, read as an expression in the raw outputs."""
    formula = derivation.head().formula
    for part, spelled in derivation.spelled.items():
        assert part in formula, "the formula no longer has this part"
        formula = formula.replace(part, spelled)
    if r"\text" in formula:
        at_zero, rest = formula.split(r"\text{ for } y = 0;")
        formula = at_zero if outcome == 0 else rest.removesuffix(r"\text{ else}")
        formula = formula.removeprefix(r"\;")
    main, *definitions = formula.split(r",\;")
    names = derivation.names(outcome)
    for definition in definitions:
        name, right = (part.strip() for part in definition.split("=", 1))
        value = read(right, names)
        called, _, argument = name.partition("(")
        names[called] = (lambda _, value=value: value) if argument else value
    return read(main, names)


def at(expression, point: np.ndarray) -> float:
    numbers = dict(zip(Z, (sp.Float(v, 40) for v in point), strict=True))
    return float(sp.N(sp.sympify(expression).subs(numbers), 25))


def as_array(outcome) -> np.ndarray:
    """An outcome as the head takes it: `(1, size)`, or a class number."""
    return np.array([[float(v) for v in outcome]] if isinstance(outcome, tuple) else [outcome])


def outcome_for(head, outcome) -> np.ndarray:
    y = as_array(outcome)
    return y.astype(int) if head.name in ("categorical", "ordinal") else y.astype(float)


def test_each_derivation_is_of_the_head_that_it_names():
    for name, derivation in DERIVATIONS.items():
        assert derivation.head().name == name.partition("-")[0]


def test_nll_and_gradient_from_the_density_are_the_codes(derivation):
    head = derivation.head()
    for outcome in derivation.outcomes:
        nll = -sp.log(derivation.density(outcome))
        slopes = [sp.diff(nll, z) for z in Z[: head.units]]
        for point in POINTS:
            raw = point[None, : head.units]
            y = outcome_for(head, outcome)
            np.testing.assert_allclose(np.asarray(head.nll(y, raw))[0], at(nll, point), rtol=1e-6)
            expected = [at(slope, point) for slope in slopes]
            found = np.asarray(head.gradient(y, raw))[0]
            np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-8)


def test_the_formula_on_the_page_is_the_one_derived(derivation):
    for outcome in derivation.outcomes:
        nll = -sp.log(derivation.density(outcome))
        shown = printed(derivation, outcome)
        for point in POINTS:
            np.testing.assert_allclose(at(shown, point), at(nll, point), rtol=1e-9, atol=1e-12)


VECTORS = {"multivariate_gaussian", "von_mises_fisher"}
"""Their formulas have vectors and matrices, whose names stand for no number."""


def test_each_symbol_of_the_formula_is_that_of_its_parameter(derivation):
    """The value that the formula means by the symbol is the one after the activation."""
    head, point = derivation.head(), POINTS[0]
    if head.name in VECTORS:
        assert len({p.symbol for p in head.declared}) == len(head.declared)
        return
    names = derivation.names(derivation.outcomes[0])
    values = head.parameters(point[None, : head.units])
    for parameter in head.declared:
        found = np.asarray(values[parameter.name], float)[0]
        stem, _, index = parameter.symbol.partition("_")
        keys = [f"{stem}_{k}" for k in range(len(found))] if index == "k" else [parameter.symbol]
        expected = [at(names[key], point) for key in keys]
        np.testing.assert_allclose(found, expected, rtol=1e-6, err_msg=parameter.name)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r"\tfrac12 a", 1.0),
        (r"-\frac{a - 1}{2b}", -1 / 6),
        (r"\log 2b - \log\frac{a}{b}", np.log(6) - np.log(2 / 3)),
        (r"a^{b-1} b! / 2", 12.0),
        (r"2\log\bigl(1 + |a - b|\bigr)", 2 * np.log(2)),
    ],
)
def test_reading_latex(text, value):
    assert np.isclose(float(read(text, {"a": sp.Integer(2), "b": sp.Integer(3)})), value)


@pytest.mark.parametrize("text", ["a + q", r"a \oplus b", "a)"])
def test_latex_that_is_not_understood_is_an_error(text):
    with pytest.raises(ValueError, match=r"has no meaning|left over"):
        read(text, {"a": sp.Integer(2), "b": sp.Integer(3)})
