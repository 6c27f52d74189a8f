"""Interactive figures: each control by keyboard, mouse and touch, against numpy and scipy."""

import re
from contextlib import contextmanager

import explorables
import pytest
from browsing import SITE, THEMES, page_names
from explorables import ORACLES, PAGES, differences
from lossbook import choose
from playwright.sync_api import expect
from test_in_browser import AXE

NAMES = page_names()
pytestmark = pytest.mark.skipif(not NAMES, reason="the site is not built; run `make book`")


class Live:
    """A figure that has come to life, as its reader has it in hand."""

    def __init__(self, page, name):
        self.page, self.name = page, name
        self.figure = page.locator(f"figure[data-explore={name}]")
        self.figure.scroll_into_view_if_needed()
        page.wait_for_selector(f"figure[data-explore={name}].lb-live")
        self.said = self.figure.locator("output")

    def state(self):
        """What the controls stand at: label → value."""
        return self.all()[0]

    def all(self):
        """Controls and stated values, of the same moment."""
        return self.figure.evaluate("""figure => {
          const state = {};
          for (const one of figure.querySelectorAll('input[type=range]'))
            state[one.closest('label').firstChild.textContent] = Number(one.value);
          for (const one of figure.querySelectorAll('[role=slider]'))
            state[one.getAttribute('aria-label')] = Number(one.getAttribute('aria-valuenow'));
          for (const one of figure.querySelectorAll('input[type=radio]:checked'))
            state[one.closest('fieldset').querySelector('legend').textContent] = one.value;
          for (const one of figure.querySelectorAll('select'))
            state[one.closest('label').firstChild.textContent] = one.value;
          const stated = {};
          for (const one of figure.querySelectorAll('output [data-value]'))
            stated[one.dataset.value] = one.textContent;
          return [state, stated];
        }""")

    def stated(self):
        return self.all()[1]

    def check(self, doing):
        state, stated = self.all()
        assert differences(self.name, state, stated) == [], doing
        return str(stated)

    def controls(self):
        # Sliders first: moving all the handles to one place leaves some figures nothing to show.
        found = [*self.figure.locator("input").all(), *self.figure.locator("[role=slider]").all()]
        kinds = "c => c.matches('input[type=range], [role=slider]')"
        return [c for c in found if c.is_visible() and c.evaluate(kinds)]

    def value(self, control):
        return control.evaluate("c => Number(c.value ?? c.getAttribute('aria-valuenow'))")

    def middle(self, control):
        # Of a handle, the knob: its own box is what a finger has to hit.
        box = control.bounding_box()
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@contextmanager
def live(reader, name, theme="light", width=1280):
    with reader.visit(PAGES[name], theme=theme, width=width) as visit:
        yield Live(visit.page, name)
        assert visit.complaints == []
        assert visit.foreign == []


def test_every_figure_of_the_package_is_tried_and_on_its_page():
    from workshop import explore

    for name in set(explore.__all__) | set(ORACLES) | set(PAGES):
        assert name in explore.__all__, f"code/workshop/explore/__init__.pyi: import {name}"
        assert name in ORACLES, f"tests/site/explorables.py: compute {name} in ORACLES"
        assert name in PAGES, f"tests/site/explorables.py: say in PAGES which page shows {name}"
    for name, page in PAGES.items():
        assert f'data-explore="{name}"' in (SITE / page).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PAGES)
def test_start_is_right(reader, name):
    with live(reader, name) as it:
        it.check("at the start")
        assert it.said.is_visible()
        assert it.said.evaluate("o => o.tagName") == "OUTPUT", "a polite live region"
        assert not it.figure.locator(".lb-explore-still").is_visible()


@pytest.mark.parametrize("name", [name for name in PAGES if name != "choose"])
def test_each_control_by_keyboard(reader, name):
    with live(reader, name) as it:
        for radio in it.figure.locator("input[type=radio]").all():
            radio.focus()
            it.page.keyboard.press("Space")
            it.check("radio button")
        assert it.controls()
        for control in it.controls():
            control.focus()
            said = set()
            for key in ("End", "ArrowLeft", "Home", "ArrowRight", "ArrowUp", "PageUp", "PageUp"):
                at = it.value(control)
                it.page.keyboard.press(key)
                assert it.value(control) != at, f"{key} moves nothing"
                said.add(it.check(key))
            assert len(said) > 1, "the sentence never changed"


