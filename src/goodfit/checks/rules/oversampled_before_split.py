"""oversampled-before-split: rows are repeated to balance the classes, and then split into parts at random.

What it checks
    In the source of the program: what a function called oversampling, SMOTE or fit_resample gives is what
    train_test_split, random_split or a random order of the rows divides.

Why it hurts
    Copies of a row, or rows made of its neighbours, lie on both sides. The test asks for rows that were learnt, most of
    all those of the rare class, and has another share of classes than the data: recall is far too high.

Example
    x, y = SMOTE().fit_resample(x, y); x_train, x_test, y_train, y_test = train_test_split(x, y)

Instead
    x_train, x_test, y_train, y_test = train_test_split(x, y, stratify=y); x_train, y_train = SMOTE().fit_resample(...)

When it is a false alarm
    Groups of copies that are kept together by the split.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from goodfit.checks.engine.formulas import formulas
from goodfit.checks.engine.own_source import called, names_in
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

REPEATS = lazy_pattern(
    r"(?i)over_?sampl|up_?sample_(minority|class|rows|data)|smote|adasyn|^fit_resample$|^balance_(by|class)"
)
SPLITS = ("train_test_split", "random_split", "StratifiedShuffleSplit", "ShuffleSplit")
GROUPED = ("groups", "group")


class OversampledBeforeSplit(SourceRule):
    code, level = "GF590", Level.WARNING
    worth_parsing = lazy_pattern(r"(?i)over_?sampl|smote|adasyn|fit_resample|up_?sample_")
    what = "{name} repeats rows of the rare class, and its rows are split afterwards: copies lie in both parts"
    fix = "Split first, and repeat rows of the training part alone"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return repeated_rows_split(tree)


def repeated_rows_split(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Functions whose repeated rows are split, each with the line of the call."""
    for scope in formulas(tree):
        own = scope.nodes
        calls = [node for node in own if isinstance(node, ast.Call) and called(node) in SPLITS]
        split_first = min((node.lineno for node in calls), default=0)
        for node in (each for each in own if isinstance(each, ast.Assign) and isinstance(each.value, ast.Call)):
            if not REPEATS.search(called(node.value)):
                continue
            made = {name for target in node.targets for name in names_in(target)}
            for each in own:  # such as a data set of them
                if not isinstance(each, ast.Assign):
                    continue
                is_between = node.lineno < each.lineno <= split_first
                if is_between and names_in(each.value) & made and called(each.value) not in SPLITS:
                    made |= {name for target in each.targets for name in names_in(target)}
            for call in calls:
                later = call.lineno > node.lineno and split_first > node.lineno
                given = {name for argument in call.args for name in names_in(argument)}
                grouped = any(keyword.arg in GROUPED for keyword in call.keywords)
                if later and given & made and not grouped:
                    yield called(node.value), node.lineno
                    break
