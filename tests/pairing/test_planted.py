"""Each planted mistake is found by its code; its line of code, applied, mends it."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from lossbook import check_pairing
from planted import PLANTED, build, mend

pytestmark = pytest.mark.filterwarnings("ignore:You are using a softmax over axis")


def test_there_are_at_least_sixty():
    assert len(PLANTED) >= 60


@pytest.mark.parametrize("name", PLANTED)
def test_it_is_found_and_the_line_mends_it(name):
    case = PLANTED[name]
    model, y = build(case)
    report = check_pairing(model, y)
    assert report.codes == (case.code,), report
    [finding] = report.findings
    assert finding.change, report
    mended, labels = build(mend(case, model, finding))
    after = check_pairing(mended, labels)
    assert after.ok, f"{report}\n\nafter it:\n{after}"
