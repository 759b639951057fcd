"""groups-across-parts: rows of one patient, speaker or the like are in both parts of a random split.

What it checks
    train_test_split of scikit-learn parts a frame that has a column named after a group (patient, subject,
    participant, speaker, study, scan, video, song), whose values repeat, and at least half of the rows of the second
    part belong to groups of the first. Or it, or a fold of KFold, ShuffleSplit or the like, parts rows, or their
    numbers, while a variable of that name has as many values, and the program then trains on something else than these:
    they are not its classes, and no embedding has a row for each.

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
    A look at the columns of a frame that is split, or at the variables of the function that splits.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from torch import Tensor, nn

from goodfit.checks.engine.events import Call, Loss, Split, WatchEnds
from goodfit.checks.engine.parts_of_rows import numbers_of_rows
from goodfit.checks.engine.user_frame import user_place, users_frames
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.formatting import counted
from goodfit.lazy_pattern import lazy_pattern

NAMES = lazy_pattern(  # not persons or child, which are numbers of them
    r"(^|[_\W])((patient|subject|participant|speaker|study|scan|video|animal|song|track|clip)s?|person|owner|individual|donor|pupil|student|"
    r"athlete|volunteer|recording|slide|mouse)([_\W]?(id|no|nr|name))?$",
    re.I,
)
ROWS_PER_GROUP = 2.0  # on average, from which a column names groups
GROUPS_AT_LEAST = 4
SHARE_AT_LEAST = 0.5
AS_GROUPS = lazy_pattern(r"\bgroups\s*=\s*(\w+)")  # what a program splits by elsewhere
BY_GROUP = lazy_pattern(r"Group(KFold|ShuffleSplit|s?Out)\(|PredefinedSplit\(")  # KFold and its like pass them over


class Pending(NamedTuple):
    """A finding that is kept back until it is seen that the groups are not what is learnt."""

    finding: Finding
    name: str
    groups: int


class GroupsAcrossParts(LiveRule):
    code, level = "GF421", Level.WARNING
    sleepless = (Split,)
    layers = (nn.Embedding,)

    def start(self) -> None:
        self.pending: list[Pending] = []
        self.sizes: set[int] = set()  # rows of embeddings, and classes

    def on_split(self, event: Split) -> Iterator[Finding]:
        columns = getattr(event.first, "columns", ())
        for name in columns:
            if NAMES.search(str(name)) and name in getattr(event.second, "columns", ()):
                first, second = list(event.first[name]), list(event.second[name])
                if (share := _share(first, second)) and not _is_stratified(event, [*first, *second]):
                    yield self._finding(str(name), share, [*first, *second], f"groups=frame[{str(name)!r}]")
                    return
        self._note_variables(event)

    def _note_variables(self, event: Split) -> None:
        """Groups of the rows that the caller has in a variable of its own."""
        rows: tuple[np.ndarray, np.ndarray] | None = None
        for name, groups in _variables(event.whole):
            if rows is None and (rows := numbers_of_rows(event.whole, event.first, event.second)) is None:
                return
            first, second = ([groups[at] for at in part.tolist()] for part in rows)
            share = _share(first, second)
            if share and not _is_stratified(event, groups) and all(name != each.name for each in self.pending):
                finding = self._finding(name, share, groups, f"groups={name}")
                self.pending.append(Pending(finding, name, len(set(groups))))

    def on_call(self, event: Call) -> None:
        if isinstance(event.module, nn.Embedding):
            self.sizes.add(event.module.num_embeddings)

    def on_loss(self, event: Loss) -> None:
        if event.input.dim() > 1 and not event.target.is_floating_point():
            self.sizes.add(event.input.shape[1])

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        if not self.program.steps:
            return
        texts = [source.text for source in self.program.source.files() if source.mentions(BY_GROUP)]
        asked = {name for text in texts for name in AS_GROUPS.findall(text)}
        for kept in self.pending:
            is_learnt = self.sizes & {kept.groups, kept.groups + 1}  # and one for those unknown
            if not is_learnt and kept.name not in asked:
                yield kept.finding

    def _finding(self, name: str, share: float, groups: Sequence[Any], argument: str) -> Finding:
        place = user_place()
        return self.finding(
            f"{share:.0%} of the rows of the second part have a {name} that is in the first part as well "
            f"({len(set(groups))} in {counted(len(groups), 'row')})",
            f"Split by group: GroupShuffleSplit or GroupKFold with {argument}",
            file=place.file,
            line=place.line,
        )


def _share(first: Sequence[Any], second: Sequence[Any]) -> float:
    """Of the rows of the second part, how many have a group of the first; 0 where few, or these are no groups."""
    known = set(first)
    groups, rows = len(known | set(second)), len(first) + len(second)
    if groups < GROUPS_AT_LEAST or rows < ROWS_PER_GROUP * groups:
        return 0.0
    shared = sum(value in known for value in second) / max(1, len(second))
    return shared if shared >= SHARE_AT_LEAST else 0.0


def _variables(whole: Any) -> Iterator[tuple[str, list[Any]]]:
    """Variables of the user's functions that run, named after a group, with a value for each row of what is split."""
    if not hasattr(whole, "__len__"):
        return
    pandas = sys.modules.get("pandas")
    for frame in users_frames():
        for name, value in list(frame.f_locals.items()):
            is_series = pandas is not None and isinstance(value, pandas.Series)
            is_array = isinstance(value, np.ndarray) or (isinstance(value, Tensor) and value.is_cpu)
            if value is whole or not (is_series or is_array or isinstance(value, list)) or not NAMES.search(name):
                continue
            if len(getattr(value, "shape", (0,))) == 1 and len(value) == len(whole):
                values = value if isinstance(value, list) else value.tolist()
                if all(isinstance(each, int | str) for each in values):
                    yield name, values


def _is_stratified(event: Split, groups: Sequence[Any]) -> bool:
    """Whether the groups were to be in both parts."""
    if event.stratify is None:
        return False
    wanted = sorted(map(str, np.asarray(event.stratify).ravel().tolist()))
    return wanted == sorted(map(str, groups))
