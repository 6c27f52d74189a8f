"""Puts the recorded results into the wheel: chapters read them; a checkout has them in `data/`."""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

RECORDED = Path(__file__).resolve().parents[1] / "data" / "recorded"


class WithResults(build_py):
    """Copies `data/recorded/*.json` to `workshop/results`, where `workshop.recorded` looks."""

    def run(self) -> None:
        """Build as usual, then add the results; an editable install reads them where they are."""
        super().run()
        if not self.editable_mode:
            target = Path(self.build_lib) / "workshop" / "results"
            target.mkdir(parents=True, exist_ok=True)
            for path in sorted(RECORDED.glob("*.json")):
                shutil.copy(path, target)


setup(cmdclass={"build_py": WithResults})
