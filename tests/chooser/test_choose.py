"""The chooser: every loss of Keras and every head can be reached, and every row says the truth."""

import inspect
import json
import re
import subprocess
import sys
from pathlib import Path

import lossbook
import numpy as np
import pytest
import yaml
from lossbook import heads, keras
from lossbook.catalogue import LIKELIHOODS, OTHERS
from lossbook.catalogue.libraries import LINES, RECIPES, TABS
from lossbook.chooser.rows import CHAPTERS, OUTCOMES, ROWS, SITE
from lossbook.heads import HEADS
from lossbook.links import LINKS

ROOT = Path(__file__).resolve().parents[2]
WHERE = "code/lossbook/chooser/answers.toml"
POISSON = f"{SITE}chapters/15_counts.html#counts-write"
NAMES = [f"{row.y} | {row.predict}" for row in ROWS]


def built(row):
    """What stands in the row's code, and the head that it belongs to, if any."""
    made = eval(row.code, {"heads": heads, "keras": keras})  # our own text
    return made, getattr(made, "head", None)


def test_every_loss_of_keras_is_reached():
    kinds = {
        name
        for name, kind in inspect.getmembers(keras.losses, inspect.isclass)
        if issubclass(kind, keras.losses.Loss) and kind is not keras.losses.Loss
    }
    reached = {row.loss for row in ROWS} - {""}
    assert not kinds - reached, f"{WHERE}: give a row to {kinds - reached}"
    assert not reached - kinds, f"{WHERE}: Keras has no loss {reached - kinds}"


def test_every_head_is_reached():
    reached = {row.head for row in ROWS} - {""}
    assert not set(HEADS) - reached, f"{WHERE}: give a row to {set(HEADS) - reached}"
    assert not reached - set(HEADS), f"{WHERE}: there is no head {reached - set(HEADS)}"


def test_every_outcome_is_offered_and_no_answer_stands_twice():
    assert {row.y for row in ROWS} == set(OUTCOMES), f"{WHERE}: OUTCOMES and ROWS differ"
    assert len(set(NAMES)) == len(ROWS)
    assert {row.label for row in ROWS} == set(CHAPTERS), f"{WHERE}: CHAPTERS and ROWS differ"


@pytest.mark.parametrize("row", ROWS, ids=NAMES)
def test_the_row_agrees_with_its_head_and_its_code(row):
    made, head = built(row)
    if row.loss:
        assert type(made).__name__ == row.loss
    else:
        assert type(head).name == row.head, "without a loss in Keras it must be the head's own"
    if not row.head:
        assert row.trap, "what is no likelihood needs a warning"
        assert row.title == ""
        return
    kind = HEADS[row.head]
    assert row.title == kind.title
    # A row may name the activation of another loss's prediction: MSLE takes y itself, not its log.
    if row.loss in ("", kind.keras_loss):
        assert row.activation == kind().activations
        assert (kind.keras_loss == "") == (row.loss == "")


@pytest.mark.parametrize("row", ROWS, ids=NAMES)
def test_the_activation_is_keras_own_or_a_link(row):
    for name in row.activation:
        assert name in LINKS or callable(getattr(keras.activations, name))


@pytest.mark.parametrize("row", ROWS, ids=NAMES)
def test_the_metrics_are_keras_own_and_every_row_says_how_to_judge_it(row):
    assert row.metric
    assert row.score
    for written in re.findall(r"`([^`]+)`", row.metric):
        name, _, options = written.partition("(")
        kind = getattr(keras.metrics, name)
        assert issubclass(kind, keras.metrics.Metric)
        if options:
            eval(f"kind({options}", {"kind": kind})  # our own text


@pytest.mark.parametrize("row", [r for r in ROWS if r.head], ids=lambda row: row.predict)
def test_a_row_has_the_lines_of_other_libraries_for_its_head(row):
    assert [line.write for line in row.lines] == [
        line.write for line in LINES if line.head == row.head
    ]


@pytest.mark.parametrize("row", [r for r in ROWS if not r.loss], ids=lambda row: row.predict)
def test_a_models_loss_by_the_code(row):
    loss, head = built(row)
    rng = np.random.default_rng(0)
    raw = rng.normal(size=(8, head.units))
    y = head.sample({k: np.asarray(v) for k, v in head.parameters(raw).items()}, rng)
    assert np.isfinite(loss(y, raw)).all()


def section(row) -> str:
    """The source of a row's section, with what its tables of the catalogue print."""
    text = (ROOT / "chapters" / f"{row.chapter}.md").read_text(encoding="utf-8")
    parts = text.split(f"\n({row.section})=\n## ")
    assert len(parts) == 2, f"{row.chapter}.md has no section labelled {row.section}: {WHERE}"
    source = re.split(r"^(?:\([\w-]+\)=\n)?## ", parts[1], flags=re.MULTILINE)[0]
    for call, printed in {"tables.others()": OTHERS, "tables.likelihoods()": LIKELIHOODS}.items():
        source += " ".join(entry.loss for entry in printed) if call in source else ""
    return source


