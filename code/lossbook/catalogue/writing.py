"""How a model ends in each library, as code: from its raw outputs to the loss and the parameters.

Made from the lines of `libraries.toml` and from the heads, so that no page repeats them.
"""

import re
from collections.abc import Iterator

from lossbook.boosting import AVAILABLE
from lossbook.catalogue.libraries import LINES, NONE, TABS, Line, Nothing
from lossbook.heads import HEADS
from lossbook.heads.base import Head
from lossbook.links import FLOOR, Softplus

ACTIVATIONS = {
    "PyTorch": {
        "linear": "{z}",
        "sigmoid": "torch.sigmoid({z})",
        "softmax": "torch.softmax({z}, dim=-1)",
        "exponential": "torch.exp({z})",
        "softplus": "torch.nn.functional.softplus({z})",
        "direction": "torch.nn.functional.normalize({z}, dim=-1)",
        "angle": "torch.atan2(raw[:, {second}], raw[:, {first}])",
        "steps": "torch.cat([{z}[:, :1], torch.nn.functional.softplus({z}[:, 1:]) + 1e-6], "
        "dim=-1).cumsum(dim=-1)",
        "cholesky": "torch.where(torch.tensor([True, False, True]), "
        "torch.nn.functional.softplus({z}) + 1e-6, {z})",
    },
    "JAX": {
        "linear": "{z}",
        "sigmoid": "jax.nn.sigmoid({z})",
        "softmax": "jax.nn.softmax({z})",
        "exponential": "jnp.exp({z})",
        "softplus": "jax.nn.softplus({z})",
        "direction": "{z} / jnp.linalg.norm({z}, axis=-1, keepdims=True)",
        "angle": "jnp.arctan2(raw[:, {second}], raw[:, {first}])",
        "steps": "jnp.cumsum(jnp.concatenate([{z}[:, :1], jax.nn.softplus({z}[:, 1:]) + 1e-6], "
        "axis=-1), axis=-1)",
        "cholesky": "jnp.where(jnp.array([True, False, True]), jax.nn.softplus({z}) + 1e-6, {z})",
    },
    "Keras": {
        "linear": "{z}",
        "sigmoid": "keras.ops.sigmoid({z})",
        "softmax": "keras.ops.softmax({z})",
        "direction": "{z} / keras.ops.norm({z}, axis=-1, keepdims=True)",
    },
}
"""Library → name of a link → its activation of the raw outputs `{z}`; a factor is that of two.

`{first}` and `{second}` are the numbers of the columns of an arrow.
"""
LAST = {
    "PyTorch": "the last layer is torch.nn.Linear(…, {units}), no activation",
    "JAX": "the last layer has {outputs}, no activation",
}
BACKENDS = {"PyTorch": "torch", "JAX": "jax"}
RUNS_HEADS = ("Keras", *BACKENDS)
"""Where a head itself is the loss, if the library has none."""
IMPORTS = {
    r"\bmath\.": "import math",
    r"\bnp\.": "import numpy as np",
    r"(?<!jax\.)\bscipy\.special\.": "import scipy.special",
    r"(?<!jax\.)\bscipy\.stats\.": "import scipy.stats",
    r"(?<!jax\.)\bscipy\.optimize\.": "import scipy.optimize",
    r"\bjax\.(?!scipy)": "import jax",
    r"\bjnp\.": "import jax.numpy as jnp",
    r"\boptax\.": "import optax",
    r"\btorch\.": "import torch",
    r"\bsm\.": "import statsmodels.api as sm",
    r"\blightgbm\.": "import lightgbm",
    r"\bxgboost\.": "import xgboost",
}
_MODULE = re.compile(r"\b((?:sklearn|statsmodels|jax\.scipy)(?:\.[a-z_]+)+)\.[A-Za-z]")
_KERAS = re.compile(r"(keras\.losses\.\w+\([^()]*\))\(y, (\w+)\)")


