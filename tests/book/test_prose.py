"""What counts as a sentence of a chapter, and how long it is."""

import prose
import pytest

PAGE = """---
a: header.
---
# A heading. It has no verb.

A first sentence has these seven words. Then $x = 1. 2$, as {term}`entropy` says {cite:p}`a2020`!

**A run-in heading.** What follows it is a sentence of nine words.

- A list. It does not count.

```{quiz} A question. Is it left aside?
- [x] It is.
```

:::{admonition} Aims
Not this one.
:::

The loss is

$$ a . b $$ (eq-a)

where nothing ends, and so

$$
\\begin{aligned} c . \\end{aligned}
$$

Short, e.g. this.

| not | counted. |
| --- | --- |
| Nor. | This. |
"""


def test_running_text_is_split_into_sentences_and_nothing_else_is():
    assert list(prose.sentences(PAGE)) == [
        "A first sentence has these seven words.",
        "Then Formula, as Role says !",
        "What follows it is a sentence of nine words.",
        "The loss is Formula where nothing ends, and so Formula.",
        "Short, eg this.",
    ]


def test_share_and_median_are_those_of_the_lengths():
    number, share, median, short = prose.measure("One two. " * 3 + "A b c d e f g h i j. " * 2)
    assert (number, share, median) == (5, pytest.approx(60), 2)
    assert short == ["One two."] * 3


def test_formula_and_role_are_one_word_and_a_citation_is_none():
    [sentence] = prose.sentences("Take $a + b$ of {eq}`eq-a` by {cite:p}`someone2020` now.")
    assert prose.length(sentence) == 6
