"""loop-name-rebound: a loop over parameters assigns to its own variable, which changes no parameter.

What it checks
    In the source of the program: a for loop over .parameters() or .buffers(), or over zip() or enumerate() of these,
    assigns to one of its variables (p = ...), or gives a name to what it computes of them, and does nothing with it
    afterwards. The value is computed by operators, methods and functions of torch alone, none of which writes in place.

Why it hurts
    p = ... gives another value to the name p. The parameter that it stood for stays as it is: a target net is never
    updated, weights are never clipped or set anew.

Example
    for target, source in zip(target_net.parameters(), net.parameters()):
        target = tau * source + (1 - tau) * target

Instead
    with torch.no_grad():
        for target, source in zip(target_net.parameters(), net.parameters()):
            target.lerp_(source, tau)

When it is a false alarm
    None is known: the value is never used.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from goodfit.checks.engine.own_source import all_nodes
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

SOURCES = ("parameters", "named_parameters", "buffers", "named_buffers")
TORCH = ("torch", "F", "functional")
LOOP = lazy_pattern(r"^\s*for\b.*\.(named_)?(parameters|buffers)\(", re.MULTILINE)  # worth parsing the file for


class LoopNameRebound(SourceRule):
    code, level = "GF332", Level.WARNING
    worth_parsing = LOOP
    what = (
        "in a loop over parameters, {name} = ... gives the name another value, which is not used: the parameter stays "
        "as it is"
    )
    fix = "Write into the parameter under torch.no_grad(): p.copy_(...), p.lerp_(...), p.mul_(...)"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return rebound(tree)


def rebound(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Names that loops over parameters rebind without using them afterwards, each with its line."""
    for loop in all_nodes(tree):
        if not isinstance(loop, ast.For) or not _over_parameters(loop.iter):
            continue
        names = {node.id for node in all_nodes(loop.target) if isinstance(node, ast.Name)}
        for position, statement in enumerate(loop.body):
            if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
                continue
            target = statement.targets[0]
            if isinstance(target, ast.Name) and target.id in names and _only_computes(statement.value, names):
                used = any(_uses(later, target.id) for later in loop.body[position + 1 :])
                if not used:
                    yield target.id, statement.lineno
        yield from _without_effect(loop, names, tree)


def _without_effect(loop: ast.For, names: set[str], tree: ast.AST) -> Iterator[tuple[str, int]]:
    """The name of the last result of a loop over two nets that does nothing else, where nobody reads it."""
    known = set(names)
    for statement in loop.body:
        if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
            return
        given = statement.targets[0]
        targets = given.elts if isinstance(given, ast.Tuple) else [given]
        calls = any(isinstance(each, ast.Call) for each in all_nodes(statement.value))
        if not all(isinstance(each, ast.Name) for each in targets):
            return
        if calls and not _only_computes(statement.value, known):
            return
        known |= {each.id for each in targets if isinstance(each, ast.Name)}
    last = loop.body[-1]
    target = last.targets[0] if isinstance(last, ast.Assign) else None
    if not isinstance(target, ast.Name) or target.id in names or not isinstance(last, ast.Assign):
        return
    reads = (each for each in all_nodes(tree) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load))
    if isinstance(last.value, ast.BinOp) and len(names) >= 2 and not any(each.id == target.id for each in reads):
        yield target.id, last.lineno


def _over_parameters(iterated: ast.expr) -> bool:
    if not isinstance(iterated, ast.Call):
        return False
    function = iterated.func
    if isinstance(function, ast.Attribute):
        return function.attr in SOURCES
    wraps = isinstance(function, ast.Name) and function.id in ("zip", "enumerate", "list", "reversed")
    return wraps and any(_over_parameters(each) for each in iterated.args)


def _uses(node: ast.AST, name: str) -> bool:
    return any(isinstance(each, ast.Name) and each.id == name for each in all_nodes(node))


def _only_computes(value: ast.expr, names: set[str]) -> bool:
    """Whether all that happens in an expression is known to leave tensors as they are."""
    calls = [each.func for each in all_nodes(value) if isinstance(each, ast.Call)]
    return bool(calls or isinstance(value, ast.BinOp | ast.UnaryOp)) and all(
        isinstance(function, ast.Attribute)
        and not function.attr.endswith("_")
        and _is_tensors_or_torch(function.value, names)
        for function in calls
    )


def _is_tensors_or_torch(owner: ast.expr, names: set[str]) -> bool:
    """Whether methods of this are those of a tensor: a loop's name, p.data, a call or sum; or torch's functions."""
    if isinstance(owner, ast.Attribute):
        return owner.attr in ("data", "grad", "functional", "T") and _is_tensors_or_torch(owner.value, names)
    if isinstance(owner, ast.Name):
        return owner.id in names or owner.id in TORCH
    return isinstance(owner, ast.Call | ast.BinOp | ast.UnaryOp | ast.Subscript)
