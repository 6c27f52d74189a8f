"""A Sphinx extension: formulas become HTML and MathML while the book is built.

KaTeX runs in an embedded V8 (mini-racer), so pages need no script for mathematics, no other host,
and a formula that KaTeX cannot read is a warning of the build, with its page and line.
"""

import atexit
import html
import re
from functools import cache
from typing import Any

from docutils import nodes
from py_mini_racer import JSEvalException, MiniRacer
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

from press.front import KATEX

LOGGER = logging.getLogger(__name__)
NAME = "katex_static"
OPENING = re.compile(r"[(\[“‘]+$")
CLOSING = re.compile(r"[.,;:!?)\]’”]+(?=\s|$)")


@cache
def _engine() -> MiniRacer:
    engine = MiniRacer()
    # Closing joins a thread. Left to the engine's __del__ it would happen while the interpreter is
    # being torn down, when Python 3.13 no longer lets that thread run: the program would never end.
    atexit.register(engine.close)
    engine.eval(KATEX.read_text(encoding="utf-8"))
    return engine


def render(latex: str, *, display: bool) -> str:
    """HTML, and MathML for screen readers. Raises ValueError with what KaTeX says."""
    options = {"displayMode": display, "throwOnError": True, "strict": "error"}
    try:
        return str(_engine().call("katex.renderToString", latex, options))
    except JSEvalException as problem:
        raise ValueError(str(problem).splitlines()[0]) from None


def _html(self: Any, node: nodes.Element, latex: str, *, display: bool) -> str:
    try:
        return render(latex, display=display)
    except ValueError as problem:
        LOGGER.warning("KaTeX cannot read %r: %s", latex, problem, location=node)
        return f"<code>{html.escape(latex)}</code>"


def _inline(self: Any, node: nodes.Element) -> None:
    self.body.append(self.starttag(node, "span", "", CLASS="math"))
    self.body.append(_html(self, node, node.astext(), display=False) + "</span>")
    raise nodes.SkipNode


def _block(self: Any, node: nodes.Element) -> None:
    latex = node.astext().strip()
    if "\\\\" in latex and "\\begin{" not in latex:
        latex = rf"\begin{{aligned}}{latex}\end{{aligned}}"
    # Wide formulas scroll in their own box, which the keyboard must be able to reach.
    box = self.starttag(node, "div", "", CLASS="math", role="group")
    self.body.append(box.replace("<div ", '<div aria-label="formula" ', 1))
    self.body.append(_html(self, node, latex, display=True))
    if node["number"]:
        number = get_node_equation_number(self, node)
        self.body.append(f'<span class="eqno">({number})')
        self.add_permalink_ref(node, "Link to this equation")
        self.body.append("</span>")
    self.body.append("</div>\n")
    raise nodes.SkipNode


def _keep(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Put a formula and the punctuation beside it into one piece, which no line break parts.

    A browser may break a line after every formula, also before a full stop.
    """
    for node in [*doctree.findall(nodes.math)]:
        parent, place = node.parent, node.parent.index(node)
        before, after = parent[:place][-1:], parent[place + 1 :][:1]
        start = OPENING.search(str(before[0])) if before and _is_text(before[0]) else None
        end = CLOSING.match(str(after[0])) if after and _is_text(after[0]) else None
        if not start and not end:
            continue
        pieces: list[nodes.Node] = [node]
        around: list[nodes.Node] = []
        if start:
            pieces.insert(0, nodes.Text(start[0]))
            around.append(nodes.Text(str(before[0])[: start.start()]))
        kept = nodes.inline("", "", *pieces, classes=["kept"])
        around.append(kept)
        if end:
            kept += nodes.Text(end[0])
            around.append(nodes.Text(str(after[0])[end.end() :]))
        parent[place - bool(start) : place + 1 + bool(end)] = around


def _is_text(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Text)


def setup(app: Sphinx) -> dict[str, Any]:
    """Called by Sphinx."""
    app.add_html_math_renderer(NAME, (_inline, None), (_block, None))
    app.connect("doctree-resolved", _keep)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
