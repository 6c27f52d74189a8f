"""Graded exercises: one source an exercise, released, graded in a sandbox, with feedback.

`lossbook-grade --help` lists the commands; `docs/grading.md` says how it works and how to write an
exercise. Students import `grader.hints` alone, which needs NumPy and nothing else.
"""
