"""A Sphinx extension: pages with an interactive figure get the script that brings it to life.

`workshop.explore` writes such a figure as a still picture, marked with `data-explore`. Only pages
that have one name the style sheet and the loader (about 1 kB); the loader fetches the drawing kit
and the figure's own script when the figure comes into view. All are plain scripts, so that a site
opened from disk works too.
"""

from typing import Any

from sphinx.application import Sphinx

MARK = "data-explore="


def _add(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Name the loader on this page, if its body has an interactive figure."""
    if MARK in context.get("body", ""):
        app.add_css_file("explore/explore.css")
        app.add_js_file("explore/loader.js", loading_method="defer")


def setup(app: Sphinx) -> dict[str, Any]:
    """Called by Sphinx."""
    app.connect("html-page-context", _add)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
