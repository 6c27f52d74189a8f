"""A Sphinx extension: pages load only what they use.

Jupyter Book always brings sphinx-thebe (code run on a remote kernel, fetched from another host);
this site starts no kernel, and the script declared twice is an error in the reader's console.
"""

from typing import Any

# The theme names fontawesome.js by itself; Jupyter Book would name the file in _static once more.
UNUSED = ("sphinx-thebe", "THEBE_JS_URL", "thebe_selector", "scripts/fontawesome.js")


def _used(asset: Any) -> bool:
    said = f"{asset.filename or ''} {asset.attributes.get('body', '')}"
    return not any(mark in said for mark in UNUSED)


def _drop(app: Any, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Leave out assets that nothing needs, and those named twice."""
    for kind in ("script_files", "css_files"):
        kept: dict[Any, Any] = {}
        for asset in context.get(kind, []):
            if _used(asset):
                kept.setdefault(asset.filename or asset.attributes.get("body"), asset)
        context[kind] = list(kept.values())


def setup(app: Any) -> dict[str, Any]:
    """Called by Sphinx."""
    # Last, after the themes have added theirs.
    app.connect("html-page-context", _drop, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