def lines(head: str, library: str) -> list[Line]:
    """What the table has for a head in a library as a reader chooses it, fitted models first."""
    found = [line for line in LINES if line.head == head and line.library in TABS[library]]
    return sorted(found, key=lambda line: line.kind != "fit")


def instead(head: str, library: str) -> Nothing | None:
    """What is nearest where a library has no such loss; None if the table says nothing."""
    return next((one for one in NONE if (one.head, one.library) == (head, library)), None)


def code(line: Line) -> str:
    """A line of the table as a piece of code that runs, given `x`, `y` and where needed `model`.

    It ends with `loss` in nats (for fits and trees with the model alone) and with the parameters
    of the distribution by their names.
    """
    body = {"value": _value, "fit": _fit, "tree": _tree}[line.kind](line)
    return with_imports("\n".join(body).replace("'", '"'))


def with_head(name: str, library: str) -> str:
    """The head itself as the loss, in Keras, PyTorch or JAX."""
    head = HEADS[name]()
    made = f"head = heads.{type(head).__name__}({_sizes(name)})"
    names = ", ".join(head.sizes())
    if library == "Keras":
        return "\n".join(
            [
                "from lossbook import heads, keras",
                "",
                made,
                "model = keras.Sequential([..., keras.layers.Dense(head.units)])  # no activation",
                'model.compile("adam", loss=head.loss)',
                f"found = head.parameters(model.predict(x))  # {names}",
            ]
        )
    return "\n".join(
        [
            f"from lossbook import heads  # with KERAS_BACKEND={BACKENDS[library]} set",
            "",
            made,
            f"raw = model(x)  # {_last(head, library)}",
            "loss = head.nll(y, raw).mean()",
            f"found = head.parameters(raw)  # {names}",
        ]
    )


def with_objective(name: str, library: str) -> str:
    """The objective of `lossbook.boosting` in LightGBM or XGBoost."""
    head = HEADS[name]()
    one, several = head.units == 1, head.columns > 1
    start = "np.full(len(y), start[0])" if one else "np.tile(start, (len(y), 1))"
    given, labels = (", outcomes=y", "objective.labels") if several else ("", "y")
    body = [
        f"objective = Objective(heads.{type(head).__name__}({_sizes(name)}){given})",
        f"start = {start}".replace("start =", "start = objective.start(y)\nmargin ="),
    ]
    if library == "LightGBM":
        options = '{"objective": objective}' if one else (
            '{"objective": objective, "num_class": objective.units}'
        )  # fmt: skip
        body += [
            f"data = lightgbm.Dataset(x, {labels}, init_score=margin)",
            f"trees = lightgbm.train({options}, data)",
            "raw = margin + trees.predict(x, raw_score=True)",
        ]
    else:
        classes = "" if one else '"num_class": objective.units, '
        body += [
            f"data = xgboost.DMatrix(x, {labels}, base_margin=margin)",
            f'options = {{{classes}"disable_default_eval_metric": True}}',
            "trees = xgboost.train(options, data, 100, obj=objective)",
            "raw = trees.predict(data, output_margin=True)",
        ]
    body.append(f"found = objective.parameters(raw)  # {', '.join(head.sizes())}")
    text = "from lossbook import heads\nfrom lossbook.boosting import Objective\n"
    return with_imports("\n".join([text, *body]))


def keras(name: str) -> str:
    """How a Keras model ends for a head: by Keras's own loss, or else by the head's."""
    for line in lines(name, "Keras"):
        if match := _KERAS.fullmatch(line.write):
            head = HEADS[name](**line.options)
            [(parameter, link)] = [(k, v.name) for k, v in head.links.items()]
            outside = match[2] == "raw" or link not in ("linear", "softplus", "exponential")
            inside = "" if outside or link == "linear" else f', activation="{link}"'
            predicted = "model.predict(x)"
            if outside and match[2] == "raw":
                predicted = ACTIVATIONS["Keras"][link].format(z=predicted)
            body = [
                f"model = keras.Sequential([..., keras.layers.Dense({head.units}{inside})])",
                f'model.compile("adam", loss={match[1]})',
                f"{parameter} = {predicted}",
            ]
            return "\n".join(["import keras", "", *body])
    return with_head(name, "Keras")