@pytest.mark.parametrize("name", [name for name in PAGES if name != "choose"])
def test_each_control_by_mouse_on_a_phone_screen(reader, name):
    with live(reader, name, width=360) as it:
        for control in it.controls():
            control.scroll_into_view_if_needed()
            x, y = it.middle(control)
            it.page.mouse.move(x, y)
            it.page.mouse.down()
            before = it.value(control)  # a slider's knob jumps to where it was pressed
            it.page.mouse.move(x - 23, y - 3, steps=3)
            it.check("while the button is down")
            it.page.mouse.move(x - 31, y, steps=2)
            it.page.mouse.up()
            it.check("after it was pulled")
            assert it.value(control) != before
            settled = it.value(control)
            it.page.mouse.move(x + 40, y)
            assert it.value(control) == settled, "let go"
        for button in it.figure.locator("button").all():
            button.click()
            it.check(button.inner_text())


@pytest.mark.parametrize("name", ["temperature", "fit_by_hand", "surprise", "quantile"])
def test_handles_by_touch(reader, name):
    with live(reader, name, width=360) as it:
        screen = it.page.context.new_cdp_session(it.page)
        handle = it.figure.locator("[role=slider]").first
        handle.scroll_into_view_if_needed()
        before, (x, y) = it.value(handle), it.middle(handle)
        at = it.page.evaluate("scrollY")

        def touch(kind, *places):
            points = [{"x": px, "y": py} for px, py in places]
            screen.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

        touch("touchStart", (x, y))
        for step in range(1, 5):
            touch("touchMove", (x - 8 * step, y + 2 * step))
        touch("touchEnd")
        assert it.value(handle) < before
        it.check("after a finger pulled it")
        assert it.page.evaluate("scrollY") == at, "the page stays where it is"


@pytest.mark.parametrize("name", ["clip", "losses"])
def test_a_plot_can_be_pulled_as_a_whole(reader, name):
    with live(reader, name) as it:
        plot = it.figure.locator("svg.lb-plot").last
        box = plot.bounding_box()
        it.page.mouse.click(box["x"] + 0.7 * box["width"], box["y"] + 0.5 * box["height"])
        assert it.state()["Raw output z"] > 1
        it.check("a click into the plot")


def test_start_of_the_descent_can_be_pulled(reader):
    with live(reader, "surface") as it:
        before = it.state()
        x, y = it.middle(it.figure.locator(".lb-handle"))
        it.page.mouse.move(x, y)
        it.page.mouse.down()
        it.page.mouse.move(x + 60, y + 40, steps=3)
        it.page.mouse.up()
        after = it.state()
        assert after["Start: mean μ"] > before["Start: mean μ"]
        assert after["Start: deviation σ"] < before["Start: deviation σ"]
        it.check("pulled")


def test_steps_lead_to_the_minimum_or_beyond(reader):
    with live(reader, "surface") as it:
        ten = it.figure.get_by_role("button", name="Ten steps")
        for _ in range(5):
            ten.click()
        it.check("fifty steps")
        stated = it.stated()
        assert stated["steps"] == "50"
        assert stated["surprise"] == stated["least"]
        rate = it.figure.get_by_label("Learning rate")
        rate.focus()
        it.page.keyboard.press("End")
        assert it.stated()["steps"] == "0", "another rate starts anew"
        ten.click()
        it.check("steps that overshoot")
        assert it.stated()["surprise"] != it.stated()["least"]


@pytest.mark.parametrize("family", ["gaussian", "laplace", "student_t"])
def test_best_fit_is_what_scipy_finds(reader, family):
    with live(reader, "fit_by_hand") as it:
        it.figure.locator(f"input[value={family}]").check()
        it.figure.get_by_role("button", name="Best fit").click()
        it.check("best fit")
        stated = {key: explorables.number(text) for key, text in it.stated().items()}
        assert abs(stated["surprise"] - stated["best"]) < 0.005
        assert abs(stated["location"] - stated["best-location"]) < 0.011


def test_chooser_gives_every_answer_of_the_table(reader):
    with live(reader, "choose") as it:
        y, predict = it.figure.locator("select").all()
        for row in choose():
            if it.state()["y is"] != row.y:
                y.select_option(row.y)
                it.check(row.y)
            predict.select_option(row.predict)
            it.check((row.y, row.predict))
            link = it.said.locator("a")
            page = SITE / "chapters" / f"{row.chapter}.html"
            assert link.count() == page.is_file()
            if link.count():
                address = f"/chapters/{row.chapter}.html#{row.section}"
                assert link.get_attribute("href").endswith(address)


def test_chooser_by_keyboard(reader):
    with live(reader, "choose") as it:
        predict, y = reversed(it.figure.locator("select").all())
        for menu, key in ((predict, "ArrowDown"), (y, "ArrowUp"), (y, "Home"), (predict, "End")):
            menu.focus()
            before = it.said.inner_text()
            it.page.keyboard.press(key)
            it.check(key)
            assert it.said.inner_text() != before


