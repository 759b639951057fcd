"""split-anew-when-resumed: training goes on from a checkpoint, with another split of the rows.

What it checks
    In the source of a program that takes its epoch from what torch.load gave: rows are split at random by
    random_split or train_test_split without a generator or a seed, and nothing in the file sets one.

Why it hurts
    After each resumption most of the rows held out are rows that were learnt before: the validation score rises by
    what is remembered, and weights are chosen by it.

Example
    train, valid = random_split(data, [0.8, 0.2]); net.load_state_dict(torch.load(path)["net"])

Instead
    train, valid = random_split(data, [0.8, 0.2], generator=torch.Generator().manual_seed(0))

When it is a false alarm
    A seed that another file sets.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from goodfit.checks.engine.formulas import formulas
from goodfit.checks.engine.own_source import called, of_kind
from goodfit.checks.engine.resumption import goes_on_from_a_checkpoint
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

SEEDS = lazy_pattern(r"seed|Generator\(|random_state|set_rng_state|default_rng|import \*", 0)
KNOWN = ("generator", "random_state", "shuffle")  # shuffle=False


class SplitAnewWhenResumed(SourceRule):
    code, level = "GF661", Level.WARNING
    worth_parsing = lazy_pattern(r"torch\.load\([\s\S]*(random|test)_split\(|(random|test)_split\([\s\S]*torch\.load\(")
    what = "{name} divides the rows anew each time the program is begun, also where it goes on from a checkpoint"
    fix = "Give the split a seed: generator=torch.Generator().manual_seed(0), or random_state=0"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        if SEEDS.search(ast.unparse(tree)) or not any(goes_on_from_a_checkpoint(scope) for scope in formulas(tree)):
            return
        for node in of_kind(tree, ast.Call):
            given = {keyword.arg for keyword in node.keywords}
            if called(node) in ("random_split", "train_test_split") and not given & {*KNOWN, None}:
                yield called(node), node.lineno
