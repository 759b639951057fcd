"""The programs of the zoo: which there are, which rule each is for, and which are known to be judged wrongly.

A program under buggy/RULE/ stands for two: the one with the mistake, without the lines that end in `# fix`, and its
corrected twin, without the lines that end in `# bug`. Programs under clean/ are awkward and correct.

The first line of a program may say `held out` (it was written after the rules, and nobody looked at it while they were
written) and `level: notice` (the level at which the rule has to speak, where it is not the rule's own).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
BUG_MARK, FIX_MARK = re.compile(r"\s+# bug\b.*$"), re.compile(r"\s+# fix\b.*$")


@dataclass(frozen=True)
class Program:
    """One program to run.

    Attributes:
        name: RULE/FILE, RULE/FILE (twin) or clean/FILE.
        source: its text.
        expected_rule: the rule that has to speak; None for a correct program.
        held_out: nobody looked at it while the rules were written.
        level: at which the rule has to speak; None: at the rule's own.
    """

    name: str
    source: str
    expected_rule: str | None
    held_out: bool
    level: str | None = None

    @property
    def right_result(self) -> str:
        """What `running.judge` has to say of it."""
        return "hit" if self.expected_rule else "quiet"


@dataclass(frozen=True)
class KnownFailure:
    """What comes today of a program that is judged wrongly, and why that is so."""

    result: str
    reason: str


# Strict: a program of this list that is judged rightly fails the tests until it is struck off.
KNOWN_FAILURES: Mapping[str, KnownFailure] = {}


def all_programs() -> Iterator[Program]:
    """The programs with a mistake, each followed by its corrected twin, then the correct ones."""
    for path in sorted((FOLDER / "buggy").glob("*/*.py")):
        text, rule = path.read_text(encoding="utf-8"), path.parent.name
        first_line = text.partition("\n")[0]
        level, held_out = re.search(r"level: (\w+)", first_line), "held out" in first_line
        name = f"{rule}/{path.stem}"
        yield Program(name, _keep(text, BUG_MARK, leave_out=FIX_MARK), rule, held_out, level[1] if level else None)
        yield Program(f"{name} (twin)", _keep(text, FIX_MARK, leave_out=BUG_MARK), None, held_out)
    for path in sorted((FOLDER / "clean").glob("*.py")):
        text = path.read_text(encoding="utf-8")
        yield Program(f"clean/{path.stem}", text, None, "held out" in text.partition("\n")[0])


def _keep(text: str, mark: re.Pattern[str], *, leave_out: re.Pattern[str]) -> str:
    """The text without `mark` itself; lines with the other mark become empty, so that line numbers stay."""
    return "\n".join("" if leave_out.search(line) else mark.sub("", line) for line in text.split("\n"))
