"""collected-anew: what a loop collects is begun anew in each of its rounds, and read after it.

What it checks
    In the source of the program: in the body of a loop a list is set to [] or a sum to 0, gets one thing more in that
    same round, is not read in it otherwise, and is read after the loop, which nothing breaks off.

Why it hurts
    Only the last round is left: a batch is made of its last row, an accuracy is that of the last mini-batch.

Example
    for image in batch:
        inputs = []
        inputs.append(prepare(image))
    loss = net(torch.stack(inputs))

Instead
    inputs = []
    for image in batch: inputs.append(prepare(image))

When it is a false alarm
    None is known.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from goodfit.checks.engine.own_source import OWN_SCOPE, all_nodes, given, of_this_loop, scopes
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

ADDING = ("append", "extend", "add", "update")


class CollectedAnew(SourceRule):
    code, level = "GF473", Level.WARNING
    worth_parsing = lazy_pattern(r"= *(\[\]|list\(\)|0|0\.0|\{\}|set\(\))|\[\]")
    what = "{name} is begun anew in each round of the loop that fills it: after the loop it holds the last round alone"
    fix = "Begin {name} before the loop"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return begun_anew(tree)


def begun_anew(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Names that a loop begins and fills in each round, and that are read after it alone; each with its line."""
    for scope in scopes(tree):
        for block in _blocks(scope):
            for at, loop in enumerate(block):
                if not isinstance(loop, ast.For) or loop.orelse:
                    continue
                inside = [node for each in loop.body for node in of_this_loop(each)]
                if any(isinstance(node, ast.Break | ast.Return | ast.Yield) for node in inside):
                    continue
                for name, line in _begun(loop.body):
                    if _is_filled_once(loop.body, name) and _is_read_first(block[at + 1 :], name):
                        yield name, line


def _blocks(scope: list[ast.stmt]) -> Iterator[list[ast.stmt]]:
    """A scope's statements, and those of each block in it."""
    yield scope
    for statement in scope:
        if isinstance(statement, OWN_SCOPE):
            continue
        for field in ("body", "orelse", "finalbody"):
            block = getattr(statement, field, None)
            if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
                yield from _blocks(block)


def _begun(body: list[ast.stmt]) -> Iterator[tuple[str, int]]:
    for target, value in given(body):
        is_list = ast.unparse(value) in ("[]", "{}", "list()", "set()", "dict()")
        is_zero = isinstance(value, ast.Constant) and type(value.value) in (int, float) and value.value == 0
        if isinstance(target, ast.Name) and (is_list or is_zero):
            yield target.id, target.lineno


def _is_filled_once(body: list[ast.stmt], name: str) -> bool:
    """Whether a round adds to it in this very loop, and nothing of the loop reads it otherwise."""
    own = {id(node) for each in body for node in of_this_loop(each)}
    added, written = 0, set()
    for node in (node for each in body for node in all_nodes(each)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ADDING:
            if isinstance(node.func.value, ast.Name) and node.func.value.id == name:
                added += id(node) in own
                written.add(id(node.func.value))
        elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name) and node.target.id == name:
            added += id(node) in own and isinstance(node.op, ast.Add)
            written.add(id(node.target))
    loads = [
        node
        for each in body
        for node in all_nodes(each)
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)
    ]
    return added == 1 and all(id(node) in written for node in loads)


def _is_read_first(after: list[ast.stmt], name: str) -> bool:
    """Whether the next use of the name after the loop reads it."""
    for statement in after:
        names = [node for node in all_nodes(statement) if isinstance(node, ast.Name) and node.id == name]
        if names:
            return any(isinstance(node.ctx, ast.Load) for node in names) and not _sets_only(statement, name)
    return False


def _sets_only(statement: ast.stmt, name: str) -> bool:
    """Whether a statement begins it anew, or a block does so before it reads it."""
    if isinstance(statement, ast.Assign):
        reads = [n for n in all_nodes(statement.value) if isinstance(n, ast.Name) and n.id == name]
        return not reads
    block = [*getattr(statement, "body", [])]
    return bool(block) and not _is_read_first(block, name)
