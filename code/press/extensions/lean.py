"""A Sphinx extension: the course's own theme, and pages that load only what they use.

Jupyter Book brings a theme with a framework (400 kB of styles, 110 kB of scripts), sphinx-thebe and
more. The course's pages need one style sheet and one small script; mathematics brings its own style
and fonts only where there is mathematics, grids theirs where there are some.
"""

import re
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from press.extensions import course, libraries, sharing
from press.extensions.svg import slim
from press.front import STATIC, THEME

UNUSED = (
    "sphinx-thebe",
    "THEBE_JS_URL",
    "thebe_selector",
    "basic.css",
    "pygments.css",
    "mystnb",
    "togglebutton",
    "toggleHint",
    "toggleOpenOnPrint",
    "copybutton",
    "clipboard",
    "sphinx-book-theme",
    "DOCUMENTATION_OPTIONS.",
    "documentation_options.js",
    "doctools.js",
    "sphinx_highlight.js",
    "design-tabs.js",  # the course's own script keeps the choice, and its style sheet has tabs
)
"""Files and inline scripts that no page needs, by a part of their name or text."""
ONLY_WITH = {
    "vendor/katex": ('class="katex',),
    "sphinx-design.min.css": ("sd-container", "sd-btn", "sd-badge"),
}
"""What is loaded only by pages that contain one of some texts."""
TEXT_FONTS = [f"_static/fonts/source-serif-4-latin-{n}-normal.woff2" for n in (400, 600)]
FORMULA_FONTS = [
    f"_static/vendor/katex/fonts/KaTeX_{n}.woff2" for n in ("Main-Regular", "Math-Italic")
]

THEBE = re.compile(
    r'<script type="text/x-thebe-config">.*?</script>\s*|<script>kernelName.*?</script>', re.DOTALL
)
FIGURE = '<figure class="lb-figure"'
EXERCISES = '<section id="exercises">'
_FOLDED = re.compile(r'<details class="admonition hide\b.*?</details>', re.DOTALL)
_CHECKING = re.compile(r"\b(?:assert|assert_\w+|raises)\b")
INLINE_CODE = re.compile(r'(<code class="docutils literal notranslate">)(.*?)(</code>)', re.DOTALL)
COLOURED = frozenset(
    re.findall(r"\w+", "c c1 ch cm cs k kn kd kc ow s s1 s2 sa sd se si sb m mi mf nf nc nd fm")
)
"""Pygments's kinds of words that the style sheet gives a colour."""
_CODE = re.compile(r'(?<=<div class="highlight"><pre>).*?(?=</pre>)', re.DOTALL)
_WORD = re.compile(r'<span(?: class="(\w+)")?>([^<]*)</span>')
_PRINTED = re.compile(
    r'(<div class="output (?:stream|text_plain)[^"]*)'
    r'("><div class="highlight"><pre>)(.*?)(?=</pre>)',
    re.DOTALL,
)
_COLUMNS = re.compile(r"\S {2,}\S")
_DRAWN = re.compile(r'<svg role="img" .*?</svg>', re.DOTALL)


def _said(asset: Any) -> str:
    return f"{asset.filename or ''} {asset.attributes.get('body', '')}"


def _used(asset: Any, body: str) -> bool:
    said = _said(asset)
    if any(mark in said for mark in UNUSED):
        return False
    return all(
        any(sign in body for sign in signs) for name, signs in ONLY_WITH.items() if name in said
    )


def _plain(match: re.Match[str]) -> str:
    """A word of code, without the element around it if that gives it no colour."""
    return match[0] if match[1] in COLOURED else match[2]


def _printed(match: re.Match[str]) -> str:
    """What a cell printed, marked if it is words, which may wrap, and not columns."""
    text = re.sub(r"<[^>]*>", "", match[3])
    words = "" if _COLUMNS.search(text) else " words"
    return f"{match[1]}{words}{match[2]}{match[3]}"


def _named(match: re.Match[str]) -> str:
    """A folded cell named by what is in it: a check if it asserts something, else code."""
    code = re.sub(r"<[^>]*>", " ", match[0])
    what = "the check" if _CHECKING.search(code) else "the code"
    return match[0].replace(" code cell content</", f" {what}</")


def _breakable(code: str) -> str:
    """Code that breaks in a narrow column where its parts end, before it breaks inside a word."""
    code = re.sub(r"(?<=[\w)])\.(?=[A-Za-z])", ".<wbr>", code)
    if len(code) > 24:
        code = re.sub(r"(?<=\w)\((?=\w)", "(<wbr>", code)
    return re.sub(r"\w{30,}", lambda match: match[0].replace("_", "_<wbr>"), code)


