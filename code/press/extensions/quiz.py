"""A Sphinx extension: questions to check oneself, answered in the page without scripts.

    ```{quiz} Which constant does squared error drop?
    - [x] The logarithm of the scale

      It does not depend on the mean.
    - [ ] The square

      The square is the loss itself.
    ```

Each answer is a radio button; choosing it shows whether it is right, and why.
"""

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective


class Quiz(SphinxDirective):
    """One question with its answers, each with its explanation."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True

    def run(self) -> list[nodes.Node]:
        """The question's nodes. Raises a build error if no answer, or no explanation, is given."""
        holder = nodes.container()
        self.state.nested_parse(self.content, self.content_offset, holder)
        lists = list(holder.findall(nodes.bullet_list))
        if not lists:
            raise self.error("a quiz needs a list of answers: - [x] right, - [ ] wrong")
        name = f"quiz-{self.env.docname.replace('/', '-')}-{self.env.new_serialno('quiz')}"
        titles, _ = self.state.inline_text(self.arguments[0], self.lineno)
        found = [_raw(f'<fieldset class="quiz" id="{name}"><legend>')]
        # In elements of their own, so that their quotation marks are curled like all others.
        found += [nodes.inline("", "", *titles), _raw("</legend>")]
        right = 0
        for number, item in enumerate(lists[0].children):
            answer, *why = item.children
            mark = answer.astext()[:3]
            if mark not in ("[x]", "[ ]") or not why:
                raise self.error(
                    f"answer {number + 1}: begin with [x] or [ ], and explain in a second paragraph"
                )
            _strip(answer)
            right += mark == "[x]"
            kind, verdict = ("right", "Right.") if mark == "[x]" else ("wrong", "No.")
            found += [
                _raw(
                    f'<div class="quiz-option {kind}">'
                    f'<input type="radio" name="{name}" id="{name}-{number}">'
                    f'<label for="{name}-{number}">'
                ),
                nodes.inline("", "", *answer.children),
                _raw(f'</label><div class="quiz-why" aria-live="polite"><b>{verdict}</b>'),
                *why,
                _raw("</div></div>"),
            ]
        if right != 1:
            raise self.error(f"a quiz has one right answer, not {right}")
        return [*found, _raw("</fieldset>")]


def _strip(answer: nodes.Element) -> None:
    """Take the mark off the beginning of an answer's first text."""
    text = next(iter(answer.findall(nodes.Text)))
    assert text.parent is not None
    text.parent.replace(text, nodes.Text(str(text)[3:].lstrip()))


def _raw(html: str) -> nodes.raw:
    return nodes.raw("", html, format="html")


def setup(app: Sphinx) -> dict[str, Any]:
    """Called by Sphinx."""
    app.add_directive("quiz", Quiz)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
