"""What a loss value means for some labels: is 0.5 good?

Taken from the package as `lossbook.explain`. `reading` finds out which loss is meant; `classes`,
`amounts`, `comparisons` and `distributions` say what a model without inputs would have under it,
and which values are signs of something; `report` puts it into words.
"""

from lossbook.explaining.explain import explain
from lossbook.explaining.known import Point
from lossbook.explaining.report import Explanation

__all__ = ["Explanation", "Point", "explain"]
