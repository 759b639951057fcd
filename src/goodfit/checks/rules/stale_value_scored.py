"""stale-value-scored: an evaluation adds up, batch for batch, what the last training batch left behind.

What it checks
    In the source of the program: a loop without backward adds a loss or a score to a total. It reads a name that the
    loop never sets, and that only a loop with backward sets: the training loss, or its outputs.

Why it hurts
    The validation loss is that of the last training batch, as often as there are batches. It falls with the training
    loss whatever happens on held-out rows; early stopping and schedules follow it.

Example
    for x, y in val_loader:
        v_loss = loss_fn(net(x), y)
        val_loss += loss.item()

Instead
    val_loss += v_loss.item()

When it is a false alarm
    None is known.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from goodfit.checks.engine.formulas import formulas
from goodfit.checks.engine.own_source import all_nodes, called, names_in, within
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

READS = frozenset({"item", "argmax", "eq", "detach", "max", "sum", "cpu", "size"})


class StaleValueScored(SourceRule):
    code, level = "GF584", Level.WARNING
    worth_parsing = lazy_pattern(r"\.backward\(")
    what = "an evaluation adds up {name}, which the training loop set and this loop never does"
    fix = "Add up what this loop computes: val_loss += loss_of_this_batch.item()"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return stale_values(tree)


def stale_values(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Values of the training loop that a loop of an evaluation adds up, each with its line."""
    for scope in formulas(tree):
        loops = [node for node in scope.nodes if isinstance(node, ast.For)]
        trained = [loop for loop in loops if _has_backward(loop)]
        innermost = [
            each for each in trained if not any(other is not each and other in within(each) for other in trained)
        ]
        if not innermost:
            continue
        of_batch = {name: line for loop in innermost for name, line in _set_by(loop, of_loop=True).items()}
        anywhere = _lines_of(scope.nodes)
        for loop in loops:
            if _has_backward(loop) or not any(_is_after(loop, each) for each in innermost):
                continue
            own = set(_set_by(loop)) | names_in(loop.target)
            if not any(isinstance(each, ast.Call) for each in within(loop)):
                continue
            for node in within(loop):
                added = _added(node)
                for name in sorted(names_in(added)) if added is not None else ():
                    inside = [line for each in innermost for line in _lines_of(within(each)).get(name, [])]
                    only = name in of_batch and len(inside) == len(anywhere.get(name, []))
                    is_value = added is not None and _is_read_as_value(added, name)
                    if only and name not in own and is_value and added is not None and _computes(loop):
                        yield name, added.lineno
                        break


def _has_backward(loop: ast.For) -> bool:
    return any(called(node) in ("backward", "step") for node in within(loop))


def _is_after(loop: ast.For, other: ast.For) -> bool:
    return loop is not other and loop.lineno > (other.end_lineno or 0)


def _lines_of(nodes: tuple[ast.AST, ...] | list[ast.AST]) -> dict[str, list[int]]:
    """Where each name is set."""
    lines: dict[str, list[int]] = {}
    for node in nodes:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            lines.setdefault(node.id, []).append(node.lineno)
    return lines


def _set_by(loop: ast.For, *, of_loop: bool = False) -> dict[str, int]:
    """Names that a loop sets; of_loop: those alone that a call or an operation sets."""
    names: dict[str, int] = {}
    for node in within(loop):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and not of_loop:
            names[node.id] = node.lineno
        if of_loop and isinstance(node, ast.Assign) and isinstance(node.value, ast.Call | ast.BinOp):
            reads_batch = bool(names_in(node.value))
            for target in node.targets:
                for each in all_nodes(target) if reads_batch else ():
                    if isinstance(each, ast.Name):
                        names[each.id] = node.lineno
    return names


def _added(node: ast.AST) -> ast.expr | None:
    """What is added to a total, or appended to a list."""
    if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add):
        return node.value
    if called(node) == "append" and isinstance(node, ast.Call) and len(node.args) == 1:
        return node.args[0]
    return None


def _is_read_as_value(added: ast.expr | None, name: str) -> bool:
    """Whether a tensor is read: loss.item(), outputs.argmax(1) == y, loss * len(x)."""
    return added is not None and any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in READS
        and name in names_in(node.func.value)
        for node in all_nodes(added)
    )


def _computes(loop: ast.For) -> bool:
    """Whether the loop calls something with what it gets."""
    own = names_in(loop.target)
    return any(isinstance(node, ast.Call) and own & names_in(node) for node in within(loop))
