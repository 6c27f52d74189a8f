"""nbval over every chapter: each MyST source is collected as a notebook with reference outputs.

A chapter that has just been executed with the same inputs is not executed again: its remembered
outputs are compared instead. `FRESH=1` (CI sets it) runs every cell in a kernel, and what nbval
ran is remembered, so that building the book afterwards does not repeat it.
"""

import ast
import json
import os
import time
from queue import Empty

import nbformat
import pytest
from nbval import plugin as nbval
from press import inputs, reference, store
from press.chapters import Chapter, chapters, find_root
from press.execute import CELL_TIMEOUT, complaints
from press.kernel import kernel_environment

ROOT = find_root()
FRESH = os.environ.get("FRESH", "") not in ("", "0")


def pytest_configure(config):
    config.option.nbval_cell_timeout = CELL_TIMEOUT


def pytest_collect_file(file_path, parent):
    """Each file of reference outputs stands for its chapter."""
    if file_path.suffix != ".json":
        return None
    [chapter] = chapters(ROOT, [file_path.stem])
    return ChapterFile.from_parent(parent, path=file_path, chapter=chapter)


def pytest_collection_modifyitems(items):
    """The chapters that take longest first, so that the workers end together."""
    items.sort(key=lambda item: -getattr(item.parent, "expected_seconds", 0))


def workers():
    return int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))


class ChapterFile(nbval.IPyNbFile):
    """A chapter, with the reference outputs put in as if it were an executed notebook."""

    def __init__(self, *, chapter: Chapter, **options):
        super().__init__(**options)
        self.chapter = chapter
        self.expected_seconds = reference.seconds(chapter)
        self.replayed = None
        self.began = 0.0
        self.before = {}
        self.ran = []

    def collect(self):
        self.nb = self.chapter.notebook()
        cells = [cell for cell in self.nb.cells if cell.cell_type == "code"]
        expected = reference.read(self.chapter)
        if len(cells) != len(expected):
            raise self.CollectError(
                f"{self.chapter.name} has {len(cells)} code cells, its reference outputs "
                f"{len(expected)}; run `make reference` and review the difference"
            )
        for number, (cell, entry) in enumerate(zip(cells, expected, strict=True)):
            cell.outputs = [as_output(item) for item in entry["outputs"]]
            cell.execution_count = number + 1
            options = dict(nbval.find_metadata_tags(cell.metadata))
            options = {"check": True, "skip": False, "check_exception": False} | options
            first = entry["cell"][:50]
            yield ChapterCell.from_parent(
                self, name=f"Cell {number}: {first}", cell_num=number, cell=cell, options=options
            )

    def setup(self):
        self.before = inputs.snapshot(ROOT)
        self.began = time.monotonic()
        if not FRESH and not store.reasons_to_run(self.chapter):
            executed = store.load(self.chapter)
            self.replayed = [c for c in executed.notebook.cells if c.cell_type == "code"]
            return
        with pytest.MonkeyPatch.context() as patch:
            for name, value in kernel_environment(workers(), ROOT).items():
                patch.setenv(name, value)
            self.kernel = nbval.RunningKernel("python3", cwd=str(self.chapter.path.parent))
        self.silently(inputs.START.format(root=str(ROOT)))

    def silently(self, code, expression=None):
        wanted = {"value": expression} if expression else {}
        message = self.kernel.kc.execute(code, silent=True, user_expressions=wanted)
        while True:
            reply = self.kernel.kc.get_shell_msg(timeout=60)
            if reply["parent_header"].get("msg_id") == message:
                break
        assert reply["content"]["status"] == "ok", reply["content"]
        self.kernel.await_idle(message, 60)
        if expression is None:
            return None
        found = reply["content"]["user_expressions"]["value"]["data"]["text/plain"]
        return json.loads(ast.literal_eval(found))

    def teardown(self):
        cells = [cell for cell in self.nb.cells if cell.cell_type == "code"]
        if self.kernel is not None and len(self.ran) == len(cells):
            try:
                used = self.silently("0", inputs.FINISH.format(root=str(ROOT)))
            except Empty:
                used = None
            if used is not None:
                self.remember(used)
        super().teardown()

    def remember(self, used):
        """Keep what nbval ran, so that the book's build need not run it again."""
        executed = self.chapter.notebook()
        code = [cell for cell in executed.cells if cell.cell_type == "code"]
        for number, (cell, outputs) in enumerate(zip(code, self.ran, strict=True)):
            cell.outputs = outputs
            cell.execution_count = number + 1
        seconds = time.monotonic() - self.began
        described = inputs.describe(ROOT, used, self.before)
        store.save(self.chapter, executed, seconds, described)


class ChapterCell(nbval.IPyNbCell):
    """A code cell: run by nbval, or compared as it was remembered."""

    def runtest(self):
        parent = self.parent
        if parent.replayed is not None:
            self.test_outputs = parent.replayed[self.cell_num].outputs
            if self.options["check"] and not self.compare_outputs(
                nbval.coalesce_streams(self.test_outputs), self.cell.outputs
            ):
                self.raise_cell_error("Cell outputs differ", "\n".join(self.comparison_traceback))
            return
        try:
            super().runtest()
        finally:
            if not any(out.output_type == "error" for out in self.test_outputs or []):
                outputs = nbval.coalesce_streams(self.test_outputs or [])
                parent.ran.append([as_notebook_output(out) for out in outputs])
        cell = nbformat.v4.new_code_cell(self.cell.source, outputs=parent.ran[-1])
        complaint = complaints(nbformat.v4.new_notebook(cells=[cell]))
        if complaint:
            self.raise_cell_error(complaint)

    def compare_outputs(self, test, ref, skip_compare=None):
        """As nbval does, on the text alone, which is all that the reference has."""
        return super().compare_outputs(
            [as_output(item) for item in reference.lines_of(test)], ref, skip_compare
        )


def as_output(item: dict[str, list[str]]) -> nbformat.NotebookNode:
    """An entry of the reference as a notebook output."""
    [(kind, lines)] = item.items()
    text = "\n".join(lines)
    if kind in ("stdout", "stderr"):
        return nbformat.v4.new_output("stream", name=kind, text=text)
    if kind == "error":
        return nbformat.v4.new_output("error", ename=text)
    return nbformat.v4.new_output("display_data", data={kind: text})


def as_notebook_output(out) -> nbformat.NotebookNode:
    """What nbval collected, as a complete notebook output."""
    fields = {key: value for key, value in out.items() if key != "output_type"}
    return nbformat.v4.new_output(out.output_type, **fields)
