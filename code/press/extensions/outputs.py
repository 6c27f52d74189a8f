"""A Sphinx extension: a page is read again when its outputs changed, not only its text."""

from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from press import store
from press.chapters import Chapter


def _changed(app: Sphinx, env: Any, added: set, changed: set, removed: set) -> list[str]:
    root = Path(app.srcdir)
    seen: dict[str, str] = getattr(env, "lossbook_outputs", {})
    now = {name: store.outputs_digest(Chapter(root, name)) for name in env.found_docs}
    env.lossbook_outputs = now
    return [name for name, digest in now.items() if digest and seen.get(name) != digest]


def setup(app: Sphinx) -> dict[str, Any]:
    """Called by Sphinx."""
    app.connect("env-get-outdated", _changed)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
