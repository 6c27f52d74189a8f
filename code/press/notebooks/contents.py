"""What JupyterLab opens: a reader's notebook in place of each chapter's and sheet's source.

The sources are tracked by git, so running a chapter must not change them. What a reader saves goes
to `notebooks/` (which git ignores), and is opened from there the next time. With LOSSBOOK_EDIT=1
the sources themselves are opened and saved, through jupytext, for those who write the course.
"""

import hashlib
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import nbformat
from jupytext import TextFileContentsManager

from press.chapters import Chapter, find_root
from press.notebooks import copies
from press.notebooks.reader import chapter_at

EDIT = "LOSSBOOK_EDIT"


class ReaderContents(TextFileContentsManager):
    """Files as JupyterLab sees them: chapters are readers' notebooks, all else is as it is."""

    def _chapter(self, path: str) -> Chapter | None:
        if os.environ.get(EDIT, "") not in ("", "0"):
            return None
        root = find_root(Path(self.root_dir))
        file = (Path(self.root_dir) / path.strip("/")).resolve()
        if not file.is_relative_to(root):
            return None
        return chapter_at(root, str(file.relative_to(root)))

    def get(self, path: str, content: bool = True, type: str | None = None, **options: Any) -> Any:
        """As the base class, but a chapter asked for as a notebook is the reader's."""
        chapter = self._chapter(path) if type in ("notebook", None) else None
        if chapter is None:
            return super().get(path, content=content, type=type, **options)
        model = super().get(path, content=False, type="notebook")
        # JupyterLab asks both before it saves: has anybody else changed the file meanwhile?
        copy = copies.copy_of(chapter)
        kept = copy if copy.exists() else chapter.path
        model["last_modified"] = datetime.fromtimestamp(kept.stat().st_mtime, UTC)
        model["type"] = "notebook"
        if options.get("require_hash"):
            model["hash"] = hashlib.sha256(kept.read_bytes()).hexdigest()
            model["hash_algorithm"] = "sha256"
        if content:
            made = copies.opened(chapter)
            self.mark_trusted_cells(made, path)
            model |= {"content": made, "format": "json", "mimetype": None}
            self.validate_notebook_model(model)
        return model

    def save(self, model: dict[str, Any], path: str = "") -> Any:
        """As the base class, but a chapter's notebook is saved beside the sources."""
        chapter = self._chapter(path) if model.get("type") == "notebook" else None
        if chapter is None:
            return super().save(model, path)
        made = nbformat.from_dict(model["content"])
        self.check_and_sign(made, path)
        copies.save(chapter, made)
        return self.get(path, content=False, type="notebook", require_hash=True)

    def create_checkpoint(self, path: str) -> Any:
        """None for a chapter: its copy is all there is to go back to."""
        if self._chapter(path) is not None:
            return {"id": "source", "last_modified": datetime.now(UTC)}
        return super().create_checkpoint(path)

    def list_checkpoints(self, path: str) -> Any:
        """None for a chapter."""
        return [] if self._chapter(path) is not None else super().list_checkpoints(path)
