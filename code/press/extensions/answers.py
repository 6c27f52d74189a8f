"""A Sphinx extension: the chooser in the page, where people say what y is in their own words.

`_static/choose/answers.js` holds the library's table of answers with the phrases that lead to them;
`choose/meanings.js` reads a text as `lossbook.choose` does. The directive `ask-chooser` places the
field. A page loads the table when the field is first used, the search page when it is opened.
`choose/libraries.js` has the code in every library, for the tabs of an answer and of a table's row.
"""

import html
import json
from pathlib import Path
from typing import Any

from docutils import nodes
from lossbook import chooser
from lossbook.chooser import suggest
from sphinx.util.docutils import SphinxDirective
from workshop.files import write_whole
from workshop.tables import tabs

FOLDER = Path("_static") / "choose"
FILE = FOLDER / "answers.js"
MARK = 'class="ask-chooser'


def answers() -> dict[str, Any]:
    """The chooser's rows and all that `meanings.js` needs to find them, ready for JSON."""
    rows = chooser.table()
    places = {(row["y"], row["predict"]): place for place, row in enumerate(rows)}
    meanings: dict[Any, int] = {}
    phrases = {
        " ".join(words): [
            phrase.strength,
            [meanings.setdefault(m, len(meanings)) for m in phrase.meanings],
        ]
        for words, phrase in suggest.phrases().items()
    }
    return {
        "rows": rows,
        "outcomes": chooser.outcomes(),
        "meanings": [
            {"ask": m.ask, "fits": [[places[f.y, f.predict], f.when] for f in m.fits]}
            for m in meanings
        ],
        "phrases": phrases,
        "spelt": suggest.spelt(),
        "ends": sorted(suggest.ENDS),
        "empty": sorted(suggest.EMPTY),
        "whole": sorted(suggest.WHOLE),
        "shortest": suggest.SHORTEST,
        "errors": suggest.ERRORS,
    }


def in_libraries() -> dict[str, list[dict[str, Any]]]:
    """What the tabs of an answer say, library by library: by its head, or by its two keys.

    By its keys if it has a recipe. Keras's tab is then the row's own loss.
    """
    found: dict[str, Any] = {}
    for row in chooser.table():
        if row["recipe"]:
            code = f'```python\nmodel.compile("adam", loss={row["code"]})\n```'
            found[f"{row['y']}: {row['predict']}"] = tabs.contents([str(row["recipe"])], code)
        elif row["head"] not in found:
            found[str(row["head"])] = tabs.contents([str(row["head"])])
    return {
        name: [{"library": library, "said": tabs.parts(text)} for library, text in found[name]]
        for name in sorted(found)
    }


def script(name: str, data: dict[str, Any]) -> str:
    """A table as a script, which a page opened from disk may load too."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return f"window.{name} = {text};\n"


class AskChooser(SphinxDirective):
    """The field, and beside it the two questions that it saves."""

    def run(self) -> list[nodes.Node]:
        """A form; without scripts it is not shown, since the tables say the same."""
        options = "".join(
            f'<option value="{html.escape(key, quote=True)}">{html.escape(words)}</option>'
            for key, words in chooser.outcomes().items()
        )
        form = f"""<form {MARK} needs-scripts" role="search" aria-label="The chooser">
<p><label for="ask-words">What is <em>y</em>, in your own words?</label>
<input id="ask-words" type="search" autocomplete="off" spellcheck="false"
  aria-describedby="ask-examples">
<small id="ask-examples">Say what you predict, or name a loss: star rating from 1 to 5, customer
churn, days until failure, RMSLE.</small></p>
<p><label for="ask-kind">Or choose: <em>y</em> is</label>
<select id="ask-kind"><option value="">…</option>{options}</select></p>
<p class="ask-said" role="status"></p>
<fieldset class="ask-which" hidden><legend></legend></fieldset>
<div class="ask-answer" aria-live="polite"></div>
</form>"""
        return [nodes.raw("", form, format="html")]


def _add(app: Any, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    if MARK in context.get("body", ""):
        for name in ("elements.js", "choose/field.js"):
            app.add_js_file(name, loading_method="defer")


def _finish(app: Any, failure: Exception | None) -> None:
    if failure is None and app.builder.format == "html":
        folder = Path(app.outdir)
        write_whole(folder / FILE, script("lossbookAnswers", answers()))
        write_whole(folder / FOLDER / "libraries.js", script("lossbookInLibraries", in_libraries()))


def setup(app: Any) -> dict[str, Any]:
    """Called by Sphinx."""
    app.add_directive("ask-chooser", AskChooser)
    app.connect("html-page-context", _add)
    app.connect("build-finished", _finish)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
