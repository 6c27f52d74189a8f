"""What the site says of itself and offers: sharing, notebooks, questions, overviews, workflows."""

import json
import re
from functools import cache
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
import yaml
from browsing import ROOT, SITE, page_names
from bs4 import BeautifulSoup
from lossbook.heads import HEADS
from press.chapters import chapters
from press.extensions import course, faq
from press.extensions.lean import COLOURED, tidy
from press.extensions.overviews import figures
from press.front import STATIC

NAMES = page_names()
PLACE = course.place(ROOT)
pytestmark = pytest.mark.skipif(not NAMES, reason="the site is not built; run `make book`")


@cache
def soup(name):
    return BeautifulSoup((SITE / name).read_text(encoding="utf-8"), "html.parser")


def test_chapters_are_numbered_in_the_order_of_the_contents():
    parts = course.parts(ROOT)
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    wanted = [
        entry["file"]
        for part in toc["parts"][: -course.LOOKED_UP]
        for entry in part["chapters"]
        if "/exercises/" not in entry["file"]
    ]
    numbered = {page.number: page.name for part in parts for page in part.pages if page.number}
    assert numbered == {str(place): name for place, name in enumerate(wanted, 1)}
    sidebar = soup("chapters/01_start.html").select("#chapters li")
    shown = [(item.select_one(".number"), item.a["data-page"]) for item in sidebar]
    assert [(n.text, page) for n, page in shown if n] == list(numbered.items())


@pytest.mark.parametrize("name", NAMES)
def test_page_says_what_it_is(name):
    page = soup(name)
    assert len(page.find_all("title")) == 1
    about = page.find_all("meta", attrs={"name": "description"})
    assert len(about) == 1
    assert about[0]["content"].strip()
    if name == "search.html":
        return
    assert page.find("link", rel="canonical")["href"] == PLACE.base + name
    data = json.loads(page.find("script", type="application/ld+json").string)
    assert data["@type"] in ("Course", "LearningResource")
    assert data["url"] == PLACE.base + name
    card = page.find("meta", property="og:image")["content"]
    assert (SITE / card.removeprefix(PLACE.base)).is_file()


def test_a_folded_cell_is_called_a_check_if_it_asserts_something_and_an_answer_among_exercises():
    def folded(code):
        lines = "".join(f'<span class="n">{part}</span> ' for part in code.split())
        return (
            '<details class="admonition hide above-input">\n<summary>'
            '<p class="collapsed admonition-title">Show code cell content</p>'
            '<p class="expanded admonition-title">Hide code cell content</p></summary>'
            f'<div class="highlight"><pre>{lines}</pre></div></details>'
        )

    imports, assertion = folded("import numpy"), folded("np . testing . assert_allclose ( a , b )")
    plain, strict = folded("reassert = 1"), folded("assert a == b")
    page = BeautifulSoup(
        tidy(imports + assertion + plain + strict + f'<section id="exercises">{imports}</section>'),
        "html.parser",
    )
    shown = [title.text for title in page.select(".collapsed")]
    hidden = [title.text for title in page.select(".expanded")]
    code, check = "Show the code", "Show the check"
    assert shown == [code, check, code, check, "Show the answer"]
    assert hidden == [name.replace("Show", "Hide") for name in shown]


@pytest.mark.parametrize("name", NAMES)
def test_what_a_page_calls_a_check_asserts_something(name):
    for fold in soup(name).select("details.hide"):
        title = fold.select_one("p.collapsed").text
        assert "code cell" not in title
        if title == "Show the check":
            assert re.search("assert|raises", fold.select_one(".cell_input").text), fold.text[:200]


@pytest.mark.parametrize("sheet", faq.sheets(ROOT), ids=lambda sheet: sheet.name)
def test_pages_of_questions_tell_search_engines_each_question(sheet):
    page = soup(f"{sheet.name}.html")
    _, told = page.find_all("script", type="application/ld+json")
    entities = json.loads(told.string)["mainEntity"]
    assert len(entities) == len(faq.asked(sheet))
    listed = soup("chapters/questions.html")
    for one, asked in zip(entities, faq.asked(sheet), strict=True):
        assert one["url"] == f"{PLACE.base}{sheet.name}.html#{asked.label}"
        assert page.find(id=asked.label).find_next("h2").get_text().startswith(one["name"])
        assert (
            listed.find(id=asked.label).a["href"]
            == f"{sheet.name.split('/')[-1]}.html#{asked.label}"
        )
        assert len(one["acceptedAnswer"]["text"].split()) > 15


