"""From an exercise to what students get: no solutions, no hidden checks, no seeds."""

import ast
import hashlib
import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell
from nbgrader.converters.generate_assignment import GenerateAssignment
from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearHiddenTests,
    ClearOutput,
    ClearSolutions,
    ComputeChecksums,
    LockCells,
    SaveCells,
)

from grader import check
from grader import course as courses
from grader.converting import convert
from grader.course import Course, Policy, deadline
from grader.errors import GradingError
from grader.exercise import SOLUTION, Exercise

STEPS = [
    LockCells,
    ClearSolutions,
    ClearOutput,
    CheckCellMetadata,
    ComputeChecksums,
    SaveCells,
    ClearHiddenTests,
    ComputeChecksums,
    CheckCellMetadata,
]


def stamp(notebook: NotebookNode) -> str:
    """A digest of all that students must not change: names, points and locked cells."""
    parts = []
    for cell in notebook.cells:
        meta = cell.metadata.get("nbgrader")
        if meta:
            extra = [cell.metadata["extra_points"]] if "extra_points" in cell.metadata else []
            parts.append([meta["grade_id"], meta.get("points"), cell.source, *extra])
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


def _expected(notebook: NotebookNode) -> dict[str, Any]:
    """What `check` looks for in a student's notebook: cells, checks, and functions to write."""
    cells = [cell for cell in notebook.cells if "nbgrader" in cell.metadata]
    answers = [c for c in cells if c.cell_type == "code" and c.metadata.nbgrader.solution]
    return {
        "cells": [cell.metadata.nbgrader.grade_id for cell in cells],
        "checks": {
            cell.metadata.nbgrader.grade_id: check.digest(cell.source)
            for cell in cells
            if cell.metadata.nbgrader.locked
        },
        "functions": [
            node.name
            for cell in answers
            for node in ast.parse(cell.source).body
            if isinstance(node, ast.FunctionDef)
        ],
    }


def _last_cell(name: str) -> NotebookNode:
    """For students: what `lossbook-grade check` says, from inside the notebook."""
    source = (
        "# Save the notebook, then run this cell before you hand it in.\n"
        "from grader import hints\n\n"
        f'hints.notebook("{name}.ipynb")'
    )
    return new_code_cell(source, id="before-handing-in")


def release(course: Course, exercise: Exercise, policy: Policy) -> Path:
    """Write `release/NAME/NAME.ipynb` and `release/NAME.zip`; the path of the zip file."""
    name = exercise.name
    course.create()
    source = course.root / "source" / name
    source.mkdir(parents=True, exist_ok=True)
    nbformat.write(exercise.notebook, source / f"{name}.ipynb")
    directory = course.directory(name)
    make = GenerateAssignment(coursedir=directory)
    make.preprocessors = STEPS
    make.force = True
    convert(make, f"{name} could not be released")
    path = course.root / "release" / name / f"{name}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(_last_cell(name))
    notebook.metadata["lossbook"] = {
        "assignment": name,
        "release": stamp(notebook),
        **_expected(notebook),
    }
    _hold_back(exercise, notebook)
    courses.write(course.root / "released" / f"{name}.ipynb", nbformat.writes(notebook))
    path = course.released(name)
    archive = course.root / "release" / f"{name}.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as target:
        target.write(path, f"{name}/{name}.ipynb")
        for beside, content in exercise.files.items():
            target.writestr(f"{name}/{beside}", content)
            (path.parent / beside).parent.mkdir(parents=True, exist_ok=True)
            (path.parent / beside).write_bytes(content)
    course.set_policy(name, replace(policy, extensions=course.policy(name).extensions))
    with course.gradebook() as gradebook:
        due = deadline(policy.due) if policy.due else None
        gradebook.update_or_create_assignment(name, duedate=due)
    return archive


def _hold_back(exercise: Exercise, notebook: NotebookNode) -> None:
    """Refuse to release what has a line of a solution or of the hidden checks in it."""
    text = nbformat.writes(notebook)
    secrets = [SOLUTION.findall(cell.source) for cell in exercise.notebook.cells]
    lines = [line for found in secrets for part in found for line in part.splitlines()]
    lines += [line for q in exercise.questions for line in q.hidden.splitlines()]
    for line in lines:
        if len(line.strip()) > 12 and json.dumps(line.strip())[1:-1] in text:
            raise GradingError(f"{exercise.name}: the release would show {line.strip()!r}")
