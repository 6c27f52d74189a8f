"""Imports that the grader's processes can do without."""

import sys


def leave_out_grammars() -> None:
    """Keep jsonschema from compiling the grammar of international addresses.

    That takes a second in each process that imports nbformat, for a format that no notebook's
    schema has. To jsonschema it looks as if the package were not installed, which it allows for.
    """
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