@pytest.mark.parametrize("row", ROWS, ids=NAMES)
def test_the_section_that_a_row_names_exists_and_speaks_of_its_head_or_loss(row):
    names = [HEADS[row.head].__name__, row.title.split(",")[0]] if row.head else []
    names += [row.loss] if row.loss else []
    found = section(row)
    # "negative binomial", but not the "binomial" in it.
    assert any(re.search(rf"\b{re.escape(name)}", found, re.IGNORECASE) for name in names), (
        f"{row.section} names neither of {names}: correct the row's section in {WHERE}"
    )


def test_addresses_are_those_of_the_published_site():
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    assert config["html"]["baseurl"] == SITE
    assert lossbook.choose("count", "rate")[0].address == POISSON
    for file in CHAPTERS.values():
        assert (ROOT / "chapters" / f"{file}.md").exists(), f"CHAPTERS names {file}"


def test_questions_and_answers():
    assert len(lossbook.choose()) == len(ROWS)
    assert [row.head for row in lossbook.choose("count", "rate")] == ["poisson"]
    assert {row.y for row in lossbook.choose("class")} == {"class"}
    assert "keras.losses.Poisson()" in repr(lossbook.choose("count", "rate"))
    markdown = lossbook.choose("count", "rate")._repr_markdown_()
    assert f"| `keras.losses.Poisson()` | [counts]({POISSON}) |" in markdown
    assert lossbook.choose("count")[:1][0].head == "poisson"


def test_a_wrong_question_lists_the_choices():
    with pytest.raises(ValueError, match=r"y cannot be 'cuont' \(did you mean 'count'\?\)") as told:
        lossbook.choose("cuont", "rate")
    assert all(repr(key) in str(told.value) for key in OUTCOMES)
    with pytest.raises(ValueError, match="'mode' is nothing to be predicted when y is") as told:
        lossbook.choose("real", "mode")
    assert all(repr(row.predict) in str(told.value) for row in lossbook.choose("real"))
    with pytest.raises(ValueError, match="say what y can be as well"):
        lossbook.choose(predict="mean")


def test_the_table_is_plain_data():
    table = lossbook.chooser.table()
    assert json.loads(json.dumps(table)) == table
    assert len(table) == len(ROWS)
    assert set(table[0]) == {
        "y", "y_words", "predict", "predict_words", "head", "title", "activation", "loss", "code",
        "label", "chapter", "trap", "activation_words", "address", "metric", "score",
        "section", "recipe",
    }  # fmt: skip


def test_choosing_needs_neither_numpy_nor_tensorflow():
    code = (
        "import sys, lossbook; lossbook.choose('count');"
        "print([m for m in ('numpy', 'keras', 'tensorflow') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_each_row_leads_to_its_code_in_every_library():
    labels = {
        label
        for page in (ROOT / "chapters").glob("*.md")
        for label in re.findall(r"^\((\S+)\)=$", page.read_text(encoding="utf-8"), re.MULTILINE)
    }
    recipes = {recipe.name for recipe in RECIPES}
    for row in ROWS:
        assert row.written in labels
        assert row.recipe in {"", *recipes}
        assert row.head or row.recipe


SIX = ("PyTorch", "JAX", "scikit-learn", "LightGBM", "XGBoost", "statsmodels")
"""Beside Keras, whose code stands in the pages."""


@pytest.mark.parametrize("name", dict.fromkeys(row.recipe for row in ROWS if row.recipe))
def test_the_tabs_that_a_row_leads_to_have_every_library_or_what_is_nearest_there(name):
    tabs = [recipe.library for recipe in RECIPES if recipe.name == name]
    assert not set(SIX) - set(tabs), f"{name}: give it the code, or `none` with what is nearest"
    assert tabs == [library for library in TABS if library in tabs], "in the order of the others"


@pytest.mark.parametrize("row", [row for row in ROWS if row.loss and not row.head])
def test_a_loss_that_is_no_likelihood_leads_to_code_of_its_own(row):
    """Not to that of a loss which is near: Keras's tab there has the row's loss by its name."""
    pages = [path.read_text("utf-8") for path in (ROOT / "chapters").glob("*.md")]
    sets = [
        code
        for page in pages
        for code in re.findall(rf"\{{in-libraries\}} {row.recipe}\n(.*?)^:::", page, re.M | re.S)
    ]
    assert any(f"losses.{row.loss}(" in code for code in sets), row.recipe
