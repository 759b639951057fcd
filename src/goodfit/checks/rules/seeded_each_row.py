"""seeded-each-row: a data set makes a random generator with the same seed for each row that it reads.

What it checks
    The program's source: `__getitem__` of a data set makes a generator with a number as its seed, or with an attribute
    or constant that is never set anew, or seeds one so. Not where the seed depends on the row or the epoch, not under a
    condition that names evaluation, and not where nothing but an order is drawn.

Why it hurts
    Every row, in every epoch, gets the same "random" shift, crop or noise: nothing is augmented, and all rows are moved
    alike.

Example
    def __getitem__(self, i):
        rng = np.random.RandomState(0)
        return self.x[i] + rng.randn(*self.x[i].shape)

Instead
    self.rng = np.random.RandomState(0)                # in __init__, or seeded by row and epoch

When it is a false alarm
    One transform that is meant for all rows: make it once, in __init__.

Cost
    One look at the source after training.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from goodfit.checks.engine.own_source import all_nodes, called
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

ORDERS = ("permutation", "shuffle", "randperm", "sample")  # which may be meant to be the same for all rows
DRAWS = ("rand", "randn", "normal", "uniform", "random", "integers", "randint", "choice", "standard_normal", "gauss")
SEEDING = ("RandomState", "default_rng", "Random", "manual_seed", "seed")
EVALUATION = lazy_pattern(r"eval|val|test|not self\.(is_)?train|not self\.augment", re.IGNORECASE)


class SeededEachRow(SourceRule):
    code, level = "GF521", Level.WARNING
    worth_parsing = lazy_pattern(r"__getitem__")
    what = "{name} in __getitem__ gives every row, in every epoch, the same random numbers"
    fix = "Make the generator once, in __init__, or seed it with the row and the epoch"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        yield from seeded(tree)


def seeded(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Calls that seed a generator in __getitem__ with a number, each with its line."""
    set_anew = _set_anew(tree)
    for function in all_nodes(tree):
        if not isinstance(function, ast.FunctionDef) or function.name != "__getitem__" or _draws_orders(function):
            continue
        guarded = {
            id(node)
            for branch in all_nodes(function)
            if isinstance(branch, ast.If) and EVALUATION.search(ast.unparse(branch.test))
            for part in branch.body
            for node in all_nodes(part)
        }
        for node in all_nodes(function):
            seeds = isinstance(node, ast.Call) and called(node) in SEEDING and id(node) not in guarded
            if isinstance(node, ast.Call) and seeds and _is_fixed(node, set_anew):
                yield ast.unparse(node), node.lineno


def _is_fixed(call: ast.Call, set_anew: set[str]) -> bool:
    values = [*call.args, *(each.value for each in call.keywords if each.arg == "seed")]
    if len(values) != 1:
        return False
    seed = values[0]
    if isinstance(seed, ast.Attribute) and isinstance(seed.value, ast.Name) and seed.value.id == "self":
        return "seed" in seed.attr.lower() and seed.attr not in set_anew
    if isinstance(seed, ast.Name):
        return seed.id.isupper() and seed.id not in set_anew
    return isinstance(seed, ast.Constant) and isinstance(seed.value, int)


def _set_anew(tree: ast.Module) -> set[str]:
    """Attributes and constants that are set outside __init__ and the file's first level, so that they may change."""
    first = {
        id(node)
        for each in all_nodes(tree)
        if each is tree or (isinstance(each, ast.FunctionDef) and each.name == "__init__")
        for statement in getattr(each, "body", ())
        if each is not tree or isinstance(statement, ast.Assign | ast.AnnAssign)
        for node in all_nodes(statement)
    }
    stored = [node for node in all_nodes(tree) if id(node) not in first]
    names = {node.id for node in stored if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return names | {node.attr for node in stored if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)}


def _draws_orders(function: ast.FunctionDef) -> bool:
    """Whether orders of rows are all that is drawn."""
    drawn = {called(node) for node in all_nodes(function) if isinstance(node, ast.Call)}
    return bool(drawn & set(ORDERS)) and not drawn & set(DRAWS)
