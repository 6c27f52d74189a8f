"""A Sphinx extension: says how many pages it is about to write, which Sphinx keeps to itself."""

from collections.abc import Set
from typing import Any

from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.util import logging

LOGGER = logging.getLogger(__name__)


class CountedBuilder(StandaloneHTMLBuilder):
    """The builder of HTML pages, with one line more; `press.progress` reads it."""

    def prepare_writing(self, docnames: Set[str]) -> None:
        """Called by Sphinx with all the pages that it will write."""
        LOGGER.info("pages to write: %d", len(docnames))
        super().prepare_writing(docnames)  # type: ignore[arg-type]


def setup(app: Any) -> dict[str, Any]:
    """Called by Sphinx."""
    app.add_builder(CountedBuilder, override=True)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
