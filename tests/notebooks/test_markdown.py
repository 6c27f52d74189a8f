"""What becomes of each kind of MyST in a reader's notebook."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from notebooks.elsewhere import FEW
from press.chapters import BookError, chapters, find_root, pages
from press.notebooks.markdown import NOT_RUN, Reading, formatted
from press.notebooks.reader import beside, is_sheet, notebook
from press.notebooks.sources import Sources, Target

MADE_ELSEWHERE = "This part is made from the whole course, and can be seen"
LABELS = ("libraries", "libraries-trees")
BIB = '@book{two, author={Ada Lovelace and Karl M{\\"u}ller}, title={T}, year={1843}}\n'
BIB += "@book{many, author={A One and B Two and C Three}, title={T}, year={2001}}\n"


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    root = tmp_path_factory.mktemp("book")
    (root / "chapters").mkdir()
    (root / "_config.yml").touch()
    (root / "_toc.yml").write_text(
        "format: jb-book\nroot: chapters/a\nchapters:\n- file: chapters/b\n"
    )
    (root / "chapters" / "a.md").write_text("(first)=\n# The first\n\n$$ x $$ (eq-x)\n")
    (root / "chapters" / "b.md").write_text("# B\n\n(part)=\n## A part\n\n$$\ny\n$$ (eq-y)\n")
    (root / "chapters" / "references.bib").write_text(BIB)
    return Sources(root)


@pytest.fixture(scope="module")
def plain(sources):
    def link(page, anchor):
        return "" if page == "chapters/a" else f"{page}.html#{anchor}"

    return Reading(sources, link, {"n": "np.float64(0.1234)", "w": "'twelve'"}, "p").plain


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("(first)=\n# The first", "# The first"),
        ("See {ref}`part`.", "See [A part](chapters/b.html#part)."),
        ("See {ref}`there <part>`.", "See [there](chapters/b.html#part)."),
        ("See {ref}`first`.", "See The first."),
        ("By {eq}`eq-y`.", "By [(2)](chapters/b.html#equation-eq-y)."),
        ("By {eq}`eq-x`.", "By (1)."),
        ("$$ x $$ (eq-x)", "$$ x \\tag{1}$$"),
        ("As {glue:text}`n:.2f`, {glue:text}`w`.", "As 0.12, twelve."),
        ("As {glue:text}`unknown`.", f"As {NOT_RUN}."),
        (
            "{cite:t}`two` and {cite:p}`two,many`",
            "Lovelace and Müller ([1843](chapters/bibliography.html#)) and "
            "([Lovelace and Müller, 1843](chapters/bibliography.html#); "
            "[One et al., 2001](chapters/bibliography.html#))",
        ),
        (":::{admonition} Aims\n:class: tip\n- one\n:::", "> **Aims**\n>\n> - one"),
        ("````{note}\n```python\na\n```\n````", "> **Note**\n>\n> ```python\n> a\n> ```"),
        ("```python\n{ref}`part`\n```", "```python\n{ref}`part`\n```"),
        ("% a comment\ntext", "text"),
        (
            ":::{dropdown} Show $x$\nit\n:::",
            "<details><summary>Show $x$</summary>\n\nit\n\n</details>",
        ),
        (
            "::::{tab-set}\n:::{tab-item} Keras\n:sync: k\na\n:::\n:::{tab-item} JAX\nb\n:::\n::::",
            "**Keras**\n\na\n\n**JAX**\n\nb",
        ),
        (
            "::::{grid} 2\n:::{grid-item-card} A head\nSee {ref}`part`.\n:::\n::::",
            "**A head**\n\nSee [A part](chapters/b.html#part).",
        ),
        (":::{all-questions}\n:::", f"*({MADE_ELSEWHERE} [on its page](p).)*"),
        ("```{eval-rst}\n.. autofunction:: f\n```", f"*({MADE_ELSEWHERE} [on its page](p).)*"),
    ],
)
def test_each_kind_has_its_plain_form(plain, text, made):
    assert plain(text) == made


def test_libraries_are_folded_below_the_first(sources):
    link = lambda page, anchor: f"{page}.html"  # noqa: E731
    labels = {name: Target("chapters/b", name, "Libraries") for name in LABELS}
    known = SimpleNamespace(label=labels.__getitem__)
    text = (
        "::::{in-libraries} gaussian_scale\n```python\nhead.loss\n```\n\nThe label.\n::::\n\nAfter."
    )
    made = Reading(known, link, {}).plain(text)
    assert made.startswith("**Keras**\n\n```python\nhead.loss\n```\n\nThe label.\n")
    assert "<details><summary>PyTorch</summary>\n\n```python\nimport torch\n" in made
    assert "[Libraries](chapters/b.html)" in made
    assert made.count("<details>") == made.count("</details>") == 6
    assert made.endswith("\n\nAfter.")
    assert "{" not in re.sub(r"```.*?```|`[^`]*`", "", made, flags=re.DOTALL)


def test_each_answer_of_a_quiz_is_folded_with_its_verdict(plain):
    made = plain(
        "```{quiz} Is `a < b`?\n- [x] Yes, $a$\n\n  Since {ref}`part`.\n- [ ] No\n\n  See.\n```"
    )
    assert "[x]" not in made
    assert "**Is `a < b`?**" in made
    assert "<summary>Yes, $a$</summary>\n\n**Right.** Since [A part]" in made
    assert "<summary>No</summary>\n\n**No.** See." in made


@pytest.mark.parametrize("text", ["{ref}`nowhere`", "{eq}`eq-z`", "{cite:t}`nobody`", "{odd}`x`"])
def test_what_leads_nowhere_is_an_error(plain, text):
    with pytest.raises(BookError):
        plain(text)


def test_a_directive_without_a_plain_form_is_an_error(plain):
    with pytest.raises(BookError, match="list-table"):
        plain(":::{list-table}\n* - a\n:::")


def test_formats_are_those_of_python():
    assert formatted("3", "d") == "3"
    assert formatted("0.5", ".1%") == "50.0%"


@pytest.mark.parametrize("page", pages(find_root(Path(__file__).parent)), ids=lambda p: p.name)
def test_every_page_of_the_course_has_a_plain_form(page):
    if is_sheet(page.name):
        return  # its notebook is the students' own
    made = notebook(
        Sources(page.root), page, beside(page.name), origin="", address="", results=False
    )
    text = "\n".join(cell.source for cell in made.cells if cell.cell_type == "markdown")
    # Directives in fences of code, before what stands in such fences is left out.
    assert not re.search(r"^[ >]*(`{3,}|~{3,}|:{3,})\{", text, re.MULTILINE)
    bare = re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL)
    assert not re.search(r"\{[\w:-]+\}`|\[[x ]\] |^:::|^\([\w:.-]+\)=", bare, re.MULTILINE)
    assert not re.search(r"^:[\w-]+:|^% ", bare, re.MULTILINE), "an option or a comment"
    assert bare.count("<details>") == bare.count("</details>")
    for words, to in re.findall(r"\[([^\]]+)\]\(([^)\s]+)\)", bare):
        assert not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", words), "a bare label"
        assert to.split("#")[0] != f"../{page.name}.md", "a link to its own page"
        if to.startswith("../"):
            assert (page.root / "chapters" / to.split("#")[0]).resolve().is_file()


def test_notebooks_that_are_run_elsewhere_by_default_are_offered():
    root = find_root()
    sheets = {page.name.removeprefix("chapters/") for page in pages(root) if is_sheet(page.name)}
    assert set(FEW) <= sheets | {chapter.path.stem for chapter in chapters(root)}
