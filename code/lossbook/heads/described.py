"""What a head was made with: for its name on the screen and for saving it."""

import copy
import inspect
from collections.abc import Mapping
from typing import Any, Self

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
