"""Heads as objectives of boosted trees: what LightGBM and XGBoost ask for, in NumPy.

A tree library adds trees to *raw scores*, one a parameter of the distribution, and asks for the
gradient and the Hessian of the loss with respect to them. `Objective(head)` gives both, the score
to start from, and the map from raw scores to parameters. It imports neither library.
"""

from lossbook.boosting.objective import AVAILABLE, Objective

__all__ = ["AVAILABLE", "Objective"]
