"""All that a browser is given, in one folder: styles, scripts, fonts and the theme's templates.

`static/` becomes the site's `_static/`; `theme/` are the templates; `katex.min.js` writes formulas
while the site is built, and `static/vendor/katex` has its style and fonts.
"""

import re
from pathlib import Path

STATIC = Path(__file__).with_name("static")
THEME = Path(__file__).with_name("theme")
KATEX = Path(__file__).with_name("katex.min.js")
"""KaTeX 0.16.47 (MIT); its licence lies with its style."""


def colours() -> dict[str, str]:
    """The light theme's colours by their names in the style sheet, `--paper` → `#fdfcf9`."""
    style = (STATIC / "course.css").read_text(encoding="utf-8")
    light = style.partition("\nhtml {")[2].partition("}")[0]
    return dict(re.findall(r"(--[\w-]+): (#[0-9a-f]{3,6});", light))
