"""The checker around a PyTorch training loop: it looks when the first loss is computed."""

import functools
import warnings
from contextlib import AbstractContextManager
from typing import Any

from lossbook.pairing import torch_check, torch_inside
from lossbook.pairing.report import PairingError, PairingWarning, Report
from lossbook.pairing.states import undisturbed
from lossbook.pairing.torch_endings import Record
from lossbook.pairing.torch_losses import MODULES


class watch(AbstractContextManager["watch"]):
    """Check a PyTorch model at the first loss that is computed in the `with` block.

        with watch(model):
            for x, y in loader:
                loss = criterion(model(x).squeeze(1), y)
                ...

    It sees what the loss is really given, with whatever the loop does between model and loss. It
    warns with a `PairingWarning`, or with `on_finding="raise"` stops with a `PairingError`; the
    report is kept as `report`. Training goes as it would. Losses that are none of
    `torch.nn.functional` are not seen.
    """

    def __init__(self, model: Any = None, on_finding: str = "warn") -> None:
        if on_finding not in ("warn", "raise"):
            raise ValueError(f'on_finding is "warn" or "raise", not {on_finding!r}')
        self.model, self.on_finding = model, on_finding
        self.report: Report | None = None
        self._record = Record()
        self._inputs: Any = None
        self._hooks: list[Any] = []
        self._mode: Any = None

    def __enter__(self) -> "watch":
        import torch
        from torch.nn.modules import module as modules
        from torch.overrides import TorchFunctionMode

        outer = self

        class Mode(TorchFunctionMode):
            def __torch_function__(self, func, types, args=(), kwargs=None):  # type: ignore[no-untyped-def]
                kwargs = kwargs or {}
                if outer.report is None:
                    name = getattr(func, "__name__", "")
                    if name in MODULES and torch.is_grad_enabled():
                        outer._look(func, args, kwargs)
                out = func(*args, **kwargs)
                if outer.report is None:
                    outer._record.keep(func, args, kwargs, out)
                return out

        self._hooks = [
            modules.register_module_forward_pre_hook(self._enter),
            modules.register_module_forward_hook(self._leave, always_call=True),
        ]
        self._mode = Mode()
        self._mode.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        for hook in self._hooks:
            hook.remove()
        self._mode.__exit__(*error)
        self._record = Record()

    def _enter(self, module: Any, inputs: Any) -> None:
        if self.report is not None:
            return
        if not self._record.stack:
            import torch

            if self.model is None and not isinstance(module, torch.nn.modules.loss._Loss):
                self.model = module
            if module is self.model:
                self._inputs = inputs[0] if len(inputs) == 1 else None
        names = {id(m): n for n, m in (self.model or module).named_modules()}
        self._record.stack.append(names.get(id(module), type(module).__name__))

    def _leave(self, *_: Any) -> None:
        if self._record.stack:
            self._record.stack.pop()

    def _look(self, function: Any, args: Any, kwargs: Any) -> None:
        call = torch_inside.arguments(function, args, kwargs)
        out = call.output
        if call.name == "gaussian_nll_loss":
            out = (out, call.variance)
        loss = functools.partial(function, **call.options) if call.options else function
        with undisturbed():
            self.report = torch_check.of_outputs(
                self.model, out, self._record, loss, call.target, None
            )
        self._record = Record()
        if self.report.findings:
            if self.on_finding == "raise":
                raise PairingError(self.report)
            warnings.warn(f"\n{self.report}", PairingWarning, stacklevel=4)
