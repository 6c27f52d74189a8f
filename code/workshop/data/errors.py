"""What is wrong with a data file, where it lies, and what to do."""


class DataError(Exception):
    """A data file cannot be used; the message names the file and the remedy."""
