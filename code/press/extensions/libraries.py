"""A Sphinx extension: the same loss in every library, in tabs that stay in step across the site.

    ::::{in-libraries} gaussian laplace
    ```python
    (how it is written in Keras)
    ```
    ::::

The arguments are heads, or one recipe of `recipes.toml`, `questions.toml` or `others.toml`. What is
between the fences is the first tab, Keras; without it, that tab is made as the others are, from the
library's tables. Scripts only remember the choice: the tabs are radio buttons, and without scripts
the first one is open.
"""

import re
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from workshop.tables import tabs

from press.extensions import course

MADE_FROM = (
    course.LIBRARY / "catalogue" / "libraries.toml",
    course.LIBRARY / "catalogue" / "recipes.toml",
    course.LIBRARY / "catalogue" / "questions.toml",
    course.LIBRARY / "catalogue" / "others.toml",
    course.LIBRARY / "catalogue" / "writing.py",
    Path("code") / "workshop" / "tables" / "tabs.py",
    Path("code") / "workshop" / "tables" / "narrow.py",
)


class InLibraries(SphinxDirective):
    """How a model ends, in a tab for each library."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True

    def run(self) -> list[nodes.Node]:
        """The tabs' nodes. Raises a build error for a head that there is not."""
        for path in MADE_FROM:
            self.env.note_dependency(str(Path(self.env.srcdir) / path))
        try:
            text = tabs.tab_set(self.arguments[0].split(), "\n".join(self.content))
        except ValueError as problem:
            raise self.error(f"in-libraries: {problem}") from None
        source, line = self.get_source_info()
        holder = nodes.container(classes=["in-libraries"])
        lines = StringList(text.splitlines(), source=source)
        self.state.nested_parse(lines, self.content_offset or line, holder)
        return [holder]


_TABS = re.compile(
    r'<div class="sd-tab-set docutils">'
    r'(?=\s*<input[^>]*>\s*<label[^>]*data-sync-group="library")'
)
_NAMED = '<div class="sd-tab-set" role="group" aria-label="In each library">'


def named(body: str) -> str:
    """A page's HTML in which screen readers hear that the tabs belong together."""
    return _TABS.sub(_NAMED, body)


def setup(app: Sphinx) -> dict[str, Any]:
    """Called by Sphinx."""
    app.add_directive("in-libraries", InLibraries)
    app.connect("builder-inited", lambda app: tabs.prepare())
    return {"parallel_read_safe": True, "parallel_write_safe": True}
