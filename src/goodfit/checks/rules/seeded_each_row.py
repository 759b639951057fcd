"""seeded-each-row: a data set makes a random generator with the same seed for each row that it reads.

What it checks
    The program's source: `__getitem__` of a data set makes a generator with a number as its seed, or seeds one, and
    draws from it. Not where the seed depends on the row or the epoch, and not under a condition that names evaluation.

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

SEEDING = ("RandomState", "default_rng", "Random", "manual_seed", "seed")
EVALUATION = re.compile(r"eval|val|test|not self\.(is_)?train|not self\.augment", re.IGNORECASE)


class SeededEachRow(SourceRule):
    code, level = "GF521", Level.WARNING
    worth_parsing = re.compile(r"__getitem__")
    what = "{name} in __getitem__ gives every row, in every epoch, the same random numbers"
    fix = "Make the generator once, in __init__, or seed it with the row and the epoch"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        yield from seeded(tree)


def seeded(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Calls that seed a generator in __getitem__ with a number, each with its line."""
    for function in all_nodes(tree):
        if not isinstance(function, ast.FunctionDef) or function.name != "__getitem__":
            continue
        guarded = {
            id(node)
            for branch in all_nodes(function)
            if isinstance(branch, ast.If) and EVALUATION.search(ast.unparse(branch.test))
            for part in branch.body
            for node in all_nodes(part)
        }
        for node in all_nodes(function):
            if isinstance(node, ast.Call) and called(node) in SEEDING and id(node) not in guarded and _is_fixed(node):
                yield ast.unparse(node), node.lineno


def _is_fixed(call: ast.Call) -> bool:
    values = [*call.args, *(each.value for each in call.keywords if each.arg == "seed")]
    return len(values) == 1 and isinstance(values[0], ast.Constant) and isinstance(values[0].value, int)
