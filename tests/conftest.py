"""Nothing is random between runs; TensorFlow is imported quietly before tests look at stderr."""

from hypothesis import settings

settings.register_profile("book", derandomize=True, deadline=None, print_blob=True)
settings.load_profile("book")
