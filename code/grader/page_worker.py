"""What runs in the process that `paging` starts: one page after another, within limits."""

import json
import os
import resource
import sys
from pathlib import Path
from typing import Any

from grader import feedback
from grader.course import Course

MOST_MEMORY = 4 << 30
MOST_PAGE = 32 << 20


def main(root: str, assignment: str) -> None:
    """Read students, one JSON text a line; answer each with null or with what went wrong."""
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_DATA, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_PAGE, MOST_PAGE))
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever a library prints is no answer
    for line in sys.stdin:
        said: Any = None
        try:
            feedback.page(Course(Path(root)), assignment, json.loads(line))
        except Exception as problem:
            said = str(problem) or type(problem).__name__
        answers.write(json.dumps(said) + "\n")
        answers.flush()
