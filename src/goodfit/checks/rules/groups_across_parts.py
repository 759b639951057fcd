"""groups-across-parts: rows of one patient, speaker or the like are in both parts of a random split.

What it checks
    train_test_split of scikit-learn parts a frame that has a column named after a group (patient, subject,
    participant, speaker, study, scan, video), whose values repeat, and at least half of the rows of the second part
    belong to groups of the first.

Why it hurts
    Rows of one patient are alike. The model recognises the patient, and its score on new ones is lower than the test
    says, often by far.

Example
    train, test = train_test_split(frame, test_size=0.2)

Instead
    parts = GroupShuffleSplit(1, test_size=0.2).split(frame, groups=frame["patient"])
    train, test = next(parts)

When it is a false alarm
    When the model will be used on the same patients again.

Cost
    A look at the columns of a frame that is split.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np

from goodfit.checks.engine.events import Split
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.formatting import counted

NAMES = re.compile(  # not persons or child, which are numbers of them
    r"(^|[_\W])((patient|subject|participant|speaker|study|scan|video|animal)s?|person|individual|donor|pupil|student|"
    r"athlete|volunteer|recording|slide|mouse)([_\W]?(id|no|nr|name))?$",
    re.I,
)
ROWS_PER_GROUP = 2.0  # on average, from which a column names groups
GROUPS_AT_LEAST = 4
SHARE_AT_LEAST = 0.5


class GroupsAcrossParts(LiveRule):
    code, level = "GF421", Level.WARNING
    sleepless = (Split,)

    def on_split(self, event: Split) -> Iterator[Finding]:
        columns = getattr(event.first, "columns", ())
        for name in columns:
            if not NAMES.search(str(name)) or name not in getattr(event.second, "columns", ()):
                continue
            first, second = set(event.first[name]), list(event.second[name])
            groups, rows = len(first | set(second)), len(event.first) + len(second)
            if groups < GROUPS_AT_LEAST or rows < ROWS_PER_GROUP * groups or _is_stratified(event, name):
                continue
            shared = sum(value in first for value in second) / max(1, len(second))
            if shared >= SHARE_AT_LEAST:
                yield self.finding(
                    f"{shared:.0%} of the rows of the second part have a {name} that is in the first part as well "
                    f"({groups} in {counted(rows, 'row')})",
                    f"Split by group: GroupShuffleSplit or GroupKFold with groups=frame[{str(name)!r}]",
                )
                return


def _is_stratified(event: Split, name: Any) -> bool:
    """Whether the groups were to be in both parts."""
    if event.stratify is None:
        return False
    wanted = sorted(map(str, np.asarray(event.stratify).ravel().tolist()))
    return wanted == sorted(map(str, [*event.first[name], *event.second[name]]))
