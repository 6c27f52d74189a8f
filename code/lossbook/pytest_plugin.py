"""A pytest fixture: `assert_pairing(model, y)` fails a test with the checker's report."""

from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def assert_pairing() -> Callable[..., Any]:
    """Check as `check_pairing` does; the test fails if something is found, or nothing judged.

    It takes the same arguments and returns the report.
    """
    from lossbook.pairing import check_pairing

    def check(model: Any, y: Any = None, **given: Any) -> Any:
        __tracebackhide__ = True
        report = check_pairing(model, y, **given)
        if not report.ok:
            pytest.fail(f"\n{report}", pytrace=False)
        return report

    return check
