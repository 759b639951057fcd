"""Rollouts of on-policy training that the source of a program appends to and never empties."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from goodfit.checks.engine.own_source import all_nodes, called, last_name, loops_in, names_in, of_kind
from goodfit.lazy_pattern import lazy_pattern

LOG_PROB = lazy_pattern(r"(?i)log_?p(rob|i|_|s?$)|^lps?$|logprob")
STACKS = frozenset({"stack", "cat", "tensor", "as_tensor", "array", "FloatTensor", "from_numpy", "zip"})
CHOOSES = frozenset({"sample", "choice", "choices", "popleft", "randint", "permutation_of_memory", "deque"})


def never_emptied(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Lists of log-probabilities that go on over updates, each with the line that appends to it."""
    emptied = _emptied(tree)
    for loop in loops_in(tree):
        inner = [each for each in loops_in(loop) if each is not loop]
        trains = any(called(node) == "backward" for node in all_nodes(loop))
        if not inner or not trains or any(called(node) in CHOOSES for node in _calls(loop) if _is_of_memory(node)):
            continue
        stacked = {
            last_name(each)
            for node in _calls(loop)
            if called(node) in STACKS
            for part in node.args
            for each in all_nodes(part)
            if last_name(each)
        }
        for call in (each for part in inner for each in _calls(part)):
            owner = call.func.value if isinstance(call.func, ast.Attribute) and called(call) == "append" else None
            name = last_name(owner) if owner is not None else ""
            kept = [last_name(each) for part in call.args for each in all_nodes(part)]
            is_log = LOG_PROB.search(name) or any(each == "log_prob" for each in kept)
            if owner is None or not is_log or name not in stacked or _is_set_in(loop, name):
                continue
            is_emptied = name in emptied or names_in(owner) & emptied
            if not is_emptied and _keeps_no_graph(call, tree):
                yield ast.unparse(owner), call.lineno


def _calls(node: ast.AST) -> list[ast.Call]:
    return of_kind(node, ast.Call)


def _is_of_memory(call: ast.Call) -> bool:
    """random.sample(memory, n), and not the draw of a distribution."""
    return called(call) != "sample" or bool(call.args)


def _is_set_in(loop: ast.AST, name: str) -> bool:
    """Whether a loop makes the list anew, or cuts or takes from it."""
    for node in of_kind(loop, ast.Assign):
        if any(last_name(each) == name for target in node.targets for each in all_nodes(target)):
            return True
    return any(
        last_name(each) == name
        for node in of_kind(loop, ast.Delete)
        for part in node.targets
        for each in all_nodes(part)
    )


def _emptied(tree: ast.Module) -> set[str]:
    """Names with a method that empties them, and names that a method of that kind makes anew."""
    words = ("clear", "reset", "pop", "empty", "flush", "clear_memory", "clear_buffer", "zero", "finish")
    found: set[str] = set()
    unused: set[int] = set()  # calls in clear() of a memory that nobody calls
    for function in of_kind(tree, ast.FunctionDef):
        inside = {id(call) for call in _calls(function)}
        if not any(called(call) == function.name and id(call) not in inside for call in _calls(tree)):
            unused |= inside
    for call in _calls(tree):
        if (
            id(call) not in unused
            and any(called(call).startswith(word) for word in words)
            and isinstance(call.func, ast.Attribute)
        ):
            found |= {last_name(each) for each in all_nodes(call.func.value) if last_name(each)}
            found |= names_in(call.func.value)
    return found


def _keeps_no_graph(call: ast.Call, tree: ast.Module) -> bool:
    """Whether what is appended has no graph, as that of old policies has to be: else a second backward fails."""
    if any(called(each) in ("item", "detach") for part in call.args for each in all_nodes(part)):
        return True
    own = call.lineno
    return any(
        "no_grad" in ast.unparse(item.context_expr)
        for node in of_kind(tree, ast.With)
        for item in node.items
        if node.lineno - 3 <= own <= (node.end_lineno or 0) + 8
    )
