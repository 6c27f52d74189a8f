"""The chooser's field on its page: own words, the question that tells answers apart, the answer."""

import lossbook
import pytest
from browsing import SITE, THEMES
from lossbook.catalogue.libraries import TABS
from test_in_browser import barriers

PAGE = "chapters/choose.html"
pytestmark = pytest.mark.skipif(
    not (SITE / PAGE).exists(), reason="the site is not built; run `make book`"
)


@pytest.fixture
def page(reader):
    with reader.visit(PAGE, theme="light") as visit:
        yield visit.page
        assert visit.foreign == []
        assert visit.complaints == []


def ask(page, words: str) -> None:
    page.locator("#ask-words").fill(words)
    page.keyboard.press("Enter")


def test_words_get_the_rows_of_choose_and_its_question_by_keyboard_alone(page):
    answers = lossbook.choose("customer churn")
    page.locator("#ask-words").focus()
    page.keyboard.type("customer churn")
    page.locator(".ask-which label").first.wait_for()  # while typing
    assert page.locator(".ask-which legend").inner_text() == answers.ask
    said = page.locator(".ask-which label").all_inner_texts()
    assert [when.lower() in text.lower() for when, text in zip(answers.whens, said, strict=True)]
    assert page.locator(".ask-answer").inner_text() == ""
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    told = page.locator(".ask-answer").inner_text()
    for text in (answers[0].code, answers[0].title, answers[0].trap[1:], answers[0].score):
        assert text in told
    page.keyboard.press("ArrowDown")
    assert answers[1].code in page.locator(".ask-answer").inner_text()


def test_a_single_answer_is_shown_at_once_with_its_condition(page):
    ask(page, "wind direction")
    page.locator(".ask-answer dl").wait_for()
    assert "heads.VonMises().loss" in page.locator(".ask-answer").inner_text()
    assert page.locator(".ask-said").inner_text().startswith("If y is an angle")
    assert page.locator(".ask-which").is_hidden()
    assert page.locator(".ask-answer a[href*='19_angles']").count() == 1


def test_words_that_nobody_knows_lead_to_the_two_questions(page):
    ask(page, "zzzz qqqq")
    page.wait_for_function("document.querySelector('.ask-said').textContent.includes('not know')")
    page.locator("#ask-kind").select_option("count")
    page.locator(".ask-which label").first.wait_for()
    assert page.locator(".ask-which label").count() == len(lossbook.choose("count"))
    assert page.locator("#ask-words").input_value() == ""
    page.locator(".ask-which input").first.check()
    assert "keras.losses.Poisson()" in page.locator(".ask-answer").inner_text()


def test_the_search_hands_its_words_over_and_all_works_from_disk(reader):
    context = reader._browser.new_context()
    page = context.new_page()
    page.goto(f"{(SITE / PAGE).as_uri()}?y=star%20rating")
    page.locator(".ask-which label").first.wait_for()
    assert page.locator("#ask-words").input_value() == "star rating"
    context.close()


def test_the_status_and_the_answer_are_told_to_screen_readers(page):
    assert page.locator(".ask-said").get_attribute("role") == "status"
    assert page.locator(".ask-answer").get_attribute("aria-live") == "polite"
    for name in ("ask-words", "ask-kind"):
        assert page.locator(f"label[for={name}]").count() == 1


def test_an_answer_has_a_tab_for_each_library_in_step_with_those_of_the_page(page):
    ask(page, "wind direction")
    card, others = (
        page.locator(".ask-answer .sd-tab-set"),
        page.locator(".in-libraries .sd-tab-set"),
    )
    card.wait_for()
    assert card.locator("label").all_inner_texts() == list(TABS)
    assert "heads.VonMises()" in card.inner_text()
    card.locator("label", has_text="PyTorch").click()
    assert "torch.distributions.VonMises(" in card.inner_text()
    checked = "input:checked + label"
    assert others.first.locator(checked).inner_text() == "PyTorch"
    others.first.locator("label", has_text="JAX").click()
    assert card.locator(checked).inner_text() == "JAX"
    ask(page, "number of children")
    page.locator(".ask-which label").first.wait_for()
    page.locator(".ask-which input").first.check()
    page.locator(".ask-answer .sd-tab-set").wait_for()  # and the next answer opens at the choice
    assert page.locator(f".ask-answer {checked}").inner_text() == "JAX"


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_in_an_answer_and_nothing_sticks_out(reader, theme, width):
    with reader.visit(PAGE, theme=theme, width=width) as visit:
        ask(visit.page, "star rating")
        visit.page.locator(".ask-which input").first.check()
        visit.page.locator(".ask-answer .sd-tab-set").wait_for()
        assert barriers(visit.page) == []
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_in_search_results_and_nothing_sticks_out(reader, theme, width):
    with reader.visit("search.html?q=customer+churn", theme=theme, width=width) as visit:
        visit.page.locator(".answer-card").wait_for()
        visit.page.locator("#search-results .found a").first.wait_for()
        assert barriers(visit.page) == []
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= width


LINK = ".table-box a[href*='#libraries-']"


def test_a_row_of_the_tables_opens_its_tabs_below_the_table_and_closes_them(page):
    link = page.locator(LINK, has_text="in each library").nth(2)
    assert link.get_attribute("aria-expanded") == "false"
    link.focus()
    page.keyboard.press("Enter")
    opened = page.locator(".row-tabs")
    opened.wait_for()
    assert link.get_attribute("aria-expanded") == "true"
    assert opened.locator("label").all_inner_texts() == list(TABS)
    title = link.locator("xpath=ancestor::tr").locator("td").nth(1).inner_text()
    assert opened.locator("strong").first.inner_text() == title
    assert page.evaluate("document.activeElement.parentElement.className") == "row-tabs"
    opened.locator("label", has_text="PyTorch").click()
    page.locator(LINK).nth(3).click()  # another row's take their place, in the library chosen
    page.wait_for_function(
        "title => !document.querySelector('.row-tabs strong').textContent.includes(title)",
        arg=title,
    )
    assert opened.count() == 1
    assert opened.locator("input:checked + label").inner_text() == "PyTorch"
    page.locator(LINK).nth(3).click()
    assert opened.count() == 0


def test_without_scripts_a_row_leads_to_the_page_of_all_libraries(reader):
    context = reader._browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{reader.address}{PAGE}")
    page.locator(LINK).first.click()
    page.wait_for_url("**/libraries.html#libraries-gaussian")
    assert page.locator("#libraries-gaussian").count() == 1
    context.close()


def test_an_answer_whose_loss_is_not_its_heads_has_code_of_its_own(page):
    ask(page, "speech recognition")
    page.locator(".ask-answer .sd-tab-set, .ask-which input").first.wait_for()
    if page.locator(".ask-which").is_visible():
        page.locator(".ask-which label", has_text="CTC").locator("input").check()
    tabs = page.locator(".ask-answer .sd-tab-set")
    tabs.wait_for()
    assert "keras.losses.CTC()" in tabs.inner_text()
    tabs.locator("label", has_text="PyTorch").click()
    assert "ctc_loss(" in tabs.inner_text()


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_in_a_rows_tabs_and_nothing_sticks_out(reader, theme, width):
    with reader.visit(PAGE, theme=theme, width=width) as visit:
        visit.page.locator(LINK).first.click()
        visit.page.locator(".row-tabs").wait_for()
        assert barriers(visit.page) == []
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
