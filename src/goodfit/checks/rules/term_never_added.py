"""term-never-added: a term that the loss is to have is computed in each step, with its graph, and never added to it.

What it checks
    In the source of the program: in the loop that calls backward, a name of a boundary or initial condition, a
    divergence, a penalty, a cycle, an auxiliary or a consistency loss is set to what is computed of the net. It is no
    part of what backward is called on, and nothing else reads it but what prints or keeps its number. So are terms in a
    function that is called a loss and returns another term without it.

Why it hurts
    It is shown in each epoch and pulls at nothing. A physics-informed net without its boundary condition solves another
    problem: any solution of the equation, such as 0.

Example
    loss_bc = (net(edge) - value).pow(2).mean()
    loss = loss_pde
    loss.backward()

Instead
    loss = loss_pde + loss_bc

When it is a false alarm
    A term that is only to be shown: compute it under torch.no_grad().

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from goodfit.checks.engine.own_source import all_nodes, called, children, names_in, of_kind, scopes, within
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

KINDS = (
    r"bc|ic|bnd|bound\w*|init\w*|dirichlet|neumann|data|pde|phys\w*|resid\w*|kl|kld|kl_?div\w*|reg\w*|penalty|gp|"
    r"grad_?pen\w*|percep\w*|adv\w*|gan|cyc\w*|ident\w*|idt|consist\w*|commit\w*|vq|codebook|tv|aux\w*|contrast\w*|"
    r"recon\w*|rec|box|bbox|obj\w*|cls|conf|mask|smooth\w*|style|content|entropy|distill\w*|kd"
)
TERM = lazy_pattern(
    rf"(?i)^(l|loss|err|error|mse|res)_?({KINDS})$|^({KINDS})_?(l|loss|err|error|term|mse)$|^(kld|kl_div|kl|gp|gradient_penalty|grad_penalty)$"
)
HELD_OUT = lazy_pattern(r"(?i)(^|[_ ])(x_?|y_?)?(val|valid|validation|test|eval|dev|metric)s?([_ ]|$)")
LOSS = lazy_pattern(r"(?i)(^|_)(loss|criterion|objective)(_fn|_func|_function)?$|^(compute|calc|total)_\w*loss")
SHOWS = frozenset(
    {"print", "item", "append", "log", "add_scalar", "write", "update", "set_postfix", "set_description", "format"}
    | {"float", "detach", "round", "info"}
)
NO_GRAPH = frozenset({"item", "detach", "numpy", "tolist"})


class TermNeverAdded(SourceRule):
    code, level = "GF589", Level.WARNING
    yields_to = ("term-left-out",)
    worth_parsing = lazy_pattern(r"\.backward\(")
    what = "{name} is computed in each step and is no part of what backward is called on: it trains nothing"
    fix = "Add it to the loss, or compute it under torch.no_grad() where it is only shown"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return never_added(tree)


def never_added(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Terms that are computed beside a loss and not added to it, each with its line."""
    for body in scopes(tree):
        for block in _blocks(body):
            losses = [loss for each in block for loss in _losses(each)]
            if not losses:
                continue
            used = _used_by(losses, block)
            for node in block:
                yield from _left_out(node, used, tree)
    for function in of_kind(tree, ast.FunctionDef):
        values = [node.value for part in function.body for node in within(part) if isinstance(node, ast.Return)]
        returned = [each for each in values if isinstance(each, ast.Name | ast.BinOp)]
        if LOSS.search(function.name) and len(returned) == len(values) == 1:
            used = _used_by([returned[0]], function.body)
            has_term = any(TERM.search(name) for name in used)
            for node in function.body if has_term else ():
                yield from _left_out(node, used, tree)


def _blocks(body: list[ast.stmt]) -> Iterator[list[ast.stmt]]:
    """Lists of statements, without those of functions and classes in them."""
    yield body
    for statement in body:
        for node in within(statement):
            for name in ("body", "orelse"):
                block = getattr(node, name, None)
                if isinstance(block, list) and not isinstance(node, ast.Lambda):
                    yield block


def _losses(statement: ast.stmt) -> Iterator[ast.expr]:
    """What a statement of the block itself calls backward on, also under `with`."""
    parts = statement.body if isinstance(statement, ast.With) else [statement]
    for part in parts:
        for node in within(part) if isinstance(part, ast.Expr | ast.Assign) else ():
            if called(node) == "backward" and isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                yield node.func.value
                yield from node.args


def _used_by(losses: list[ast.expr], block: list[ast.stmt]) -> set[str]:
    """Names that the losses are made of, in any number of steps."""
    made: dict[str, set[str]] = {}
    for statement in block:
        for node in within(statement):
            if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign) and node.value is not None:
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                for target in targets:
                    for name in names_in(target):
                        made.setdefault(name, set()).update(names_in(node.value))
            elif called(node) in ("append", "extend", "update") and isinstance(node, ast.Call):
                for name in names_in(node.func):
                    made.setdefault(name, set()).update(*(names_in(each) for each in node.args))
    found: set[str] = set()
    waiting = {name for loss in losses for name in names_in(loss)}
    while waiting:
        found |= waiting
        waiting = {name for each in waiting for name in made.get(each, ())} - found
    return found


def _left_out(statement: ast.stmt, used: set[str], tree: ast.Module) -> Iterator[tuple[str, int]]:
    parts = (
        statement.body if isinstance(statement, ast.With) and "no_grad" not in ast.unparse(statement.items[0]) else []
    )
    for node in [statement, *parts]:
        if not isinstance(node, ast.Assign) or len(node.targets) != 1 or not isinstance(node.targets[0], ast.Name):
            continue
        name, value = node.targets[0].id, node.value
        is_computed = any(isinstance(each, ast.Call) for each in all_nodes(value))
        if (
            not TERM.search(name)
            or name in used
            or not is_computed
            or NO_GRAPH & {called(each) for each in all_nodes(value)}
        ):
            continue
        if HELD_OUT.search(" ".join(sorted(names_in(value)))):
            continue
        if all(
            _shows(each, tree) for each in of_kind(tree, ast.Name) if each.id == name and isinstance(each.ctx, ast.Load)
        ):
            yield name, node.lineno


def _shows(name: ast.Name, tree: ast.Module) -> bool:
    """Whether a name is read only to be printed or kept as a number."""
    parents = _parents(tree)
    node: ast.AST = name
    while id(node) in parents and not isinstance(node, ast.stmt):
        node = parents[id(node)]
        if called(node) in SHOWS:
            return True
    return False


def _parents(tree: ast.Module) -> dict[int, ast.AST]:
    known: dict[int, ast.AST] | None = vars(tree).get("_parents")
    if known is None:
        known = vars(tree)["_parents"] = {id(child): node for node in all_nodes(tree) for child in children(node)}
    return known
