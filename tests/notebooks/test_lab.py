"""A reader double-clicks a chapter in JupyterLab, runs it, and finds the sources unchanged."""

import json
import subprocess
from pathlib import Path

import nbformat
import pytest
from browsing import FLAGS, chromium
from lab import checkout, serving
from playwright.sync_api import Page, expect, sync_playwright

QUICK = ("01_start", "02_likelihood", "28_what_is_estimated")
SLOW = 60_000
"""In milliseconds: what a loaded machine may take to import TensorFlow."""


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return checkout(tmp_path_factory.mktemp("lab"))


@pytest.fixture(scope="module")
def browser():
    program = chromium()
    if program is None:
        pytest.skip("there is no Chromium here (Debian: apt-get install chromium)")
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=program, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def lab(root):
    with serving(root) as address:
        yield address


@pytest.fixture
def page(browser, lab):
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    page = context.new_page()
    page.set_default_timeout(SLOW)
    page.goto(f"{lab}/lab?reset")
    page.locator(".jp-DirListing-item", has_text="chapters").dblclick()
    yield page
    context.close()


def files(root) -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in (root / "chapters").rglob("*.md")}


def click(page: Page, name: str) -> None:
    *folders, file = name.split("/")
    for folder in folders:
        page.locator(".jp-DirListing-item", has_text=folder).dblclick()
    page.locator(".jp-DirListing-item", has_text=f"{file}.md").dblclick()
    page.locator(".jp-NotebookPanel .jp-Cell").first.wait_for()


def menu(page: Page, name: str, command: str) -> None:
    page.locator(".lm-MenuBar-itemLabel", has_text=name).first.click()
    page.locator(f'.lm-Menu-item[data-command="{command}"]').first.click()


def restart_and_run_all(page: Page) -> None:
    kernel = page.locator(".jp-NotebookPanel .jp-Toolbar-kernelName")
    expect(kernel).to_contain_text("Python 3", timeout=SLOW)
    page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for()
    # Until the kernel has said its first word, JupyterLab asks which one is meant.
    for _ in range(12):
        menu(page, "Run", "runmenu:restart-and-run-all")
        asked = page.locator(".jp-Dialog")
        asked.wait_for()
        if "Restart Kernel?" in asked.inner_text():
            asked.locator("button", has_text="Restart").click()
            return
        page.keyboard.press("Escape")
        page.wait_for_timeout(3000)
    raise AssertionError("JupyterLab did not offer to restart the kernel")


def run_to_the_end(page: Page, saved: Path) -> None:
    """Restart and run all; every cell of the saved notebook has then run, and none has failed."""
    restart_and_run_all(page)
    # Cells are rendered as they come into view; the saved file knows of them all.
    codes, failed = [], []
    for _ in range(240):
        page.wait_for_timeout(500)
        page.keyboard.press("Control+s")
        if saved.exists():
            cells = nbformat.read(saved, 4).cells
            codes = [c for c in cells if c.cell_type == "code" and c.source]
            failed = [o for c in codes for o in c.outputs if o.output_type == "error"]
        if failed or (codes and all(c.execution_count for c in codes)):
            break
    assert not failed, failed[0].get("traceback")
    assert codes
    assert all(c.execution_count for c in codes)


@pytest.mark.parametrize("name", QUICK)
def test_a_double_click_opens_a_chapter_ready_to_run_and_it_runs(page, root, name):
    before = files(root)
    click(page, name)
    assert page.locator(".jp-FileEditor").count() == 0
    run_to_the_end(page, root / "notebooks" / f"{name}.ipynb")
    assert files(root) == before, "running and saving changed a source"
    assert page.locator(".jp-Dialog").count() == 0


def test_the_address_that_jupyterlab_gives_opens_the_first_chapter(browser, lab):
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    page = context.new_page()
    page.set_default_timeout(SLOW)
    page.goto(f"{lab}/lab?reset")  # else it brings back what other tests had open
    page.locator(".jp-DirListing-item").first.wait_for()
    page.goto(f"{lab}/")
    page.locator(".jp-NotebookPanel .jp-Cell").first.wait_for()
    assert page.locator(".jp-NotebookPanel h1").first.inner_text().startswith("Which activation")
    assert page.locator(".jp-FileEditor").count() == 0
    context.close()


def test_notebook_7_opens_and_runs_a_chapter_too(browser, root):
    name = "04_mean"
    before = files(root)
    with serving(root, "notebook") as address:
        context = browser.new_context(viewport={"width": 1400, "height": 1000})
        tree = context.new_page()
        tree.set_default_timeout(SLOW)
        tree.goto(f"{address}/tree/chapters")
        with context.expect_page() as opened:
            tree.locator(".jp-DirListing-item", has_text=f"{name}.md").dblclick()
        page = opened.value
        page.set_default_timeout(SLOW)
        page.locator(".jp-NotebookPanel .jp-Cell").first.wait_for()
        assert page.locator(".jp-FileEditor").count() == 0
        run_to_the_end(page, root / "notebooks" / f"{name}.ipynb")
        context.close()
    assert files(root) == before


def test_a_chapter_shows_no_markup_and_its_quiz_can_be_answered(page):
    click(page, "02_likelihood")
    text = page.locator(".jp-Notebook").inner_text()
    assert "{quiz}" not in text
    assert ":::" not in text
    assert "[x]" not in text
    answer = page.locator(".jp-Notebook details").first
    answer.scroll_into_view_if_needed()
    verdict = answer.locator("strong").first
    assert not verdict.is_visible()
    answer.locator("summary").click()
    expect(verdict).to_be_visible()
    assert verdict.inner_text() in ("Right.", "No.")


def test_a_sheet_opens_as_students_get_it(page):
    click(page, "exercises/02_likelihood")
    cells = page.locator(".jp-Notebook").inner_text()
    assert "BEGIN SOLUTION" not in cells
    assert "HIDDEN" not in cells


def test_nothing_asks_about_news(page):
    page.wait_for_timeout(2000)
    assert page.get_by_text("news").count() == 0


def test_what_was_saved_is_opened_again_and_told_when_the_chapter_changed(lab, root):
    source = root / "chapters" / "03_heads.md"
    address = f"{lab}/api/contents/chapters/03_heads.md"

    def request(*arguments: str) -> dict:
        told = subprocess.run(["curl", "-s", *arguments], capture_output=True, check=True)
        return json.loads(told.stdout)

    model = request(f"{address}?type=notebook&content=1")
    model["content"]["cells"][1]["source"] = "# mine"
    body = json.dumps({"type": "notebook", "format": "json", "content": model["content"]})
    request("-X", "PUT", "-d", body, address)
    again = request(f"{address}?type=notebook&content=1")
    assert again["content"]["cells"][1]["source"] == "# mine"
    assert "has changed" not in again["content"]["cells"][0]["source"]
    source.write_text(source.read_text() + "\nA new sentence.\n")
    later = request(f"{address}?type=notebook&content=1")
    assert "has changed" in later["content"]["cells"][0]["source"]
    assert later["content"]["cells"][1]["source"] == "# mine"
