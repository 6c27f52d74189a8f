"""These tests run in an environment of their own, with the libraries that they compare."""

import importlib.util
import os

# One thread for each library: they are slower where threads of several wait for each other.
os.environ["OMP_NUM_THREADS"] = os.environ["LOKY_MAX_CPU_COUNT"] = "1"

collect_ignore_glob = []
if importlib.util.find_spec("lightgbm") is None or importlib.util.find_spec("optax") is None:
    collect_ignore_glob = ["test_*.py"]  # `make test-libraries`
