"""confidence-over-rows: probabilities are made over the rows of a batch, and the largest is taken over the classes.

What it checks
    The program's source: the softmax over dimension 0 of what a net gives, and its largest value, or its place, along
    dimension 1: logits.softmax(0).max(1), also by a name between.

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

from goodfit.checks.engine.formulas import Formulas
from goodfit.checks.engine.own_source import called, scopes
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

LARGEST = ("max", "argmax", "amax")
SOFTMAX = ("softmax", "log_softmax")
MODULES = ("torch", "F", "nn.functional", "functional", "torch.nn.functional", "special")
LAST = ("1", "-1")
ASSIGNMENT = lazy_pattern(r"assign|attention|attn|similarit|dispatch|cluster|transport|plan", re.IGNORECASE)


class ConfidenceOverRows(SourceRule):
    code, level = "GF495", Level.WARNING
    yields_to = ("softmax-over-batch",)
    worth_parsing = lazy_pattern(r"softmax\(.*\b0\)")
    what = "softmax over dimension 0, and then {name} along dimension 1: the probabilities of a row do not add up to 1"
    fix = "Make probabilities over the classes: softmax(1)"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        for body in scopes(tree):
            formulas = Formulas(body)
            for call in formulas.nodes:
                values, dimension = _along(call, LARGEST)
                if values is not None and dimension in LAST:
                    made = formulas.value(values)
                    logits, of_softmax = _along(made, SOFTMAX)
                    words = f"{ast.unparse(values)} {ast.unparse(made)}"
                    if logits is not None and of_softmax == "0" and not ASSIGNMENT.search(words):
                        yield called(call), getattr(call, "lineno", 0)


def _along(call: ast.AST, functions: tuple[str, ...]) -> tuple[ast.expr | None, str]:
    """Of x.max(1) and torch.max(x, 1): x and the dimension; None of anything else."""
    if not isinstance(call, ast.Call) or called(call) not in functions:
        return None, ""
    dimension = next((ast.unparse(each.value) for each in call.keywords if each.arg in ("dim", "axis")), "")
    arguments = list(call.args)
    if isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) not in MODULES:
        arguments.insert(0, call.func.value)
    if not dimension and len(arguments) > 1:
        dimension = ast.unparse(arguments[1])
    return (arguments[0] if arguments else None), dimension
