"""selected-before-split: columns are chosen by the labels of all rows, also of those that the model is scored on.

What it checks
    In the source of the program: SelectKBest or another of scikit-learn's selectors that look at labels is fitted to
    (X, y), and in later lines of the same function these rows are parted, by train_test_split or the split() of folds.

Why it hurts
    Of thousands of columns some go along with the labels of the test rows by chance, and those are chosen. The score
    is high where there is nothing to be learnt at all, and more so the fewer rows and the more columns there are.

Example
    X = SelectKBest(k=20).fit_transform(X, y)
    X_train, X_test, y_train, y_test = train_test_split(X, y)

Instead
    X_train, X_test, y_train, y_test = train_test_split(X, y)
    selector = SelectKBest(k=20).fit(X_train, y_train)

When it is a false alarm
    Where other rows, that took no part in the choice, give the score.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from goodfit.checks.engine.own_source import OWN_SCOPE, all_nodes, called, names_in, scopes, within
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

SELECTORS = lazy_pattern(r"^(Select(KBest|Percentile|Fpr|Fdr|Fwe|FromModel)|GenericUnivariateSelect|RFE|RFECV)$")
FITS = ("fit", "fit_transform")
SPLITS = ("split", "train_test_split")


class SelectedBeforeSplit(SourceRule):
    code, level = "GF453", Level.WARNING
    worth_parsing = lazy_pattern(r"Select|RFE")
    what = "{name} chooses columns by the labels of all rows, and the rows are split afterwards"
    fix = "Split first, and choose by the training rows of each split"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        yield from selected(tree)


def selected(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Selectors that are fitted before their rows are split, each with its line."""
    makers = {
        target.id: called(made)
        for node in all_nodes(tree)
        if isinstance(node, ast.Assign) and isinstance(target := node.targets[0], ast.Name)
        for made in all_nodes(node.value)
        if SELECTORS.match(called(made))
    }
    for body in scopes(tree):
        own = [statement for statement in body if not isinstance(statement, OWN_SCOPE)]
        calls = sorted(
            (node for statement in own for node in within(statement) if isinstance(node, ast.Call)),
            key=lambda node: (node.lineno, node.col_offset),
        )
        splits = [node for node in calls if called(node) in SPLITS and node.args]
        for fit in calls:
            name = _selector(fit, makers)
            if not name or len(fit.args) < 2:
                continue
            labels = ast.unparse(fit.args[1])
            before = [node for node in splits if node.lineno < fit.lineno]
            later = [node for node in splits if node.lineno > fit.lineno and labels in map(ast.unparse, node.args)]
            is_whole = isinstance(fit.args[1], ast.Name | ast.Attribute)
            if later and is_whole and not any(names_in(fit.args[1]) & _given_by(node, own) for node in before):
                yield name, fit.lineno


def _selector(fit: ast.Call, makers: dict[str, str]) -> str:
    """The class of the selector that a call fits; "" of other calls."""
    if called(fit) not in FITS or not isinstance(fit.func, ast.Attribute):
        return ""
    owner = fit.func.value
    if isinstance(owner, ast.Name):
        return makers.get(owner.id, "")
    return called(owner) if SELECTORS.match(called(owner)) else ""


def _given_by(split: ast.Call, body: list[ast.stmt]) -> set[str]:
    """Names that a split's results, or what a loop over it makes, are given to."""
    for statement in body:
        for node in within(statement):
            if isinstance(node, ast.Assign) and split in within(node):
                return {name for target in node.targets for name in names_in(target)}
            if isinstance(node, ast.For) and split in within(node.iter):
                stores = [each for part in node.body for each in within(part) if isinstance(each, ast.Name)]
                return names_in(node.target) | {each.id for each in stores if isinstance(each.ctx, ast.Store)}
    return set()
