"""Running a stranger's notebook: one fresh bubblewrap sandbox a submission, started warm.

`host` is called by the grader. It talks to `zygote`, a process that has imported what notebooks
import and nothing else; for each submission the zygote forks, `supervisor` starts bubblewrap and
moves the fork into it, and `runner` runs the cells there.
"""
