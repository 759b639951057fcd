"""parts-exchanged: the small part of a split is called train, the large one validation or test.

What it checks
    In the source of the program: what .split of a splitter, train_test_split or random_split gives in the order
    training, test is given names in the other order.

Why it hurts
    Of five folds the net learns from one and is tested on four: it sees a quarter of what it could, and looks far
    worse than it is. Nothing fails.

Example
    for val_idx, train_idx in KFold(5).split(x): ...

Instead
    for train_idx, val_idx in KFold(5).split(x): ...

When it is a false alarm
    Learning from few rows that is wanted: say so by test_size=0.8.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from goodfit.checks.engine.own_source import called, of_kind
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

HELD_OUT = lazy_pattern(r"(?i)(^|_)(val|valid|validation|test|te|va|held_?out|eval|dev)(_|$|\d|i(d|nd))|^(val|test)")
TRAINED = lazy_pattern(r"(?i)(^|_)(train|tr|training|fit)(_|$|\d|i(d|nd))|^train")
SPLITTERS = lazy_pattern(r"(?i)fold|split|\bkf\b|\bskf\b|\bgkf\b|\bcv\b|\bsss\b")


class PartsExchanged(SourceRule):
    code, level = "GF660", Level.WARNING
    worth_parsing = lazy_pattern(r"\.split\(|train_test_split\(|random_split\(")
    what = "{name} are the names of parts that come in the other order: what is called train is the part held out"
    fix = "The training part comes first: train, test"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        for loop in of_kind(tree, ast.For):
            target, value = loop.target, loop.iter
            if called(value) == "enumerate" and isinstance(value, ast.Call) and isinstance(target, ast.Tuple):
                target, value = target.elts[-1], value.args[0]
            yield from _exchanged(target, value)
        for node in of_kind(tree, ast.Assign):
            value = node.value
            if called(value) == "next" and isinstance(value, ast.Call) and value.args:
                value = value.args[0]
                value = value.args[0] if called(value) == "iter" and isinstance(value, ast.Call) else value
            for target in node.targets:
                yield from _exchanged(target, value)


def _exchanged(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, int]]:
    if not isinstance(target, ast.Tuple) or len(target.elts) != 2 or not isinstance(value, ast.Call):
        return
    first, second = (ast.unparse(each) for each in target.elts)
    names_turned = HELD_OUT.search(first) and not TRAINED.search(first) and TRAINED.search(second)
    if not names_turned or HELD_OUT.search(second):
        return
    keywords = {each.arg: each.value for each in value.keywords}
    if called(value) == "split":
        owner = value.func.value if isinstance(value.func, ast.Attribute) else None
        wrong = owner is not None and bool(SPLITTERS.search(ast.unparse(owner)))
    elif called(value) == "train_test_split":
        size = keywords.get("test_size")
        is_large = isinstance(size, ast.Constant) and isinstance(size.value, float) and size.value > 0.5
        wrong = "train_size" not in keywords and not is_large
    else:
        wrong = called(value) == "random_split" and len(value.args) > 1 and _is_train_first(value.args[1])
    if wrong:
        yield f"{first}, {second}", target.lineno


def _is_train_first(sizes: ast.expr) -> bool:
    """[n_train, n_valid], or [0.8, 0.2]."""
    if not isinstance(sizes, ast.List | ast.Tuple) or len(sizes.elts) != 2:
        return False
    first, second = sizes.elts
    if isinstance(first, ast.Constant) and isinstance(second, ast.Constant):
        return isinstance(first.value, int | float) and isinstance(second.value, int | float) and (
            first.value > second.value
        )  # fmt: skip
    return bool(TRAINED.search(ast.unparse(first))) and not HELD_OUT.search(ast.unparse(first))
