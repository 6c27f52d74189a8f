"""The chooser in the page reads a text as `lossbook.choose` does: the same script, run in V8."""

import json

import lossbook
import pytest
from lossbook.chooser.suggest import phrases, spelt
from press.extensions.answers import answers, script
from press.front import STATIC
from py_mini_racer import MiniRacer
from test_plain_words import FLOORS, lines

TRICKY = [
    "quantle regresion", "hetroscedastic", "CrossEntropyLoss", "SmoothL1Loss", "IoU", "naïve Café",
    "the customer's churn", "the customer’s churn", "?", "", "x" * 300, "constructor",
    "toString of", "colour", "utilisation of the CPU", "zorbness of a comment",
    "number of number of", "per", "1-5", "what is the best loss for predicting house prices",
    "YES OR NO", "Überlebenszeit",
]  # fmt: skip


@pytest.fixture(scope="module")
def page():
    engine = MiniRacer()
    engine.eval("var window = globalThis;" + script("lossbookAnswers", answers()))
    engine.eval((STATIC / "choose" / "meanings.js").read_text(encoding="utf-8"))
    yield lambda text: json.loads(
        engine.eval(f"JSON.stringify(lossbookChooser.choose({json.dumps(text)}))")
    )
    engine.close()


def here(text: str) -> tuple[list[tuple[str, str]], list[str], str]:
    try:
        found = lossbook.chooser.choose(text)
    except ValueError:
        return [], [], ""
    return [(row.y, row.predict) for row in found], list(found.whens), found.ask


def there(found: dict) -> tuple[list[tuple[str, str]], list[str], str]:
    return [(row["y"], row["predict"]) for row in found["rows"]], found["whens"], found["ask"]


def texts() -> list[str]:
    lists = [line.partition(": ")[0] for name in ("first", *FLOORS) for line in lines(name)]
    bent = [f"{word[:3]}{word[4:]}" for word in spelt().values() if len(word) > 7]
    return [*lists, *(" ".join(words) for words in phrases()), *bent[::9], *TRICKY]


def test_every_text_gets_the_same_rows_reasons_and_question(page):
    keys = {row["y"] for row in answers()["rows"]}
    differ = [t for t in texts() if t not in keys and there(page(t)) != here(t)]
    assert differ == []


def test_the_page_has_the_whole_table():
    assert answers()["rows"] == lossbook.chooser.table()
    assert answers()["outcomes"] == lossbook.chooser.outcomes()
