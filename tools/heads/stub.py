"""Write `heads/__init__.pyi`, which tells editors and type checkers of each head.

    python tools/heads/stub.py

A test holds the file against the heads that there are.
"""

import lossbook.heads
from lossbook.heads.registry import FOLDER, HEADS

STUB = FOLDER / "__init__.pyi"


def stub() -> str:
    """The stub's text."""
    base = {
        "lossbook.heads.base": ["Head", "KerasRelation", "Parameter"],
        "lossbook.heads.registry": ["ARTICLE", "HEADS"],
    }
    found = base | {head.__module__: [head.__name__] for head in HEADS.values()}
    lines = ["# Made by `make stubs`; not edited by hand."]
    lines += [f"from {module} import {', '.join(names)}" for module, names in sorted(found.items())]
    names = sorted(lossbook.heads.__all__, key=lambda name: (not name.isupper(), name))
    lines += ["", "__all__ = [", *(f'    "{name}",' for name in names), "]"]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    STUB.write_text(stub())
