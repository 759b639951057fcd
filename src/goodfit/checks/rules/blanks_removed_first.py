"""blanks-removed-first: blanks of CTC are taken out before repeats are merged, so that no letter can be doubled.

What it checks
    In the source of a program with a CTC loss: what is merged (itertools.groupby, torch.unique_consecutive, a loop that
    remembers the symbol before) has had its blanks left out.

Why it hurts
    A blank between two equal symbols says that they are two (Graves et al. 2006, section 3.1): "l-l" is "ll". Without
    it every doubled letter becomes one, and the error rate is too high however well the net reads.

Example
    text = [key for key, _ in groupby(s for s in best if s != blank)]

Instead
    text = [key for key, _ in groupby(best) if key != blank]

When it is a false alarm
    Targets in which no symbol follows itself.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from goodfit.checks.engine.formulas import Formulas, formulas
from goodfit.checks.engine.own_source import all_nodes, called, given, names_in, of_kind
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

MERGES = ("groupby", "unique_consecutive")
BLANK = lazy_pattern(r"(?i)^(\w+\.)*\w*blank\w*$|^0$|^-1$")


class BlanksRemovedFirst(SourceRule):
    code, level = "GF653", Level.WARNING
    worth_parsing = lazy_pattern(r"(?i)ctc_?loss")
    what = "blanks are left out of {name} before equal symbols are merged: a symbol that comes twice is read once"
    fix = "Merge equal symbols first, then leave the blanks out"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        for scope in formulas(tree):
            yield from merged_without_blanks(scope)
            yield from remembered_without_blanks(scope)


def merged_without_blanks(scope: Formulas) -> Iterator[tuple[str, int]]:
    """What groupby or unique_consecutive gets without its blanks, each with its line."""
    for node in scope.nodes:
        if called(node) in MERGES and isinstance(node, ast.Call) and node.args:
            value = scope.bare(node.args[0])
            if _leaves_blanks_out(value):
                yield ast.unparse(node.args[0]), node.lineno


def remembered_without_blanks(scope: Formulas) -> Iterator[tuple[str, int]]:
    """Loops that remember the symbol before only where it is no blank, each with its line."""
    for loop in (node for node in scope.nodes if isinstance(node, ast.For)):
        if not isinstance(loop.target, ast.Name):
            continue
        symbol = loop.target.id
        before = {
            ast.unparse(target)
            for target, value in given(all_nodes(loop))
            if isinstance(value, ast.Name) and value.id == symbol
        }
        compared = {
            name
            for node in of_kind(loop, ast.Compare)
            if symbol in names_in(node) and isinstance(node.ops[0], ast.Eq | ast.NotEq)
            for name in (ast.unparse(node.left), ast.unparse(node.comparators[0]))
        }
        previous = before & compared - {symbol}
        if len(previous) != 1:
            continue
        (name,) = previous
        updated = any(_sets(each, name) for each in _at_blanks(loop.body, symbol))
        if _leaves_blanks_out(scope.bare(loop.iter)) or not updated:
            yield ast.unparse(loop.iter), loop.lineno


def _at_blanks(body: list[ast.stmt], symbol: str) -> Iterator[ast.stmt]:
    """The statements of a loop's body that run where the symbol is a blank."""
    for statement in body:
        if isinstance(statement, ast.If) and (is_blank := _asks_for_blank(statement.test, symbol)) is not None:
            branch = statement.body if is_blank else statement.orelse
            yield from branch
            if any(isinstance(each, ast.Continue) for each in branch):
                return
        else:
            yield statement


def _asks_for_blank(test: ast.expr, symbol: str) -> bool | None:
    """Whether a test is true at blanks alone (True) or false at all of them (False); None of others."""
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        sides = [test.left, test.comparators[0]]
        other = next((b for a, b in (sides, sides[::-1]) if isinstance(a, ast.Name) and a.id == symbol), None)
        if other is not None and BLANK.search(ast.unparse(other)):
            if isinstance(test.ops[0], ast.Eq):
                return True
            if isinstance(test.ops[0], ast.NotEq):
                return False
    return None


def _sets(node: ast.stmt, name: str) -> bool:
    return any(ast.unparse(target) == name for target, _ in given(all_nodes(node)))


def _leaves_blanks_out(value: ast.expr) -> bool:
    """[s for s in best if s != blank], filter(lambda s: s != blank, best), or best[best != blank]."""
    if isinstance(value, ast.ListComp | ast.GeneratorExp):
        (first, *others) = value.generators
        return not others and isinstance(first.target, ast.Name) and any(
            _asks_for_blank(test, first.target.id) is False for test in first.ifs
        )  # fmt: skip
    if called(value) in ("list", "tuple") and isinstance(value, ast.Call) and len(value.args) == 1:
        return _leaves_blanks_out(value.args[0])
    if called(value) == "filter" and isinstance(value, ast.Call) and isinstance(value.args[0], ast.Lambda):
        function = value.args[0]
        return bool(function.args.args) and _asks_for_blank(function.body, function.args.args[0].arg) is False
    if isinstance(value, ast.Subscript) and isinstance(value.value, ast.Name):
        return _asks_for_blank(value.slice, value.value.id) is False
    return False
