"""threshold-of-test-rows: what counts as an anomaly is decided by a quantile of the test rows' own scores.

What it checks
    The program's source: a threshold is a percentile or quantile of what is called test, or a row of the curve of
    thresholds that test labels gave; test scores are compared with it, and precision, recall or F1 is computed of that.

Why it hurts
    A quantile of the test rows finds as many anomalies as were asked for, whatever the scores are, and needs all of the
    test rows before the first can be judged. The best threshold of the test labels is chosen by what it is scored on.

Example
    threshold = np.percentile(test_errors, 95)
    print(f1_score(y_test, test_errors > threshold))

Instead
    threshold = np.percentile(valid_errors, 95)

When it is a false alarm
    A share that is to be looked at by hand is known beforehand, as the 5% that there are people for.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from goodfit.checks.engine.formulas import Formulas
from goodfit.checks.engine.own_source import called, last_name, names_in, scopes
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

TEST = lazy_pattern(r"(^|_)(test|te|tst)(_|\d|$)", re.IGNORECASE)
OTHERS = lazy_pattern(r"(^|_)(train|tr|val|va|valid|validation|dev|calib|normal)(_|\d|$)", re.IGNORECASE)
VALIDATION = lazy_pattern(r"(^|_)(val|va|valid|validation|dev)(_|\d|$)", re.IGNORECASE)
THRESHOLD = lazy_pattern(r"(^|_)(thr|thresh|threshold|cut|cutoff|tau|limit)(_|$)", re.IGNORECASE)
QUANTILES = ("percentile", "nanpercentile", "quantile", "nanquantile", "kthvalue")
CURVES = ("precision_recall_curve", "roc_curve")
SCORES = frozenset(
    {"precision_score", "recall_score", "f1_score", "fbeta_score", "accuracy_score", "balanced_accuracy_score"}
    | {"confusion_matrix", "classification_report", "precision_recall_fscore_support", "matthews_corrcoef"}
)


class ThresholdOfTestRows(SourceRule):
    code, level = "GF492", Level.WARNING
    worth_parsing = lazy_pattern(r"percentile|quantile|kthvalue|precision_recall_curve|roc_curve")
    what = "{name} is chosen by the test rows that it is scored on"
    fix = "Take the threshold from validation rows, or from training rows that the net was not fitted to"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        for body in scopes(tree):
            yield from _chosen(Formulas(body))


def _chosen(formulas: Formulas) -> Iterator[tuple[str, int]]:
    curves = _curves(formulas)
    scored = any(called(node) in SCORES for node in formulas.nodes)
    compared = [node for node in formulas.nodes if isinstance(node, ast.Compare) and _is_of_test(node)]
    for name, values in formulas.values.items():
        if not scored or not THRESHOLD.search(name.rpartition(".")[2]):
            continue
        if not any(name in {ast.unparse(side) for side in (each.left, *each.comparators)} for each in compared):
            continue
        for value in values:
            if _is_quantile_of_test(value):
                yield name, value.lineno
            for curve in names_in(value) & curves.keys():
                yield name, curves[curve]


def _is_quantile_of_test(value: ast.expr) -> bool:
    calls = [node for node in ast.walk(value) if isinstance(node, ast.Call) and called(node) in QUANTILES]
    return any(_is_of_test(each) for each in calls)


def _is_of_test(node: ast.AST) -> bool:
    """By its names: of test rows, and of no others."""
    names = names_in(node) | {each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute)}
    return any(TEST.search(name) for name in names) and not any(OTHERS.search(name) for name in names)


def _curves(formulas: Formulas) -> dict[str, int]:
    """Names of the thresholds of a curve of test labels, with its line, where there are others to draw one of."""
    if not any(VALIDATION.search(each.id) for each in formulas.nodes if isinstance(each, ast.Name)):
        return {}
    return {
        last_name(target.elts[-1]): node.lineno
        for node in formulas.nodes
        if isinstance(node, ast.Assign) and called(node.value) in CURVES and _is_of_test(node.value)
        for target in node.targets
        if isinstance(target, ast.Tuple)
    }
