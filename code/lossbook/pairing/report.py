"""What the checker says: findings in plain words, gathered in a report."""

import html
import json
import textwrap
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from lossbook.pairing.sections import address

WIDTH = 72
"""Lines of a report are at most this long, to be read without scrolling."""


def _fold(words: str, first: str = "", rest: str = "  ") -> str:
    return textwrap.fill(
        words, WIDTH, initial_indent=first, subsequent_indent=rest,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


def _line(label: str, words: str) -> str:
    return _fold(words, f"  {label:8s}", " " * 10)


@dataclass(frozen=True)
class Change:
    """One line of code that mends a mistake, and the part of the program whose place it takes.

    `part` is "last layer", "loss", "labels", "metric", "layer" (`name` says which), "model" or
    "estimator"; `code` is Python, an assignment `y = …` for labels and an expression else.
    """

    part: str
    code: str
    name: str = ""
    without: tuple[str, ...] = ()
    """Layers whose place it takes as well."""

    def __str__(self) -> str:
        what = f"{self.part} {self.name!r}" if self.name else self.part
        if self.without:
            what += f", in place of {', '.join(map(repr, self.without))} too"
        return f"{self.code}  # {what}" if self.code else f"# {what}: leave it out"


@dataclass(frozen=True)
class Finding:
    """One thing that does not fit.

    `code` names the kind of mistake, `where` the output, its last activation and its loss;
    `severity` is "error" (the model does not learn what it should), "warning" (it learns, but
    something is lost, or a number that you read is not what it seems) or "remark" (nothing is
    wrong, and something else may serve you better). `change` has the lines of code that mend it.
    """

    code: str
    what: str
    where: str
    why: str
    remedy: str
    severity: str = "error"
    change: tuple[Change, ...] = ()

    @property
    def link(self) -> str:
        """The section of the course that explains it."""
        return address(self.code)

    def __str__(self) -> str:
        head = _fold(f"{self.severity}: {self.what} [{self.code}]")
        parts = [("where", self.where), ("why", self.why), ("remedy", self.remedy)]
        lines = [head, *(_line(label, words) for label, words in parts)]
        # Code is never folded: it is to be copied.
        for place, change in enumerate(self.change):
            lines.append(f"  {'write' if place == 0 else '':8s}{change}")
        return "\n".join([*lines, f"  {'see':8s}{self.link}"])

    def plain(self) -> dict[str, Any]:
        """The finding as strings and lists, ready for JSON."""
        return {**asdict(self), "change": [asdict(c) for c in self.change], "link": self.link}


@dataclass(frozen=True)
class Report:
    """What was looked at, what was found, and what could not be seen.

    `findings` are errors and warnings; `remarks` are no findings. `looked_at` has one line an
    output and loss. `unseen` says what could not be judged. `ok` (and the report's truth) means
    that something was judged, and nothing was found.
    """

    findings: tuple[Finding, ...] = ()
    looked_at: tuple[str, ...] = ()
    unseen: tuple[str, ...] = field(default=())
    remarks: tuple[Finding, ...] = ()
    judged: bool = True
    """Whether any output was judged at all."""

    @property
    def ok(self) -> bool:
        """Whether an output was judged, and nothing was found."""
        return self.judged and not self.findings

    @property
    def codes(self) -> tuple[str, ...]:
        """The findings' codes, in order."""
        return tuple(finding.code for finding in self.findings)

    def __bool__(self) -> bool:
        return self.ok

    def __repr__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        for words in self.unseen:
            yield _fold(f"not judged: {words}")
        if not self.findings:
            yield from map(_fold, self.looked_at)
            if self.judged:
                yield "no mistake found"
        yield from map(str, self.findings)
        yield from map(str, self.remarks)

    def plain(self) -> dict[str, Any]:
        """The report as strings, lists and truth values, ready for JSON."""
        return {
            "ok": self.ok,
            "judged": self.judged,
            "findings": [finding.plain() for finding in self.findings],
            "remarks": [finding.plain() for finding in self.remarks],
            "not_judged": list(self.unseen),
            "looked_at": list(self.looked_at),
        }

    def json(self) -> str:
        """The report as JSON: ok, judged, findings, remarks, not_judged and looked_at."""
        return json.dumps(self.plain(), indent=2, ensure_ascii=False)

    def _repr_html_(self) -> str:
        """The report as a notebook shows it."""
        parts = [f"<p><strong>Not judged:</strong> {html.escape(w)}</p>" for w in self.unseen]
        if not self.findings:
            parts += [f"<p>{html.escape(words)}</p>" for words in self.looked_at]
            parts += ["<p><strong>No mistake found.</strong></p>"] * self.judged
        for finding in (*self.findings, *self.remarks):
            rows = [("Where", finding.where), ("Why", finding.why), ("Remedy", finding.remedy)]
            listed = "".join(f"<dt>{k}</dt><dd>{html.escape(v)}</dd>" for k, v in rows)
            code = "\n".join(map(str, finding.change))
            parts.append(
                f"<section><p><strong>{finding.severity.capitalize()}: "
                f"{html.escape(finding.what)}</strong> <code>{finding.code}</code></p>"
                f"<dl>{listed}</dl>"
                + (f"<pre><code>{html.escape(code)}</code></pre>" if code else "")
                + f'<p><a href="{html.escape(finding.link)}">Why this goes wrong</a></p></section>'
            )
        return f'<div class="check-pairing">{"".join(parts)}</div>'


class PairingWarning(UserWarning):
    """A model does not end as its loss and labels need."""


class PairingError(ValueError):
    """The same, as an error; `report` says what was found."""

    def __init__(self, report: Report) -> None:
        super().__init__(f"\n{report}")
        self.report = report