def tidy(body: str) -> str:
    """The page's HTML without what only a live kernel needs, and with what screen readers need."""
    body = THEBE.sub("", body)
    body = body.replace('<summary aria-label="Toggle hidden content">', "<summary>")
    body = body.replace(" code cell source</", " the code</")
    # Folded cells are answers among the exercises; before them, checks of the text or plain code.
    text, exercises, answers = body.partition(EXERCISES)
    text = _FOLDED.sub(_named, text)
    body = text + exercises + answers.replace(" code cell content</", " the answer</")
    body = _PRINTED.sub(_printed, body)
    body = _CODE.sub(lambda match: _WORD.sub(_plain, match[0]), body)
    body = _DRAWN.sub(lambda match: slim(match.group()), body)
    # A role that HTML 5 readers no longer know; the list around them is one of ARIA's.
    body = body.replace('role="doc-biblioentry"', 'role="listitem"')
    # The corner above a column of names heads nothing.
    body = re.sub(r'<th class="head[^"]*"><p></p></th>', "<td></td>", body)
    body = INLINE_CODE.sub(lambda match: match[1] + _breakable(match[2]) + match[3], body)
    body = libraries.named(body)
    body = re.sub(r"<table(?=[ >])", '<div class="table-box"><table', body)
    body = body.replace("</table>", "</table></div>")
    pieces = body.split(FIGURE)
    numbered = [
        f'<figure id="figure-{k}" class="lb-figure"{p}' for k, p in enumerate(pieces[1:], 1)
    ]
    return pieces[0] + "".join(numbered)


def _course(app: Sphinx) -> tuple[course.Place, list[course.Part]]:
    """Read once a build: the frame of every page shows all parts."""
    if "lossbook_course" not in app.__dict__:
        root = Path(app.srcdir)
        app.__dict__["lossbook_course"] = course.place(root), course.parts(root)
    found: tuple[course.Place, list[course.Part]] = app.__dict__["lossbook_course"]
    return found


def _frame(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    root = Path(app.srcdir)
    course.written(app).add(page)
    body = context.get("body", "")
    if home := app.config.html_baseurl:
        # What the library prints links to the published site; here the page is at hand.
        body = body.replace(f'href="{home}', f'href="{context["content_root"]}')
    body = context["body"] = tidy(body)
    for kind in ("script_files", "css_files"):
        kept: dict[Any, Any] = {}
        for asset in context.get(kind, []):
            if _used(asset, body):
                kept.setdefault(asset.filename or asset.attributes.get("body"), asset)
        context[kind] = list(kept.values())
    mathematics = 'class="katex' in body
    context["fonts"] = TEXT_FONTS + (FORMULA_FONTS if mathematics else [])
    place, found = _course(app)
    sheets = {sheet.name: sheet for part in found for sheet in part.pages}
    here = sheets.get(page)
    if page == app.config.root_doc:
        here = course.Sheet(root, page, "About the course")
    if here is None and page.startswith(course.EXERCISES):
        here = course.Sheet(root, page, "Exercises")
        context["exercise_of"] = sheets.get(f"chapters/{Path(page).name}")
    context |= {
        "course": found,
        "here": here,
        "run_it": _run_it(app, place, page, here, context),
        "repository": place.repository,
        "project_author": app.config.author,
        "page_toc": _sections(context.get("toc", "")),
        "sharing": sharing.head(app, place, page, here, context.get("title", ""), doctree),
    }


def _run_it(app: Sphinx, place: course.Place, page: str, here: Any, context: dict) -> list[dict]:
    """The links below a page that say how to run it."""
    if here is None or not (here.chapter or here.exercises):
        return []
    sheet = f"{course.EXERCISES}{Path(page).name}"
    links = place.run_links(page, context["content_root"])
    if here.chapter and sheet in app.env.found_docs:
        text, href = "Graded exercises to this chapter", context["pathto"](sheet)
        links.insert(0, {"text": text, "href": href, "note": ", with solutions and a notebook"})
    return links


def _sections(toc: str) -> str:
    """The list of sections below the page's title; empty if there are fewer than two."""
    inner = re.search(r"<ul>\s*<li>.*?</a>(\s*<ul>.*</ul>)\s*</li>\s*</ul>", toc, re.DOTALL)
    found = inner.group(1) if inner else ""
    return found if found.count("<li>") > 1 else ""


def _theme(app: Sphinx, config: Any) -> None:
    config.html_theme = "lossbook"
    config.html_theme_options = {}
    config.html_sidebars = {}
    config.html_static_path.append(str(STATIC))


def setup(app: Sphinx) -> dict[str, Any]:
    """Called by Sphinx."""
    app.add_html_theme("lossbook", str(THEME))
    app.connect("config-inited", _theme, priority=990)
    app.add_css_file("course.css")
    app.add_css_file("vendor/katex/katex.min.css")
    app.add_js_file("course.js", loading_method="defer")
    # Last, after the themes have added theirs.
    app.connect("html-page-context", _frame, priority=900)
    # Pages written by other processes would not be noted.
    return {"parallel_read_safe": True, "parallel_write_safe": False}
