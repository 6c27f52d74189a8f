"""What the checker says: findings in plain words, gathered in a report."""

import textwrap
from dataclasses import dataclass, field

WIDTH = 72
"""Lines of a report are at most this long, to be read without scrolling."""


def _line(label: str, words: str) -> str:
    return textwrap.fill(
        words, WIDTH, initial_indent=f"  {label:8s}", subsequent_indent=" " * 10,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


@dataclass(frozen=True)
class Finding:
    """One thing that does not fit.

    `code` names the kind of mistake, `where` the output, its last activation and its loss;
    `severity` is "error" (the model does not learn what it should) or "warning" (it learns, but
    something is lost).
    """

    code: str
    what: str
    where: str
    why: str
    remedy: str
    severity: str = "error"

    def __str__(self) -> str:
        head = textwrap.fill(f"{self.severity}: {self.what} [{self.code}]", WIDTH)
        parts = [("where", self.where), ("why", self.why), ("remedy", self.remedy)]
        return "\n".join([head, *(_line(label, words) for label, words in parts)])


@dataclass(frozen=True)
class Report:
    """What was looked at, what was found, and what could not be seen.

    True (and `ok`) if there is no finding. `looked_at` has one line an output and loss; `unseen`
    says what the checker could not judge, which is no finding.
    """

    findings: tuple[Finding, ...] = ()
    looked_at: tuple[str, ...] = ()
    unseen: tuple[str, ...] = field(default=())

    @property
    def ok(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    @property
    def codes(self) -> tuple[str, ...]:
        """The findings' codes, in order."""
        return tuple(finding.code for finding in self.findings)

    def __bool__(self) -> bool:
        return self.ok

    def __repr__(self) -> str:
        lines = [str(finding) for finding in self.findings]
        lines = lines or [*map(_fold, self.looked_at), "no mistake found"]
        return "\n".join([*lines, *(_fold(f"not judged: {words}") for words in self.unseen)])


def _fold(words: str) -> str:
    return textwrap.fill(words, WIDTH, subsequent_indent="  ", break_long_words=False)
