"""A Sphinx extension: says how many pages will be read and written; `press.progress` hears it."""

from collections.abc import Set
from typing import Any

from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.util import logging

LOGGER = logging.getLogger(__name__)


class CountedBuilder(StandaloneHTMLBuilder):
    """The builder of HTML pages, with one line more."""

    def prepare_writing(self, docnames: Set[str]) -> None:
        """Called by Sphinx with all the pages that it will write."""
        LOGGER.info("pages to write: %d", len(docnames))
        super().prepare_writing(docnames)  # type: ignore[arg-type]


def _reading(app: Sphinx, env: Any, docnames: list[str]) -> None:
    LOGGER.info("pages to read: %d", len(docnames))


def setup(app: Sphinx) -> dict[str, Any]:
    """Called by Sphinx."""
    app.add_builder(CountedBuilder, override=True)
    app.connect("env-before-read-docs", _reading, priority=999)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
