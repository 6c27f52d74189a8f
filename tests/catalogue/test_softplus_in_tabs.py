"""Where a tab's code adds 1e-6 to a softplus, the tab says how the head's own link differs."""

import re

import numpy as np
import pytest
from lossbook.catalogue import writing
from lossbook.catalogue.libraries import TABS
from lossbook.heads import HEADS
from lossbook.links import FLOOR, Softplus
from workshop.tables import tabs

LINK = Softplus(FLOOR)


def of_head(raw):
    return np.asarray(LINK.activation(np.asarray(raw)), float)


def of_code(raw):
    return np.logaddexp(0, raw) + 1e-6


def test_the_words_are_right():
    begin = -float(re.search(r"about −(\d+)", tabs.FAR_BELOW)[1])
    above = np.linspace(begin + 0.5, 20, 200)
    np.testing.assert_allclose(of_head(above), of_code(above), rtol=1e-6)
    below = np.array([begin - 1, -20.0, -100.0, -1000.0])
    assert ("goes on falling" in tabs.FAR_BELOW) == (np.diff(of_head(below)) < -1e-8).all()
    assert not np.isclose(of_head(below[0]), of_code(below[0]), rtol=0.05)
    assert (of_head(below[2:]) < 0.7 * of_code(below[2:])).all()
    np.testing.assert_allclose(of_code(below[1:]), FLOOR, rtol=3e-3)
    assert f"levels off at {FLOOR:.0e}".replace("e-0", "e-") in tabs.FAR_BELOW
    slopes = [(of_head(z + 1) - of_head(z)) / of_head(z) for z in below]
    assert (np.array(slopes) > 1e-5).all()
    assert abs(of_code(-100.0) - of_code(-99.0)) < 1e-20


@pytest.mark.parametrize("library", TABS)
def test_a_tab_says_so_where_its_code_adds_it_and_nowhere_else(library):
    for head in HEADS:
        text = tabs.said(head, library)
        code = "".join(re.findall(r"```python\n(.*?)\n```", text, re.S))
        parameters = "softplus" in code and "1e-6" in code and library in writing.BACKENDS
        assert (tabs.FAR_BELOW in text) == parameters, (head, library)
    if library in writing.BACKENDS:
        assert tabs.FAR_BELOW in tabs.said("gaussian_scale", library)
        assert tabs.FAR_BELOW not in tabs.said("poisson", library)
