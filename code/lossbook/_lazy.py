"""TensorFlow and Keras, imported when they are first used.

Importing TensorFlow takes seconds. Heads, links and data can be listed, described and plotted
without it, so the modules of this package, and the chapters, take `tf`, `keras` and `ops` from
here (`from lossbook import keras`).
"""

import importlib
import importlib.abc
import importlib.util
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

CHATTER = re.compile(rb"^(WARNING: All log messages before absl|I\d{4} )")


@contextmanager
def _without_chatter() -> Iterator[None]:
    """Hold back what TensorFlow's C++ side says of itself at start-up; pass on all the rest.

    It writes informational lines straight to file descriptor 2, whatever the log level, and they
    would end up in the output of whichever cell comes first.
    """
    sys.stderr.flush()
    saved = os.dup(2)
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            yield
        finally:
            sys.stderr.flush()
            os.dup2(saved, 2)
            os.close(saved)
            held.seek(0)
            for line in held:
                if not CHATTER.match(line):
                    os.write(2, line)


class LazyModule:
    """Stands for the module `name` and imports it on first attribute access."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        if self._name not in sys.modules:
            # On a machine without a GPU even level 2 prints a failed search for one.
            os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
            with _without_chatter():
                importlib.import_module(self._name)
        return getattr(sys.modules[self._name], attribute)


class ImportAlong(importlib.abc.MetaPathFinder):
    """Imports the module `also` right after somebody first imports `name`.

    So that Keras knows a class that is saved with models as soon as Keras is there itself,
    without this package importing Keras.
    """

    def __init__(self, name: str, also: str) -> None:
        self.name, self.also = name, also
        if name in sys.modules:
            importlib.import_module(also)
        else:
            sys.meta_path.insert(0, self)

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> Any:
        """The module's own, whose loader goes on with the other one."""
        if fullname != self.name:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(fullname)
        if spec is None or spec.loader is None:
            return None
        load = spec.loader.exec_module

        def then_the_other(module: Any) -> None:
            load(module)
            importlib.import_module(self.also)

        spec.loader.exec_module = then_the_other  # type: ignore[method-assign]
        return spec


tf: Any = LazyModule("tensorflow")
keras: Any = LazyModule("keras")
ops: Any = LazyModule("keras.ops")
