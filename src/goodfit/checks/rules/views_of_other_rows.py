"""views-of-other-rows: two loaders of one dataset are read side by side as two views, and each shuffles by itself.

What it checks
    In the source of the program: two DataLoaders of the same dataset, both with shuffle=True and no generator, are
    zipped in a loop that trains; the file compares views: by cosines, or under a name such as contrastive or SimSiam.

Why it hurts
    The two rows of a pair are different ones. The net is taught that any two rows are alike: representations collapse,
    or learn what all rows have in common.

Example
    for a, b in zip(DataLoader(data, shuffle=True), DataLoader(data, shuffle=True)): loss = far(net(a), net(b))

Instead
    for x in DataLoader(data, shuffle=True): loss = far(net(augment(x)), net(augment(x)))

When it is a false alarm
    Pairs that are to be of different rows, as negatives are.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from goodfit.checks.engine.own_source import all_nodes, called, given, of_kind
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

VIEWS = lazy_pattern(r"(?i)cosine_similarity|contrast|simclr|simsiam|byol|nt_?xent|info_?nce|barlow|vicreg|two views")
OWN_ORDER = ("generator", "sampler", "batch_sampler")


class ViewsOfOtherRows(SourceRule):
    code, level = "GF489", Level.WARNING
    worth_parsing = lazy_pattern(r"zip\((?s:.)*DataLoader|DataLoader(?s:.)*zip\(")
    what = "{name} read the same dataset, each in an order of its own: the two rows of a pair are different rows"
    fix = "Read it once, and make both views of each row: augment(x), augment(x)"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return pairs_of_others(tree)


def pairs_of_others(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Zipped loaders of one dataset that shuffle apart, each pair with the line of its loop."""
    if not VIEWS.search(ast.unparse(tree)):
        return
    loaders = {ast.unparse(target): value for target, value in given(all_nodes(tree))}
    for loop in of_kind(tree, ast.For):
        zipped = [each for each in all_nodes(loop.iter) if called(each) == "zip" and isinstance(each, ast.Call)]
        if not zipped or not any(called(node) == "backward" for node in all_nodes(loop)):
            continue
        names = [ast.unparse(each) for each in zipped[0].args]
        data = [_shuffled(loaders.get(name, each)) for name, each in zip(names, zipped[0].args, strict=True)]
        if len(data) == 2 and data[0] and data[0] == data[1]:
            yield " and ".join(names), loop.lineno


def _shuffled(loader: ast.AST) -> str:
    """The dataset of a loader that shuffles by itself; "" of others."""
    if not isinstance(loader, ast.Call) or called(loader) != "DataLoader":
        return ""
    options = {each.arg: ast.unparse(each.value) for each in loader.keywords}
    data = ast.unparse(loader.args[0]) if loader.args else options.get("dataset", "")
    return data if options.get("shuffle") == "True" and not options.keys() & set(OWN_ORDER) else ""