def test_code_keeps_its_text_and_the_words_that_have_a_colour():
    style = (STATIC / "course.css").read_text(encoding="utf-8")
    kinds = re.findall(r"^\.highlight :is\((.*?)\)", style, re.MULTILINE)
    assert {kind.strip(" .") for line in kinds for kind in line.split(",")} == COLOURED
    code = '<span class="kn">import</span> <span class="n">a</span><span class="p">,</span> b'
    page = f'<p><span class="n">a</span></p><div class="highlight"><pre><span></span>{code}</pre>'
    kept = '<div class="highlight"><pre><span class="kn">import</span> a, b</pre>'
    assert tidy(page) == f'<p><span class="n">a</span></p>{kept}'


def test_titles_and_descriptions_differ():
    pages = [soup(name) for name in NAMES]
    for kind in (
        lambda p: p.title.text,
        lambda p: p.find("meta", attrs={"name": "description"})["content"],
    ):
        found = [kind(page) for page in pages]
        assert len(set(found)) == len(found)


def test_sitemap_lists_every_page_and_no_other():
    tree = ElementTree.parse(SITE / "sitemap.xml")
    listed = {
        node.text.removeprefix(PLACE.base) for node in tree.iter() if node.tag.endswith("loc")
    }
    assert listed == {name for name in NAMES if name != "search.html"}
    assert f"Sitemap: {PLACE.base}sitemap.xml" in (SITE / "robots.txt").read_text()


def test_pages_link_to_the_pdfs_that_there_are_and_to_no_others():
    there = {path.name for path in (SITE / "pdf").glob("*.pdf")}
    for name in NAMES:
        linked = {link["href"] for link in soup(name).find_all("a", href=True)}
        wanted = there & (
            {"book.pdf"} if "cheatsheet" not in name else {"book.pdf", "cheatsheet.pdf"}
        )
        assert {href.split("/")[-1] for href in linked if href.endswith(".pdf")} == wanted, name


@pytest.mark.parametrize("chapter", chapters(ROOT), ids=lambda c: c.path.stem)
def test_chapter_can_be_run_elsewhere(chapter):
    links = {link.text: link["href"] for link in soup(f"{chapter.name}.html").select(".run-it a")}
    file = SITE / "notebooks" / f"{chapter.path.stem}.ipynb"
    assert (SITE / "chapters" / links["Download the notebook"]).resolve() == file
    colab = urlsplit(links["Open in Colab"]).path
    assert colab.startswith(f"/github/{PLACE.slug}/blob/gh-pages/")
    assert SITE / colab.split("/gh-pages/")[1] == file
    binder = urlsplit(links["Open in Binder"])
    opened = parse_qs(binder.query)["urlpath"][0].removeprefix("lab/tree/")
    assert (ROOT / opened).is_file()
    assert (ROOT / "binder" / "requirements.txt").is_file()


def test_every_sheet_of_exercises_is_a_page_with_its_notebook():
    for path in sorted((ROOT / "chapters" / "exercises").glob("*.md")):
        page = SITE / "chapters" / "exercises" / f"{path.stem}.html"
        assert page.is_file(), f"list chapters/exercises/{path.stem} in _toc.yml below its chapter"
        text = page.read_text(encoding="utf-8")
        assert "HIDDEN TESTS" not in text
        assert "Show a solution" in text
        students = (SITE / "notebooks" / "exercises" / f"{path.stem}.ipynb").read_text()
        assert "raise NotImplementedError" in students
        assert "HIDDEN TESTS" not in students
        assert f"exercises/{path.stem}.html" in str(soup(f"chapters/{path.stem}.html"))


