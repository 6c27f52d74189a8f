"""The models that the code of a question starts from, in the library that it is written for."""

from typing import Any

import numpy as np
import samples as s


def linear(library: str) -> dict[str, Any]:
    """A linear model of three inputs that says 0, and what its training needs."""
    if library == "PyTorch":
        import torch

        model = torch.nn.Linear(3, 1).double()
        for weight in model.parameters():
            torch.nn.init.zeros_(weight)
        return {"model": model, "optimizer": torch.optim.Adam(model.parameters(), lr=0.1)}
    import jax.numpy as jnp
    import optax

    weights = [jnp.zeros((3, 1)), jnp.zeros(1)]

    def network(weights: Any, x: Any) -> Any:
        return x @ weights[0] + weights[1]

    def model(x: Any) -> Any:
        return network(weights, x)

    names = {"network": network, "weights": weights, "model": model}
    return names | {"optimizer": optax.adam(0.1)}


def dropping(library: str) -> dict[str, Any]:
    """A model that passes its inputs on, and in training drops half of them."""
    if library == "PyTorch":
        import torch

        return {"model": torch.nn.Sequential(torch.nn.Dropout(0.5), torch.nn.Identity())}
    return {"model": lambda x: x}


def classifier(library: str) -> dict[str, Any]:
    """A fitted classifier of two classes, where the library has estimators."""
    if library == "scikit-learn":
        from sklearn.linear_model import LogisticRegression

        return {"fit": LogisticRegression().fit(s.X, s.LABEL)}
    if library == "LightGBM":
        import lightgbm

        return {"fit": lightgbm.LGBMClassifier().fit(s.X, s.LABEL)}
    if library == "XGBoost":
        import xgboost

        return {"fit": xgboost.XGBClassifier().fit(s.X, s.LABEL)}
    return {}


def ensemble(library: str) -> dict[str, Any]:
    """Two networks whose raw outputs are known."""
    if library == "PyTorch":
        import torch

        kind = torch.as_tensor
    else:
        kind = np.asarray
    return {"ensemble": [lambda x, raw=raw: kind(raw) for raw in (s.RAW, s.SURE)]}
