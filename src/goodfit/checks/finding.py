"""A finding: what a rule has seen, in the words and fields that every output format shares."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from goodfit.formatting import rows_called


class Level(StrEnum):
    """How sure a rule is: an error is exact evidence, a warning strong evidence, a notice advice."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


@dataclass(frozen=True)
class Finding:
    """One cause, reported once, with the number of times that it was seen."""

    rule: str
    code: str
    level: Level
    message: str
    fix: str
    file: str | None = None
    line: int | None = None
    count: int = 1

    def of(self, noun: str) -> Finding:
        """The same about data whose rows are called so: images, texts."""
        return replace(self, message=rows_called(self.message, noun), fix=rows_called(self.fix, noun))

    def to_json(self) -> dict[str, object]:
        return {
            "rule": self.rule,
            "code": self.code,
            "level": self.level.value,
            "file": self.file,
            "line": self.line,
            "count": self.count,
            "message": self.message,
            "fix": self.fix,
        }

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Finding:
        """What `to_json` has written."""
        return cls(**{**values, "level": Level(values["level"])})