def filled(name: str, library: str) -> bool:
    """Whether the table says anything for a head in a library as a reader chooses it."""
    if lines(name, library) or instead(name, library) or library in RUNS_HEADS:
        return True
    return library in ("LightGBM", "XGBoost") and boosted(name)


def boosted(name: str) -> bool:
    """Whether `lossbook.boosting` has an objective for a head."""
    return name in AVAILABLE


def _sizes(name: str) -> str:
    """The arguments that a head cannot do without on a page: how many values there are."""
    known = {"categorical": "3", "ordinal": "5", "independent_bernoullis": "3", "dirichlet": "3"}
    known |= {"asymmetric_laplace": "level=0.9", "binomial": "trials=10"}
    return known.get(name, "")


def _last(head: Head, library: str) -> str:
    outputs = "one raw output" if head.units == 1 else f"{head.units} raw outputs"
    return LAST[library].format(units=head.units, outputs=outputs)


def _value(line: Line) -> list[str]:
    before = line.before.strip().splitlines()
    loss = [f"loss = {line.write}"]
    if line.reduction == "none":
        loss = [f"each = {line.write}  # one for each sample", "loss = each.mean()"]
    library = next(tab for tab, names in TABS.items() if line.library in names)
    if library not in LAST:
        return [*before, *loss]
    needed = f"{line.before}\n{line.write}"
    head = HEADS[line.head](**line.options)
    network = "model(x)[:, 0]" if head.units == 1 else "model(x)"
    comment = f"  # {_last(head, library)}"
    links = {name: link.name for name, link in head.links.items()}
    if set(links.values()) == {"linear"} and len(links) == 1 and not _names("raw", needed):
        return [f"{next(iter(links))} = {network}{comment}", *before, *loss]
    first, after = [f"raw = {network}{comment}"], []
    for name, piece, start in _pieces(head):
        link = head.links[name]
        value = ACTIVATIONS[library][link.name].format(z=piece, first=start, second=start + 1)
        if isinstance(link, Softplus) and link.floor:
            value += f" + {FLOOR:.0e}".replace("e-0", "e-")
        if _names(name, needed):
            first.append(f"{name} = {value}")
        else:
            after.append(f"{name} = {value}  # to predict")
    return [*first, *before, *loss, *after]


def _pieces(head: Head) -> Iterator[tuple[str, str, int]]:
    """Each parameter's name, its part of the raw outputs as code, and where that begins."""
    start = 0
    for name, size in head.sizes().items():
        wide = head.links[name].raw_size(size)
        stop = start + wide
        if wide == head.units:
            piece = "raw"
        else:
            piece = f"raw[:, {start}]" if wide == 1 else f"raw[:, {start}:{stop}]"
        yield name, piece, start
        start = stop


def _fit(line: Line) -> list[str]:
    body = [f"fit = {line.write}"]
    if line.predicts:
        body.append(f"{line.predicts} = {line.gives or line.scores}")
    return body


def _tree(line: Line) -> list[str]:
    body = line.before.strip().splitlines()
    if line.library == "LightGBM":
        return [
            *body,
            f"trees = lightgbm.train({line.write}, lightgbm.Dataset(x, y))",
            f"{line.predicts} = trees.predict(x)",
        ]
    return [
        *body,
        "data = xgboost.DMatrix(x, y)",
        f"trees = xgboost.train({line.write}, data, 100)",
        f"{line.predicts} = trees.predict(data)",
    ]


def _names(name: str, text: str) -> bool:
    return re.search(rf"\b{name}\b(?!=)", text) is not None


def with_imports(body: str) -> str:
    """The code with the imports that its names need."""
    found = {said for sign, said in IMPORTS.items() if re.search(sign, body)}
    found |= {f"import {module}" for module in _MODULE.findall(body)}
    first = sorted(found)
    if body.startswith("from lossbook"):
        return "\n".join([*first, body])
    return "\n".join([*first, "", body]) if first else body
