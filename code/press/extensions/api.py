"""A Sphinx extension: the library's pages from its docstrings, by Sphinx's own autodoc.

`{library-heads}` lists every head of the registry, so that a new one needs no entry anywhere.
"""

import re
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from press.extensions.course import LIBRARY

_CODE = re.compile(r'`([^`]+)`|(?<!\w)("")(?!\w)')
_SPECIAL = re.compile(r"([|*\\_])")


def as_rst(text: str) -> str:
    """A docstring, whose code stands between single backticks, as reStructuredText."""
    found, end = [], 0
    for match in _CODE.finditer(text):
        before = text[end : match.start()]
        # Code that touches a word is not read as code unless it is told apart.
        apart = ["\\ " if re.search(r"\w$", before) else "", f"``{match[1] or match[2]}``"]
        end = match.end()
        found += [_SPECIAL.sub(r"\\\1", before), *apart, "\\ " * text[end : end + 1].isalnum()]
    return "".join([*found, _SPECIAL.sub(r"\\\1", text[end:])])


def _docstring(
    app: Sphinx, what: str, name: str, thing: Any, options: Any, lines: list[str]
) -> None:
    lines[:] = as_rst("\n".join(lines)).split("\n")


class LibraryHeads(SphinxDirective):
    """Every head, by name."""

    def run(self) -> list[nodes.Node]:
        """One entry a class of the registry."""
        from lossbook.heads import HEADS

        # Of the whole library, since the page shows docstrings of all its parts.
        for path in sorted((Path(self.env.srcdir) / LIBRARY).rglob("*.py")):
            self.env.note_dependency(str(path))
        holder = nodes.container()
        for name, kind in HEADS.items():
            lines = ["```{eval-rst}", f".. autoclass:: lossbook.heads.{kind.__name__}", "```"]
            self.state.nested_parse(StringList(lines, source=f"heads/{name}.py"), 0, holder)
        return [holder]


def setup(app: Sphinx) -> dict[str, Any]:
    """Called by Sphinx."""
    app.setup_extension("sphinx.ext.autodoc")
    app.add_directive("library-heads", LibraryHeads)
    app.connect("autodoc-process-docstring", _docstring)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
