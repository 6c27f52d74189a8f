"""One distribution a file, and the registry of them all.

A head is found by its file: `heads/von_mises.py` holds the class `VonMises`. Its module is
imported when the head is asked for, so that a chapter depends on the heads it uses and on no
others. `__init__.pyi` says the same to editors and type checkers; `make stubs` writes it.
"""

from typing import Any

from lossbook._lazy import ImportAlong
from lossbook.heads.base import Head as Head
from lossbook.heads.base import KerasRelation as KerasRelation
from lossbook.heads.base import Parameter as Parameter
from lossbook.heads.registry import ARTICLE as ARTICLE
from lossbook.heads.registry import HEADS as HEADS
from lossbook.heads.registry import file_name

_HERE = ("ARTICLE", "HEADS", "Head", "KerasRelation", "Parameter")

ImportAlong("keras", "lossbook.heads.keras_loss")


def __getattr__(name: str) -> Any:
    if name == "__all__":
        return sorted([*_HERE, *(head.__name__ for head in HEADS.values())])
    if name[:1].isupper() and file_name(name) in HEADS:
        return HEADS[file_name(name)]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__getattr__("__all__")})
