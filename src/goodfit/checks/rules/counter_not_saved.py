"""counter-not-saved: a module counts its updates in a plain number, which its state does not hold.

What it checks
    In the source of the program: a module of its own sets a number to 0 in __init__ and counts it up in a method, where
    it also enters an exponent or a quotient; the module's state is saved and loaded, and nothing saves the number or
    sets it after that.

Why it hurts
    After a resumption it begins at 0. An average whose decay is warmed up forgets what it has averaged within a few
    steps; a temperature or a weight that is annealed starts anew.

Example
    self.updates = 0          # and in update(): decay = self.decay * (1 - exp(-self.updates / 2000))

Instead
    self.register_buffer("updates", torch.tensor(0))

When it is a false alarm
    A count that is to begin anew in each run.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from goodfit.checks.engine.own_source import all_nodes, called, given, last_name, of_kind, owner_of
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

STATES = ("state_dict", "load_state_dict", "get_extra_state", "_save_to_state_dict", "extra_state")


class CounterNotSaved(SourceRule):
    code, level = "GF485", Level.WARNING
    worth_parsing = lazy_pattern(r"load_state_dict(?s:.)*\+= *1\b|\+= *1\b(?s:.)*load_state_dict")
    what = "{name} is a plain number: what is saved of the module does not hold it, and a resumed run counts from 0"
    fix = "Make it a buffer: self.register_buffer('updates', torch.tensor(0))"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return not_saved(tree)


def not_saved(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Counters of modules that a formula needs and their state does not hold, each with its line."""
    loaded = {
        owner_of(node).rpartition(".")[2] for node in of_kind(tree, ast.Call) if called(node) == "load_state_dict"
    }
    saved = {owner_of(node).rpartition(".")[2] for node in of_kind(tree, ast.Call) if called(node) == "state_dict"}
    made = {last_name(target): called(value) for target, value in given(all_nodes(tree)) if called(value)}
    for owner in of_kind(tree, ast.ClassDef):
        methods = {each.name: each for each in owner.body if isinstance(each, ast.FunctionDef)}
        is_module = any(last_name(base).endswith("Module") for base in owner.bases)
        names = {name for name, kind in made.items() if kind == owner.name}
        if not is_module or not names & loaded & saved or methods.keys() & set(STATES) or "__init__" not in methods:
            continue
        for target, value in given(all_nodes(methods["__init__"])):
            is_zero = isinstance(value, ast.Constant) and type(value.value) is int and value.value == 0
            name = last_name(target)
            if not is_zero or not ast.unparse(target).startswith("self.") or _is_known_outside(tree, owner, name):
                continue
            if _is_counted(methods, name):
                yield f"{owner.name}.{name}", target.lineno


def _is_counted(methods: dict[str, ast.FunctionDef], name: str) -> bool:
    """Whether a method adds 1 to it and takes a power or a quotient of it."""
    text = f"self.{name}"
    for method in methods.values():
        nodes = all_nodes(method)
        adds = any(
            isinstance(n, ast.AugAssign) and isinstance(n.op, ast.Add) and ast.unparse(n.target) == text for n in nodes
        )
        enters = any(
            isinstance(n, ast.BinOp)
            and isinstance(n.op, ast.Div | ast.Pow)
            and text in {ast.unparse(e) for e in all_nodes(n)}
            for n in nodes
        )
        if adds and enters:
            return True
    return False


def _is_known_outside(tree: ast.Module, owner: ast.ClassDef, name: str) -> bool:
    """Whether the program reads or sets it elsewhere, as one does that saves it by itself."""
    inside = {id(node) for node in all_nodes(owner)}
    return any(node.attr == name and id(node) not in inside for node in of_kind(tree, ast.Attribute))
