"""How pages are found and shared: canonical links, cards, structured data, sitemap, robots."""

import html
import json
import re
import shutil
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from press.extensions import course, faq
from press.front import colours

CARD = "_static/card.png"
LICENCE = "https://creativecommons.org/licenses/by/4.0/"


def _plain(title: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", title)).strip()


def head(
    app: Sphinx, place: course.Place, page: str, here: Any, title: str, doctree: Any = None
) -> str:
    """Elements of a page's head that say what it is and where it lives."""
    if page == "search":
        return '<meta name="description" content="Search the course.">'
    whole = str(app.config.html_title or app.config.project)
    name, address = _plain(title) or whole, f"{place.base}{page}.html"
    about = (here.description if here else "") or f"{name}: a page of the course “{whole}”."
    card = place.base + CARD
    names = {
        "description": about,
        "author": app.config.author,
        "twitter:card": "summary_large_image",
    }
    graph = {
        "og:type": "article",
        "og:site_name": whole,
        "og:title": name,
        "og:description": about,
        "og:url": address,
        "og:image": card,
        "og:image:width": "1200",
        "og:image:height": "630",
        "og:image:alt": f"{whole} Two curves: a density, and the loss that follows from it.",
    }
    esc = lambda text: html.escape(text, quote=True)  # noqa: E731
    lines = [f'<meta name="{k}" content="{esc(v)}">' for k, v in names.items()]
    lines += [f'<meta property="{k}" content="{esc(v)}">' for k, v in graph.items()]
    lines.append(f'<link rel="canonical" href="{esc(address)}">')
    told = [
        structured(app, place, page, name, about, whole),
        faq.structured(page, address, doctree),
    ]
    for one in filter(None, told):
        data = json.dumps(one, ensure_ascii=False).replace("</", r"<\/")
        lines.append(f'<script type="application/ld+json">{data}</script>')
    return "\n  ".join(lines)


def structured(
    app: Sphinx, place: course.Place, page: str, name: str, about: str, whole: str
) -> dict[str, Any]:
    """The page in schema.org's words: the first page is the course, the others its resources."""
    author = {"@type": "Organization", "name": app.config.author}
    shared = {
        "@context": "https://schema.org",
        "name": name,
        "description": about,
        "url": f"{place.base}{page}.html",
        "inLanguage": "en",
        "license": LICENCE,
        "isAccessibleForFree": True,
    }
    if page == app.config.root_doc:
        instance = {"@type": "CourseInstance", "courseMode": "Online", "courseWorkload": "PT6H"}
        offer = {"@type": "Offer", "category": "Free"}
        return shared | {
            "@type": "Course",
            "provider": author,
            "hasCourseInstance": instance,
            "offers": offer,
        }
    return shared | {
        "@type": "LearningResource",
        "author": author,
        "isPartOf": {"@type": "Course", "name": whole, "url": f"{place.base}index.html"},
    }


def _card(path: Path, title: str) -> None:
    """The picture that is shown where a page is shared, 1200 × 630 pixels."""
    import numpy as np
    from matplotlib.figure import Figure

    shade = colours()
    figure = Figure(figsize=(12, 6.3), dpi=100, facecolor=shade["--paper"])
    axes = figure.add_axes((0, 0.02, 1, 0.5))
    x = np.linspace(-3, 3, 400)
    axes.fill_between(x, np.exp(-(x**2) / 2), color=shade["--lb-green"], alpha=0.16, lw=0)
    axes.plot(x, np.exp(-(x**2) / 2), color=shade["--lb-green"], lw=4)
    axes.plot(x, x**2 / 4.2, color=shade["--lb-red"], lw=4)
    axes.set(xlim=(-3, 3), ylim=(0, 1.15))
    axes.axis("off")
    words = title.split(", ", 1)
    first, rest = (words[0] + ",", words[1]) if len(words) == 2 else (title, "")
    for text, height in ((first, 0.8), (rest, 0.66)):
        figure.text(
            0.06, height, text, fontsize=44, color=shade["--ink"], family="serif", weight="bold"
        )
    figure.text(
        0.06, 0.56, "Each loss derived, each model run", fontsize=24, color=shade["--accent"]
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)


def _finish(app: Sphinx, failure: Exception | None) -> None:
    if failure is not None or app.builder.format != "html":
        return
    root, out = Path(app.srcdir), Path(app.outdir)
    place = course.place(root)
    pages = sorted(name for name in app.env.found_docs)
    entries = "".join(f"<url><loc>{html.escape(place.base)}{n}.html</loc></url>\n" for n in pages)
    start = '<?xml version="1.0" encoding="utf-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    (out / "sitemap.xml").write_text(f"{start}{entries}</urlset>\n", encoding="utf-8")
    robots = f"User-agent: *\nAllow: /\nSitemap: {place.base}sitemap.xml\n"
    (out / "robots.txt").write_text(robots, encoding="utf-8")
    shutil.copyfile(root / "LICENSE", out / "LICENSE.txt")
    (out / ".nojekyll").touch()
    # Its words and look are those of the frame: when that changes, every page is written.
    if course.written(app) >= app.env.found_docs or not (out / CARD).exists():
        _card(out / CARD, str(app.config.html_title or app.config.project))


def setup(app: Sphinx) -> dict[str, Any]:
    """Called by Sphinx."""
    app.connect("build-finished", _finish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
