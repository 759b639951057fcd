"""Whether the value that a statement gives a name is read before the name is given another: of the program's source."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from goodfit.checks.engine.own_source import OWN_SCOPE, all_nodes

READ, SET, PASSED = "read", "set anew", "passed over"
Block = Sequence[ast.stmt]


def is_read(scope: Block, statement: ast.stmt, name: str) -> bool:
    """Whether the value may be read behind a statement of a scope; also where that cannot be decided."""
    blocks = _around(scope, statement)
    inner = (node for each in scope for node in all_nodes(each) if isinstance(node, OWN_SCOPE))
    return not blocks or any(_reads_from_outside(node, name) for node in inner) or _from(blocks, statement, name)


def _reads_from_outside(inner: ast.AST, name: str) -> bool:
    """Whether a function within a scope reads a name that is not its own."""
    own = any(
        (isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store))
        or (isinstance(node, ast.arg) and node.arg == name)
        for node in all_nodes(inner)
    )
    return not own and _reads(inner, name)


def _from(blocks: list[tuple[Block, ast.stmt | None]], statement: ast.stmt, name: str) -> bool:
    """The same, of blocks around the statement, the innermost first, each with the statement that it belongs to."""
    for block, owner in blocks:
        at = next(number for number, each in enumerate(block) if each is statement)
        use = _next_use(block[at + 1 :], name)
        if use == SET and any(isinstance(node, ast.Break) for each in block[at + 1 :] for node in all_nodes(each)):
            use = PASSED  # the loop may be left before
        if use == PASSED and isinstance(owner, ast.For | ast.While):
            again = [ast.Expr(owner.test)] if isinstance(owner, ast.While) else [_targets(owner)]
            round_again = _next_use([*again, *block[: at + 1]], name)
            if round_again == READ:
                return True
        if use != PASSED:
            return use == READ
        if owner is None:
            return False
        statement = owner
    return False


def _targets(loop: ast.For | ast.AsyncFor) -> ast.stmt:
    return ast.Assign([loop.target], ast.Constant(None))


def _around(scope: Block, wanted: ast.stmt) -> list[tuple[Block, ast.stmt | None]]:
    """The blocks around a statement, the innermost first, each with the statement that it is a part of."""
    waiting: list[list[tuple[Block, ast.stmt | None]]] = [[(scope, None)]]
    while waiting:
        chain = waiting.pop()
        for statement in chain[0][0]:
            if statement is wanted:
                return chain
            if not isinstance(statement, OWN_SCOPE):
                waiting += [[(block, statement), *chain] for block in _blocks(statement)]
    return []


def _blocks(statement: ast.stmt) -> list[Block]:
    parts = [getattr(statement, name, []) for name in ("body", "orelse", "finalbody")]
    parts += [each.body for each in [*getattr(statement, "handlers", []), *getattr(statement, "cases", [])]]
    return [part for part in parts if part]


def _next_use(block: Block, name: str) -> str:
    """What is done first with the value that a name has before a block."""
    for statement in block:
        use = _use(statement, name)
        if use != PASSED:
            return use
    return PASSED


def _use(statement: ast.stmt, name: str) -> str:
    if isinstance(statement, OWN_SCOPE) or not any(
        isinstance(node, ast.Name) and node.id == name for node in all_nodes(statement)
    ):
        return SET if isinstance(statement, ast.Return | ast.Raise) else PASSED  # what follows is not reached
    if isinstance(statement, ast.If):
        uses = {_next_use(block, name) for block in (statement.body, statement.orelse)}
        if _reads(statement.test, name) or READ in uses:
            return READ
        return PASSED if PASSED in uses else SET
    if isinstance(statement, ast.For):
        if _reads(statement.iter, name) or _next_use([_targets(statement), *statement.body], name) == READ:
            return READ
        return _next_use(statement.orelse, name)
    if isinstance(statement, ast.While):
        if _reads(statement.test, name) or _next_use(statement.body, name) == READ:
            return READ
        return _next_use(statement.orelse, name)
    if isinstance(statement, ast.With):
        return READ if any(_reads(item, name) for item in statement.items) else _next_use(statement.body, name)
    if _reads(statement, name) or isinstance(
        statement, ast.AugAssign | ast.Try | ast.Match | ast.AsyncFor | ast.AsyncWith
    ):
        return READ
    return SET


def _reads(node: ast.AST, name: str) -> bool:
    return any(
        isinstance(each, ast.Name) and each.id == name and isinstance(each.ctx, ast.Load) for each in all_nodes(node)
    )
