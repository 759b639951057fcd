"""score-arguments-swapped: a score of scikit-learn gets the predictions where it expects the truth.

What it checks
    In the source of the program: a function of sklearn.metrics whose two arguments are not alike (R2, precision,
    recall, a confusion matrix, a report) is called with a first argument that is called a prediction and a second one
    that is called a target, a label, the truth, or y.

Why it hurts
    Precision and recall change places; the R2 is measured against the spread of the predictions; the rows of the
    confusion matrix are its columns.

Example
    r2_score(predictions, y_test)

Instead
    r2_score(y_test, predictions)

When it is a false alarm
    Variables whose names say the reverse of what they hold.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from goodfit.checks.engine.own_source import all_nodes, called, names_in
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

SCORES = frozenset(
    {
        "r2_score", "explained_variance_score", "precision_score", "recall_score", "fbeta_score",
        "precision_recall_fscore_support", "classification_report", "confusion_matrix", "balanced_accuracy_score",
        "mean_absolute_percentage_error", "roc_auc_score", "average_precision_score", "log_loss", "roc_curve",
        "precision_recall_curve", "d2_absolute_error_score", "mean_tweedie_deviance", "mean_poisson_deviance",
    }
)  # fmt: skip
PREDICTED = lazy_pattern(r"(^|_)(y?_?pred\w*|y?_?hats?|y?hats?|outputs?|probs?|scores?)(_|$)", re.IGNORECASE)
TRUE = lazy_pattern(r"(^|_)(true|truth|labels?|targets?|gt|gts|test|val|valid|actual)(_|$)|^ys?$|^y_?t", re.IGNORECASE)
IMPORTED = lazy_pattern(r"^\s*(from|import)\s+sklearn\b", re.MULTILINE)


class ScoreArgumentsSwapped(SourceRule):
    code, level = "GF442", Level.WARNING
    worth_parsing = IMPORTED
    what = "{name} gets the predictions first and the truth second: scikit-learn expects the truth first"
    fix = "{name}(y_true, y_pred)"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return swapped(tree)


def swapped(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Names of the functions, each with its line."""
    own = {"metrics", "sklearn"}
    functions = {
        alias.asname or alias.name
        for node in all_nodes(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sklearn")
        for alias in node.names
    }
    for node in all_nodes(tree):
        if not isinstance(node, ast.Call) or called(node) not in SCORES or len(node.args) < 2:
            continue
        function = node.func
        of_sklearn = isinstance(function, ast.Name) and function.id in functions
        if isinstance(function, ast.Attribute):
            owners = names_in(function.value)
            of_sklearn = bool(owners & own) and bool(owners & functions or "sklearn" in owners)
        if of_sklearn and _is_predicted(node.args[0]) and _is_true(node.args[1]):
            yield called(node), node.lineno


def _is_predicted(value: ast.expr) -> bool:
    return any(PREDICTED.search(name) for name in names_in(value))


def _is_true(value: ast.expr) -> bool:
    return any(TRUE.search(name) for name in names_in(value)) and not _is_predicted(value)