@pytest.mark.parametrize("name", PAGES)
def test_without_scripts_the_still_picture_stands_there(reader, address, name):
    # Another context of the same browser, since scripts are switched off for a whole one.
    context = reader._browser.new_context(java_script_enabled=False)
    try:
        page = context.new_page()
        page.goto(address + PAGES[name])
        still = page.locator(f"figure[data-explore={name}] .lb-explore-still svg[role=img]")
        assert still.is_visible()
        assert len(still.get_attribute("aria-label").split()) > 10
        assert page.locator(".lb-explore-live").count() == 0
    finally:
        context.close()


FETCHED = """performance.getEntriesByType('resource').map(r => new URL(r.name).pathname)
  .filter(path => path.includes('/explore/')).map(path => path.split('/').pop()).sort()"""


def test_scripts_come_only_when_a_figure_comes_into_view(reader):
    with reader.visit(PAGES["temperature"], theme="light") as visit:
        assert visit.page.evaluate(FETCHED) == ["explore.css", "loader.js"]
        Live(visit.page, "temperature")
        fetched = visit.page.evaluate(FETCHED)
        assert fetched == ["explore.css", "kit.js", "loader.js", "temperature.js"]


def test_pages_without_such_figures_name_none_of_the_scripts(reader):
    plain = []
    for name in NAMES:
        text = (SITE / name).read_text(encoding="utf-8")
        if "data-explore=" in text:
            assert "_static/explore/loader.js" in text, name
            continue
        assert "/explore/" not in text, name
        plain.append(name)
    assert len(plain) > 3
    with reader.visit("chapters/notation.html", theme="light") as visit:
        assert visit.page.evaluate(FETCHED) == []


def test_a_script_that_does_not_load_leaves_the_picture(reader):
    with reader.visit(PAGES["surface"], theme="light") as visit:
        visit.page.route("**/explore/surface.js", lambda route: route.abort())
        figure = visit.page.locator("figure[data-explore=surface]")
        figure.scroll_into_view_if_needed()
        visit.page.wait_for_function(f"({FETCHED}).includes('surface.js')")
        assert figure.locator(".lb-explore-still svg").is_visible()
        assert figure.locator(".lb-explore-live").count() == 0


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", PAGES)
def test_no_barriers_and_no_sideways_scrolling(reader, name, theme):
    with live(reader, name, theme=theme, width=360) as it:
        it.page.evaluate(AXE)
        found = it.page.evaluate(
            """name => axe.run(`figure[data-explore=${name}]`, {
              resultTypes: ['violations'], preload: false,
              rules: {'target-size': {enabled: true}}})""",
            name,
        )["violations"]
        said = [f"{rule['id']}: {n['html'][:200]}" for rule in found for n in rule["nodes"]]
        assert said == []
        assert it.page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("name", PAGES)
def test_targets_are_large_and_focus_is_seen(reader, name):
    with live(reader, name, width=360) as it:
        buttons = it.figure.locator("button, select, fieldset label, input[type=range]").all()
        for control in it.controls() + buttons:
            if control.is_visible():
                box = control.bounding_box()
                assert min(box["width"], box["height"]) >= 24, control
        for handle in it.figure.locator("[role=slider]").all()[:1]:
            ring = "h => getComputedStyle(h.querySelector('.lb-target')).stroke"
            before = handle.evaluate(ring)
            handle.focus()
            it.page.keyboard.press("ArrowRight")
            assert handle.evaluate(ring) != before


def test_colours_follow_the_theme_at_once(reader):
    with live(reader, "clip") as it:
        shade = "f => getComputedStyle(f.querySelector('.lb-plot path[stroke*=blue]')).stroke"
        light = it.figure.evaluate(shade)
        it.page.evaluate("document.documentElement.dataset.theme = 'dark'")
        assert it.figure.evaluate(shade) != light


def test_nothing_moves_by_itself(reader):
    with live(reader, "surface") as it:
        it.figure.get_by_role("button", name="Ten steps").click()
        moving = "document.getAnimations().filter(a => a.effect.target.closest('.lb-explore'))"
        assert it.page.evaluate(f"{moving}.length") == 0


@pytest.mark.parametrize(("width", "first"), [(390, "Top"), (1280, "Left")])
def test_the_caption_says_where_the_plots_stand(reader, width, first):
    with reader.visit("chapters/13_quantiles.html", theme="light", width=width) as visit:
        figure = visit.page.locator('[data-explore="quantile"]')
        figure.scroll_into_view_if_needed()
        figure.locator(".lb-explore-live").wait_for()
        expect(figure.locator("figcaption")).to_have_text(re.compile(f"^{first}: "))
