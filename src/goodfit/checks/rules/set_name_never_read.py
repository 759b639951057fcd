"""set-name-never-read: a loop sets a name that nothing reads, beside one much like it that never changes.

What it checks
    In the source of the program: in a loop a name is set that no line of the file reads; another name, of which it is
    a longer or shorter form or a misspelling, was set to a number before the loop, is compared in it and never set.

Why it hurts
    Exploration never ends, every epoch is the best so far, patience never runs out: what was to change is another name.

Example
    eps = 1.0
    while training: ... random() < eps ...; epsilon = max(0.05, eps * 0.99)

Instead
    eps = max(0.05, eps * 0.99)

When it is a false alarm
    A name that is kept for somebody who reads it in a debugger.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from difflib import SequenceMatcher

from goodfit.checks.engine.formulas import Formulas, formulas
from goodfit.checks.engine.own_source import called, last_name, loops_in, names_in, of_kind
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

ALIKE = 0.8  # of two names, as difflib measures it
LETTERS_AT_LEAST = 3


class SetNameNeverRead(SourceRule):
    code, level = "GF663", Level.WARNING
    worth_parsing = lazy_pattern(r"\b(for|while)\b[\s\S]*(<|>|==)")
    what = "{name}"
    fix = "Set the name that is compared"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        if any(called(node) in ("locals", "vars", "globals", "exec", "eval") for node in of_kind(tree, ast.Call)):
            return
        read = {node.id for node in of_kind(tree, ast.Name) if not isinstance(node.ctx, ast.Store)}
        for scope in formulas(tree):
            yield from set_beside(scope, read)


def set_beside(scope: Formulas, read: set[str]) -> Iterator[tuple[str, int]]:
    """Names that are set in vain beside one that is compared, each with its line.

    Args:
        read: names that the file reads.
    """
    for loop in (loop for each in scope.body if not isinstance(each, ast.ClassDef) for loop in loops_in(each)):
        stored = [node for node in of_kind(loop, ast.Name) if isinstance(node.ctx, ast.Store)]
        compared = {name for node in of_kind(loop, ast.Compare) for name in names_in(node)}
        fixed = compared - {node.id for node in stored}
        begun = {
            name for name in fixed if any(_is_number(v) and v.lineno < loop.lineno for v in scope.values.get(name, ()))
        }
        for node in of_kind(loop, ast.Assign):
            if len(node.targets) != 1 or not isinstance(node.targets[0], ast.Name):
                continue
            name = node.targets[0].id
            other = next((each for each in begun if _alike(name, each)), None)
            if name not in read and not name.startswith("_") and other is not None:
                yield (
                    f"{name} is set in a loop and never read; {other}, which is compared there, never changes",
                    node.lineno,
                )


def _is_number(value: ast.expr) -> bool:
    """0, -1, 1e9, None, float("inf"), math.inf."""
    value = value.operand if isinstance(value, ast.UnaryOp) else value
    if isinstance(value, ast.Constant):
        return value.value is None or isinstance(value.value, int | float)
    return called(value) == "float" or last_name(value) in ("inf", "Inf")


def _alike(one: str, other: str) -> bool:
    if min(len(one), len(other)) < LETTERS_AT_LEAST:
        return False
    short, long = sorted((one.lower(), other.lower()), key=len)
    return long.startswith(short) or SequenceMatcher(None, short, long).ratio() >= ALIKE
