"""argument-at-hand: a function has a mask, a batch vector or lengths for a call that takes them, and keeps them.

What it checks
    In the source of the program: a method calls another of the program's own modules or functions that has a parameter
    of the name of one of the caller's own (mask, batch, lengths, edge_weight and the like), None without it, that it
    reads; the call gives other arguments and not that one; and nothing gives it to that callee, or another of its
    class, anywhere. A mask that chooses rows in the caller is left aside.

Why it hurts
    The callee goes on without it: attention looks at padding, rows of all graphs are pooled into one, links weigh the
    same. Shapes fit, so nothing fails.

Example
    def forward(self, x, mask=None):
        return self.head(self.attention(x))                # attention(x, mask=None)

Instead
    return self.head(self.attention(x, mask))

When it is a false alarm
    A call that is to go without it on purpose, beside one function with the argument for something else.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from goodfit.checks.engine.own_source import called, children, last_name, of_kind
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

Function = ast.FunctionDef
NEEDED = lazy_pattern(
    r"(^|_)(mask|masks|padding|pad_mask|lengths?|lens|seq_lens?|batch|batch_index|batch_idx|edge_weights?|edge_attr)$"
)


class ArgumentAtHand(SourceRule):
    code, level = "GF675", Level.WARNING
    worth_parsing = lazy_pattern(r"(mask|padding|len\w*|batch\w*|edge_\w+)(: [^=,\n]+)? ?= ?None")
    what = "{name}: it goes on with None"
    fix = "Give it"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return not_given(tree)


def not_given(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Calls without an argument that is at hand, each with its line."""
    classes = {node.name: node for node in of_kind(tree, ast.ClassDef)}
    methods = {id(node) for owner in classes.values() for node in owner.body}
    functions = {node.name: node for node in of_kind(tree, Function) if id(node) not in methods}
    for owner in classes.values():
        parts = dict(_parts(owner, classes))
        for method in (each for each in owner.body if isinstance(each, Function)):
            yield from _of_function(method, parts, functions, tree)


def _parts(owner: ast.ClassDef, classes: Mapping[str, ast.ClassDef]) -> Iterator[tuple[str, Function]]:
    """self.name -> the forward of what it is set to: one of the program's own classes."""
    for node in of_kind(owner, ast.Assign):
        for target in node.targets:
            names = [target] if not isinstance(target, ast.Tuple) else list(target.elts)
            values = [node.value] if not isinstance(node.value, ast.Tuple) else list(node.value.elts)
            if len(names) == len(values):
                for name, value in zip(names, values, strict=True):
                    made = classes.get(called(value))
                    forward = next(
                        (each for each in made.body if isinstance(each, Function) and each.name == "forward"), None
                    ) if made is not None else None  # fmt: skip
                    if forward is not None and forward.args.vararg is None and forward.args.kwarg is None:
                        yield ast.unparse(name), forward
    for method in owner.body:
        if isinstance(method, Function) and method.name not in ("__init__", "forward"):
            yield f"self.{method.name}", method


def _of_function(
    caller: Function, parts: Mapping[str, Function], functions: Mapping[str, Function], tree: ast.Module
) -> Iterator[tuple[str, int]]:
    own = {each.arg for each in [*caller.args.args, *caller.args.kwonlyargs]}
    for call in of_kind(caller, ast.Call):
        name = ast.unparse(call.func)
        callee = parts.get(name) or functions.get(name)
        if callee is None or callee is caller or not (call.args or call.keywords):
            continue
        if any(isinstance(each, ast.Starred) for each in call.args) or any(each.arg is None for each in call.keywords):
            continue
        alike = {called_as for called_as, each in parts.items() if each is callee} | {name}
        for parameter in _optional(callee):
            chooses_rows = "mask" in parameter and _is_index(caller, parameter)
            if (
                parameter in own
                and NEEDED.search(parameter)
                and not chooses_rows
                and not _gives(call, callee, parameter)
            ):
                others = [
                    each
                    for each in of_kind(tree, ast.Call)
                    if (last_name(each.func) == last_name(call.func) or ast.unparse(each.func) in alike)
                    and each is not call
                ]
                if not any(_gives(each, callee, parameter) for each in others) and _reads(callee, parameter):
                    yield f"{name} takes {parameter}, {caller.name} has one, and does not give it", call.lineno


def _is_index(caller: Function, name: str) -> bool:
    """Whether rows are chosen by it: x[mask]."""
    return any(
        isinstance(node, ast.Name) and node.id == name
        for each in of_kind(caller, ast.Subscript)
        for node in of_kind(each.slice, ast.Name)
    )


def _optional(callee: Function) -> Iterator[str]:
    """Parameters that are None where nothing is given."""
    arguments = callee.args.args
    for argument, default in zip(
        arguments[len(arguments) - len(callee.args.defaults) :], callee.args.defaults, strict=True
    ):
        if ast.unparse(default) == "None":
            yield argument.arg
    for argument, value in zip(callee.args.kwonlyargs, callee.args.kw_defaults, strict=True):
        if value is not None and ast.unparse(value) == "None":
            yield argument.arg


def _gives(call: ast.Call, callee: Function, parameter: str) -> bool:
    names = [each.arg for each in callee.args.args if each.arg != "self"]
    if any(each.arg in (parameter, None) for each in call.keywords) or any(
        isinstance(each, ast.Starred) for each in call.args
    ):
        return True
    return parameter in names and names.index(parameter) < len(call.args)


def _reads(callee: Function, parameter: str) -> bool:
    return any(
        node.id == parameter and isinstance(node.ctx, ast.Load)
        for statement in children(callee)
        for node in of_kind(statement, ast.Name)
    )
