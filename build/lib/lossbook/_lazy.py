"""TensorFlow and Keras, imported when they are first used.

Importing TensorFlow takes seconds. Heads, links and data can be listed, described and plotted
without it, so the modules of this package, and the chapters, take `tf`, `keras` and `ops` from
here (`from lossbook import keras`).
"""

import importlib
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


tf: Any = LazyModule("tensorflow")
keras: Any = LazyModule("keras")
ops: Any = LazyModule("keras.ops")
