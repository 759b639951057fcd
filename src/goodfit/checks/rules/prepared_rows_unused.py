"""prepared-rows-unused: rows are made noisy, masked, augmented or mixed, and nothing reads the result.

What it checks
    In the source of the program, in a function or the file: something whose name says so (noisy, augmented, masked,
    x_t, ...) is made of rows by a call or a formula, alone or beside other values; it is not read again; and the rows
    that it was made of are read after it by a call.

Why it hurts
    The net gets the rows as they were. A flow or a denoiser is shown what it is to find, and learns nothing that its
    sampler can use; a net trains without its augmentation.

Example
    t, xt, ut = flow.sample(x0, x1); loss = (net(x1, t) - ut).square().mean()

Instead
    t, xt, ut = flow.sample(x0, x1); loss = (net(xt, t) - ut).square().mean()

When it is a false alarm
    A value that is computed for its side effects alone, or kept to be looked at.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from goodfit.checks.engine.own_source import (
    OWN_SCOPE,
    all_nodes,
    called,
    given,
    last_name,
    names_in,
    scopes,
    within_body,
)
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

PREPARED = lazy_pattern(
    r"(?i)(^|_)(nois(y|ed)|aug(mented)?|masked|corrupt(ed)?|perturbed|mixed|normali[sz]ed|normed|standardi[sz]ed|jittered)"
    r"(_|\d|$)|^(x|z)_?t$|^(nois(y|ed)|masked|mixed|aug)\w{0,2}$"
)
READING_LOCALS = ("locals", "eval", "exec", "vars")


class PreparedRowsUnused(SourceRule):
    code, level = "GF476", Level.WARNING
    worth_parsing = lazy_pattern(
        r"(?i)nois(y|ed)|aug|masked|corrupt|perturbed|mixed|normali|normed|\b[xz]_?t\b|jittered"
    )
    what = "{name} is made and never read: what follows gets the rows as they were before"
    fix = "Give {name} to the net"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return unused(tree)


def unused(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Names of prepared rows that nothing reads, each with its line."""
    for scope in scopes(tree):
        own = within_body(scope)
        if any(called(node) in READING_LOCALS for node in own) or (scope is tree.body and _exports(tree)):
            continue
        every = [node for each in scope for node in all_nodes(each)]
        read = _loaded(own).union(*(_loaded(all_nodes(each)) - _own_names(each) for each in every if _is_scope(each)))
        shared = {name for node in every if isinstance(node, ast.Global | ast.Nonlocal) for name in node.names}
        for node in own:
            if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Call | ast.BinOp):
                continue
            if "split" in called(node.value):
                continue
            made_of = names_in(node.value)
            for target in node.targets:
                for each in target.elts if isinstance(target, ast.Tuple) else [target]:
                    name = last_name(each) if isinstance(each, ast.Name) else ""
                    if name and PREPARED.search(name) and name not in read | shared and _goes_on(own, made_of, node):
                        yield name, node.lineno


def _exports(tree: ast.Module) -> bool:
    """Whether a file says which of its names others may read."""
    return any(ast.unparse(target) == "__all__" for target, _ in given(tree.body))


def _is_scope(node: ast.AST) -> bool:
    return isinstance(node, OWN_SCOPE)


def _loaded(nodes: Iterable[ast.AST]) -> set[str]:
    return {node.id for node in nodes if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Store)}


def _own_names(scope: ast.AST) -> set[str]:
    """Arguments of a function and names that are set in it."""
    arguments = {node.arg for node in all_nodes(scope) if isinstance(node, ast.arg)}
    return arguments | {n.id for n in all_nodes(scope) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


def _goes_on(nodes: list[ast.AST], names: set[str], made: ast.Assign) -> bool:
    """Whether a call reads one of these names after it."""
    return any(
        isinstance(each, ast.Name) and each.id in names
        for node in nodes
        if isinstance(node, ast.Call) and node.lineno > made.lineno
        for argument in [*node.args, *(each.value for each in node.keywords)]
        for each in all_nodes(argument)
    )
