"""Does a compiled model's last activation fit its loss, its units and its labels?

`check_pairing(model, y)` finds the mistakes that train without an error and learn badly.
"""

from lossbook.pairing.check import check_pairing
from lossbook.pairing.report import Finding, Report

__all__ = ["Finding", "Report", "check_pairing"]
