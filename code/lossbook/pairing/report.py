"""What the checker says: findings in plain words, gathered in a report."""

from dataclasses import dataclass, field


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
        return (
            f"{self.severity}: {self.what} [{self.code}]\n"
            f"  where   {self.where}\n"
            f"  why     {self.why}\n"
            f"  remedy  {self.remedy}"
        )


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
        lines = list(self.looked_at)
        lines += [str(finding) for finding in self.findings] or ["no mistake found"]
        lines += [f"not judged: {words}" for words in self.unseen]
        return "\n".join(lines)
