"""Run a file up to its first training, in a process of its own, and write the report.

`python -m lossbook.pairing.running FILE REPORT` is what `lossbook.check` starts.
"""

import json
import sys
from pathlib import Path
from typing import Any

from lossbook.pairing.check import check_pairing
from lossbook.pairing.report import Report


class Reached(BaseException):
    """Training is about to begin; no `except Exception` of the file may catch this."""

    def __init__(self, report: Report) -> None:
        super().__init__()
        self.report = report


def source(file: Path) -> str:
    """The file's code; of a notebook the code cells, without lines for the notebook alone."""
    if file.suffix == ".py":
        return file.read_text()
    cells = []
    for cell in json.loads(file.read_text())["cells"]:
        text = "".join(cell["source"])
        if cell["cell_type"] != "code" or text.lstrip().startswith("%%"):
            continue
        lines = text.splitlines()
        cells += [line for line in lines if not line.lstrip().startswith(("%", "!", "?"))]
    return "\n".join(cells)


def run(file: Path) -> Report | None:
    """The report on the first training of a file; None if it trains nothing."""
    code = source(file)
    names = {"__name__": "__main__", "__file__": str(file), "display": print}
    sys.argv, sys.path[0] = [str(file)], str(file.parent)
    watching = None
    try:
        if "keras" in code or "tensorflow" in code:
            _stop_keras()
        if "xgboost" in code or "lightgbm" in code or "sklearn" in code:
            sys.setprofile(_stop_estimators)
        if "torch" in code:
            from lossbook.pairing.watching import watch

            watching = _Stopping(watch())
            watching.inner.__enter__()
        exec(compile(code, str(file), "exec"), names)
    except Reached as reached:
        return reached.report
    finally:
        sys.setprofile(None)
        if watching is not None:
            watching.inner.__exit__(None, None, None)
    return None


class _Stopping:
    """Ends the run when a PyTorch loop's first loss has been looked at."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner
        look = inner._look

        def stop(*given: Any) -> None:
            import warnings

            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                look(*given)
            raise Reached(inner.report)

        inner._look = stop


def _stop_keras() -> None:
    import keras

    def fit(self: Any, x: Any = None, y: Any = None, *_: Any, **__: Any) -> None:
        if y is None and x is not None:
            x, y = _first(x)
        if not self.built and x is not None:
            self(keras.tree.map_structure(lambda v: v[:2], x))
        raise Reached(check_pairing(self, y, x=x))

    keras.Model.fit = fit


def _first(data: Any) -> tuple[Any, Any]:
    """Inputs and labels of the first batch of a dataset or a generator."""
    batch = data[0] if hasattr(data, "__getitem__") else next(iter(data))
    return (*batch, None)[:2] if isinstance(batch, tuple | list) else (None, None)


def _stop_estimators(frame: Any, event: str, _: Any) -> None:
    """A profile function: the first `fit` of a predictor, or `train` of a boosting library."""
    if event != "call":
        return
    name, given = frame.f_code.co_name, frame.f_locals
    module = frame.f_globals.get("__name__", "").split(".")[0]
    if name == "fit" and "self" in given and module in ("sklearn", "lightgbm", "xgboost"):
        kinds = {cls.__name__ for cls in type(given["self"]).__mro__}
        if kinds & {"ClassifierMixin", "RegressorMixin", "LGBMModel", "XGBModel"}:
            x = given.get("X", given.get("x"))
            sys.setprofile(None)
            raise Reached(check_pairing(given["self"], given.get("y"), x=x))
    elif name == "train" and module in ("lightgbm", "xgboost") and "params" in given:
        data = given.get("train_set", given.get("dtrain"))
        label = getattr(data, "get_label", lambda: None)()
        sys.setprofile(None)
        raise Reached(check_pairing(dict(given["params"]), label))


if __name__ == "__main__":
    file, kept = Path(sys.argv[1]), Path(sys.argv[2])
    found = run(file)
    if found is not None:
        kept.write_text(json.dumps({**found.plain(), "text": repr(found)}))
