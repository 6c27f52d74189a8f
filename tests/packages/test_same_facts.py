"""Facts that packages which may not import each other both have: they must agree."""

import tomllib
from pathlib import Path

import lossbook
import yaml
from press.front import colours
from workshop import plotting

ROOT = Path(__file__).resolve().parents[2]


def test_figures_and_style_sheet_have_the_same_colours():
    style = colours()
    for colour, variable in plotting.VARIABLES.items():
        assert style[variable] == colour, (
            f"{variable} is {style[variable]} in code/press/front/static/course.css and {colour} "
            "in code/workshop/plotting.py"
        )


def test_one_version_everywhere():
    course = tomllib.loads((ROOT / "code" / "pyproject.toml").read_text(encoding="utf-8"))
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    said = "the version is that of code/lossbook/__init__.py"
    assert course["project"]["version"] == lossbook.__version__, f"code/pyproject.toml: {said}"
    assert citation["version"] == lossbook.__version__, f"CITATION.cff: {said}"
    assert f"## {lossbook.__version__}" in changes, "CHANGELOG.md has no entry for this version"
