"""These tests run in an environment of their own, with the libraries that they compare."""

import importlib.util

collect_ignore_glob = []
if importlib.util.find_spec("lightgbm") is None or importlib.util.find_spec("optax") is None:
    collect_ignore_glob = ["test_*.py"]  # `make test-libraries`
