"""change-reaches-training: a change of the validation part's data set changes the training rows too.

What it checks
    In the source of the program: after the rows of one data set were parted in subsets, an attribute of the data set
    behind the validation or test part is set, such as a transform, and it is not set again for the training part. And
    in the program as it runs: the subset that the net is trained on has this very data set behind it, whose attribute
    kept its value from the first epoch on.

Why it hurts
    A subset is a list of row numbers; behind both parts is one data set. The last transform that it is given is that of
    all rows: the net is trained without its augmentation.

Example
    train, valid = random_split(ImageFolder("photos", transform=augmented), [0.8, 0.2])
    valid.dataset.transform = plain

Instead
    train = Subset(ImageFolder("photos", transform=augmented), rows[:800])
    valid = Subset(ImageFolder("photos", transform=plain), rows[800:])

When it is a false alarm
    Parts that are meant to be read in the same way, where the change is written for one of them.

Cost
    The names of a data set's attributes at the start of each epoch; the program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from torch.utils.data import Subset

from goodfit.checks.engine.events import BackwardBegins, Epoch, WatchEnds
from goodfit.checks.engine.loader_overlap import token_of
from goodfit.checks.engine.names_of_parts import HELD_OUT, TRAINING
from goodfit.checks.engine.own_source import all_nodes, given
from goodfit.checks.engine.variables import attributes_of
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.lazy_pattern import lazy_pattern

WORTH_PARSING = lazy_pattern(r"\.dataset\.\w+\s*=[^=]")
HOW_ROWS_ARE_READ = lazy_pattern(r"transform|augment|^aug|^(is_)?train(ing)?$|^mode$|flip|crop|noise|jitter", re.I)


class ChangeReachesTraining(LiveRule):
    code, level = "GF525", Level.WARNING

    def start(self) -> None:
        # By numbers that stand for subsets and data sets: at the end, those of a function that has returned are gone.
        self.values: dict[int, dict[str, int]] = {}  # data set -> attribute -> identity at the first epoch
        self.switched: dict[int, set[str]] = {}  # data set -> attributes that have had other values since
        self.held_out: dict[int, int] = {}  # subset -> its data set
        self.trained: dict[int, int] = {}  # the same, of subsets that are trained on

    def on_epoch(self, event: Epoch) -> None:
        subset = getattr(event.loader, "dataset", None)
        if not isinstance(subset, Subset):
            return
        data = self.held_out[token_of(subset)] = token_of(subset.dataset)
        now = {name: id(value) for name, value in attributes_of(subset.dataset).items()}
        before = self.values.setdefault(data, now)
        changed = self.switched.setdefault(data, set())
        changed |= {name for name, value in now.items() if before.get(name) != value}

    def before_backward(self, event: BackwardBegins) -> None:
        loader = self.program.loader() if self.program.loader is not None else None
        subset = getattr(loader, "dataset", None)
        if isinstance(subset, Subset):
            self.trained[token_of(subset)] = token_of(subset.dataset)

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        fixed = {name for data in self._sharing() for name in self._kept(data)}
        if not fixed:
            return
        for source in self.program.source.files():
            if source.mentions(WORTH_PARSING):
                for owner, name, line in source.found(changes_for_held_out):
                    if name in fixed:
                        yield self.finding(
                            f"{owner}.{name} is set, and the training part has the same data set behind it: its rows "
                            "are read in this way too",
                            "Make a data set for each part, and take the same row numbers of it",
                            file=source.file,
                            line=line,
                        )

    def _sharing(self) -> set[int]:
        """Data sets of which one subset is trained on, and another one is not."""
        apart = {data for subset, data in self.held_out.items() if subset not in self.trained}
        return apart & set(self.trained.values())

    def _kept(self, data: int) -> set[str]:
        """Attributes that say how a row is read, and had one value whenever a loader began."""
        names = self.values.get(data, {}).keys() - self.switched.get(data, set())
        return {name for name in names if HOW_ROWS_ARE_READ.search(name)}


def changes_for_held_out(tree: ast.Module) -> Iterator[tuple[str, str, int]]:
    """Data set, attribute and line of what is set last for a part that is held out, and not for training after it."""
    last: dict[str, tuple[str, str, int]] = {}
    for target, _ in given(all_nodes(tree)):
        if (
            isinstance(target, ast.Attribute)
            and isinstance(target.value, ast.Attribute)
            and target.value.attr == "dataset"
        ):
            at = (ast.unparse(target.value), target.attr, target.lineno)
            last[target.attr] = max(last.get(target.attr, at), at, key=lambda each: each[2])
    for owner, name, line in last.values():
        words = re.findall(r"\w+", owner)
        if any(HELD_OUT.search(word) for word in words) and not any(TRAINING.search(word) for word in words):
            yield owner, name, line
