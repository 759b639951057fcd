"""confidence-over-rows: probabilities are made over the rows of a batch, and the largest is taken over the classes.

What it checks
    The program's source: the softmax over dimension 0 of what a net gives, and at once its largest value, or its place,
    along dimension 1: logits.softmax(0).max(1).

Why it hurts
    Each class shares out its certainty among the rows: a row's values do not add up to 1, and change with the other
    rows that are asked about. Confidences, calibration errors and thresholds are of numbers without a meaning.

Example
    confidence, predicted = logits.softmax(0).max(1)

Instead
    confidence, predicted = logits.softmax(1).max(1)

When it is a false alarm
    A matrix that says how much of each column a row has, as of assignments.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from goodfit.checks.engine.own_source import called, of_kind
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

LARGEST = ("max", "argmax", "amax", "topk")
LAST = ("1", "-1")
ASSIGNMENT = lazy_pattern(r"assign|attention|attn|similarit|dispatch|cluster|transport|plan", re.IGNORECASE)


class ConfidenceOverRows(SourceRule):
    code, level = "GF495", Level.WARNING
    yields_to = ("softmax-over-batch",)
    worth_parsing = lazy_pattern(r"softmax\(.*\b0\)")
    what = "softmax over dimension 0, and then {name} along dimension 1: the probabilities of a row do not add up to 1"
    fix = "Make probabilities over the classes: softmax(1)"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        for call in of_kind(tree, ast.Call):
            if called(call) in LARGEST and isinstance(call.func, ast.Attribute) and _dimension(call, 0) in LAST:
                inner = call.func.value
                if isinstance(inner, ast.Call) and called(inner) in ("softmax", "log_softmax"):
                    is_method = isinstance(inner.func, ast.Attribute) and len(inner.args) + len(inner.keywords) < 2
                    if _dimension(inner, 0 if is_method else 1) == "0" and not ASSIGNMENT.search(ast.unparse(inner)):
                        yield called(call), call.lineno


def _dimension(call: ast.Call, place: int) -> str:
    named = next((ast.unparse(each.value) for each in call.keywords if each.arg in ("dim", "axis")), "")
    return named or (ast.unparse(call.args[place]) if place < len(call.args) else "")