def test_all_figures_are_on_their_page_and_lead_to_their_place():
    shown = soup("chapters/figures.html").select(".figure-wall figure")
    drawn = [one for chapter in chapters(ROOT) for one in figures(chapter)]
    assert len(shown) == len(drawn) > 20
    for figure, one in zip(shown, drawn, strict=True):
        assert figure.img["alt"] == one.alt
        assert (SITE / "chapters" / figure.img["src"]).resolve().is_file()
        page, anchor = figure.a["href"].split("#")
        there = soup(f"chapters/{page}").find(id=anchor)
        assert there.svg["aria-label"] == one.alt


def test_cheat_sheet_has_a_row_for_every_head():
    rows = soup("chapters/cheatsheet.html").select(".cheat-sheet tbody tr")
    told = [row.find_all("td")[1].get_text().replace("’", "'") for row in rows]
    assert sorted(told) == sorted(head.title for head in HEADS.values())


def test_question_is_answered_without_scripts(reader):
    context = reader._browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{reader.address}chapters/04_mean.html")
    quiz = page.locator("fieldset.quiz").first
    for option in quiz.locator(".quiz-option").all():
        why = option.locator(".quiz-why")
        assert not why.is_visible()
        option.locator("input").check()
        assert why.is_visible()
        right = "right" in option.get_attribute("class")
        assert why.inner_text().startswith("Right." if right else "No.")
    assert quiz.locator(".quiz-why:visible").count() == 1
    context.close()


def test_progress_is_kept(reader):
    with reader.visit("chapters/04_mean.html", theme="light") as visit:
        visit.page.get_by_label("I have read this page").check()
        visit.page.goto(f"{reader.address}chapters/05_median.html", wait_until="networkidle")
        link = visit.page.locator('.bd-sidebar-primary a[data-page="chapters/04_mean"]')
        assert "is-read" in link.get_attribute("class")
        assert "(read)" in link.text_content()
        assert visit.page.locator("#progress").inner_text().startswith("1 of ")


def test_theme_button_goes_round(reader):
    with reader.visit("chapters/04_mean.html", theme="light") as visit:
        seen = []
        for _ in range(3):
            visit.page.locator(".theme-switch").click()
            seen.append(visit.page.evaluate("document.documentElement.dataset.mode"))
        assert seen == ["dark", "", "light"]


@pytest.mark.parametrize(
    "path", sorted((ROOT / ".github" / "workflows").glob("*.yml")), ids=lambda p: p.stem
)
def test_workflow_has_few_rights_and_fixed_versions(path):
    flow = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert flow["permissions"] == {"contents": "read"}
    for job in flow["jobs"].values():
        # GitHub ends any job after six hours; only the mutations, once a week, come near it.
        longest = 355 if "make mutate" in str(job["steps"]) else 120
        assert job["timeout-minutes"] <= longest
        for step in job["steps"]:
            assert "uses" in step or "run" in step
            if "uses" in step:
                assert step["uses"].split("@")[1].count(".") == 2, step["uses"]


def test_what_a_cell_prints_may_wrap_if_it_is_words_and_not_columns():
    start = '<div class="output stream highlight-myst-ansi notranslate'
    middle = '"><div class="highlight"><pre><span></span>'
    words = f"{start}{middle}a loss of 0.3, in nats\n  and more\n</pre></div></div>"
    columns = f"{start}{middle}loss     0.3\naccuracy 0.9\n</pre></div></div>"
    assert "notranslate words" in tidy(words)
    assert "notranslate words" not in tidy(columns)


@pytest.mark.parametrize("name", page_names())
def test_no_cell_prints_more_than_a_reader_can_take_in(name):
    # The longest that is meant is the checker's whole report; a training log has hundreds of lines.
    for printed in soup(name).select(".cell_output pre"):
        text = printed.get_text()
        assert text.count("\n") <= 40, f"{name} prints {text.count(chr(10))} lines: {text[:200]}"


@pytest.mark.parametrize("name", page_names())
def test_no_page_names_a_path_of_the_machine_that_built_it(name):
    assert "site-packages" not in (SITE / name).read_text(encoding="utf-8")
