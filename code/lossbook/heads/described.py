"""What a head was made with: for its name on the screen and for saving it."""

import copy
import inspect
from collections.abc import Callable, Mapping
from typing import Any, NoReturn, Self, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

ALWAYS = frozenset({"size", "components"})
"""Arguments that are shown though they have their default value."""


class Described:
    """Remembers the arguments that an object was made with.

    `repr` is the call that makes it again, `get_config` the arguments as plain data.
    """

    _given: dict[str, Any]

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        """Note the arguments."""
        made = super().__new__(cls)
        try:
            bound = inspect.signature(cls.__init__).bind(made, *args, **kwargs)
        except TypeError:
            return made  # Python says the same of the call of __init__
        bound.apply_defaults()
        made._given = {name: _plain(v) for name, v in list(bound.arguments.items())[1:]}
        return made

    def get_config(self) -> dict[str, Any]:
        """The arguments by name, as JSON has them; the dictionary is the caller's own."""
        return copy.deepcopy(self._given)

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """The object that these arguments make."""
        return cls(**config)

    def __repr__(self) -> str:
        defaults = inspect.signature(type(self).__init__).parameters
        shown = [
            f"{name}={_written(value)}"
            for name, value in self._given.items()
            if name in ALWAYS or value != defaults[name].default
        ]
        return f"{type(self).__name__}({', '.join(shown)})"


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    return value.item() if hasattr(value, "item") else value


def _written(value: Any) -> str:
    return 'float("inf")' if value == float("inf") else repr(value)


def saved_as_loss_only(method: F) -> F:
    """Let a model that is compiled with this method say so when it is saved.

    Keras writes a method down as its bare name, and fails when it loads the model. Before, it asks
    for a configuration.
    """

    def get_config() -> NoReturn:
        raise ValueError(
            f"the model is compiled with a head's method `{method.__name__}`, which Keras can save "
            "but not load: compile it with loss=head.loss, the mean of the same numbers, and save "
            "it then (compiling again keeps the weights)"
        )

    method.__dict__["get_config"] = get_config
    return method
