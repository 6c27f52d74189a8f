"""What stands in the tabs of a page: how a model ends, library by library, as MyST."""

import re
from collections.abc import Sequence

from lossbook.catalogue import writing
from lossbook.catalogue.libraries import RECIPES, TABS, Recipe
from lossbook.heads import HEADS

from workshop.tables import narrow as narrowing
from workshop.tables.libraries import REDUCTIONS, described

NOTE = (
    "`nll` is the full negative log likelihood in nats for each sample. Each line was run and "
    "compared with it; {ref}`the page on other libraries <libraries>` lists all of them, with the "
    "versions."
)
"""Below the tabs."""
RECIPE_NOTE = (
    "The code in each tab was run and compared with the formula; {ref}`the page on other libraries "
    "<libraries>` has the versions."
)
_FENCE = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)
EACH = "which the library does not average by itself"
"""Of a line whose code on the page takes the mean."""
FAR_BELOW = (
    "Below a raw output of about −14 the head gives another value: `softplus(…) + 1e-6` levels off "
    "at 1e-6, whereas the head's own link goes on falling slowly, so that its gradient does not "
    "vanish."
)
"""Of code with a softplus that a loss divides by."""


def contents(heads: Sequence[str], keras: str = "") -> list[tuple[str, str]]:
    """Each library with what its tab says about `heads`; `keras` is Keras's, if it is given.

    The name of a recipe may stand alone in place of heads; it needs `keras`. Raises ValueError for
    a name that there is not.
    """
    if recipes := _recipes(heads):
        if not keras.strip():
            raise ValueError(f"{heads[0]}: write Keras's code between the fences")
        return [("Keras", _own(keras)), *((one.library, _recipe(one)) for one in recipes)]
    if unknown := [name for name in heads if name not in HEADS]:
        raise ValueError(f"there is no head {', '.join(unknown)}; there are {', '.join(HEADS)}")
    found = []
    for library in TABS:
        if library == "Keras" and keras.strip():
            found.append((library, _own(keras)))
            continue
        parts = []
        for name in heads:
            title = [f"**{HEADS[name].title}**"] if len(heads) > 1 else []
            parts.append("\n\n".join([*title, said(name, library)]))
        found.append((library, "\n\n".join(parts)))
    return found


def _recipes(names: Sequence[str]) -> list[Recipe]:
    return [one for one in RECIPES if [one.name] == list(names)]


_REFERENCE = re.compile(r"\s*\(\{ref\}`[^`]*`\)")
_CODE = re.compile(r"(`[^`]*`)")


def parts(text: str) -> list[tuple[str, str]]:
    """What a tab says as pairs ("code", …) and ("text", …), for a script.

    In a text only names of code are marked, between backticks; references are left out.
    """
    found = []
    for place, piece in enumerate(_FENCE.split(text)):
        if place % 2:
            found.append(("code", piece.rstrip("\n")))
        else:
            pieces = [words.strip() for words in piece.split("\n\n") if words.strip()]
            found += [("text", _plain(words)) for words in pieces]
    return found


def _plain(words: str) -> str:
    pieces = _CODE.split(_REFERENCE.sub("", words))
    pieces[::2] = [piece.replace("*", "") for piece in pieces[::2]]
    return "".join(pieces)


def _recipe(one: Recipe) -> str:
    block = _block(writing.with_imports(one.code))
    if one.none:
        block = f"{one.library} has no such loss. The nearest: {one.none}.\n\n{block}"
    return f"{block}\n\n*Trap:* {one.trap}." if one.trap else block


def note(heads: Sequence[str]) -> str:
    """What stands below the tabs."""
    return RECIPE_NOTE if _recipes(heads) else NOTE


def said(head: str, library: str) -> str:
    """What a tab says about one head."""
    code = _code(head, library)
    none = writing.instead(head, library)
    lines = writing.lines(head, library)
    if library == "Keras":
        return _block(code)
    if lines:
        first, *others = lines
        said_of_it = " ".join(described(first)[1:]).replace(REDUCTIONS["none"], EACH)
        text = [_block(code), said_of_it]
        if "softplus" in code and "+ 1e-6" in code:
            text.append(FAR_BELOW)
        text += ["Or " + " ".join([f"{code}:", *rest]) for code, *rest in map(described, others)]
        return "\n\n".join(text)
    if none:
        return f"{library} has no such loss. The nearest: {none.take}.\n\n" + _block(code)
    if library in writing.BACKENDS:
        return (
            f"{library} has no such loss, but the one in `lossbook.heads` runs there.\n\n"
            + _block(code)
        )
    return (
        f"{library} has no such objective, but `lossbook.boosting` makes one "
        "({ref}`libraries-trees`).\n\n" + _block(code)
    )


def _code(head: str, library: str) -> str:
    """The block of code in a tab."""
    if library == "Keras":
        return writing.keras(head)
    if lines := writing.lines(head, library):
        return writing.code(lines[0])
    if none := writing.instead(head, library):
        return writing.with_imports(none.code)
    if library in writing.BACKENDS:
        return writing.with_head(head, library)
    return writing.with_objective(head, library)


def prepare() -> None:
    """Lay out the code of every tab at once, before pages ask for it one by one."""
    codes = [_code(head, library) for head in HEADS for library in TABS]
    narrowing.prepare([*codes, *(writing.with_imports(one.code) for one in RECIPES)])


def _own(text: str) -> str:
    """What a chapter says about Keras, with its code in narrow lines."""
    return _FENCE.sub(lambda match: _block(match[1].rstrip("\n")), text.strip("\n"))


def _block(code: str) -> str:
    return f"```python\n{narrowing.narrow(code)}\n```"


def tab_set(heads: Sequence[str], keras: str = "") -> str:
    """The tabs in MyST, as sphinx-design has them, in step with every other set of libraries."""
    items = [
        f":::::{{tab-item}} {library}\n:sync: {library}\n\n{text}\n:::::"
        for library, text in contents(heads, keras)
    ]
    return "\n".join(
        ["::::::{tab-set}", ":sync-group: library", "", *items, "::::::", "", note(heads)]
    )
