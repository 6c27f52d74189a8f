"""What stops the command, said in one line."""


class GradingError(Exception):
    """Grading cannot go on; the message says what is wrong, where, and what to do."""
