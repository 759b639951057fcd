"""memory-never-read: rows are put aside to be trained on again, and nothing takes them from there.

What it checks
    In the source of the program: a list, dictionary, deque or buffer whose name says that it keeps rows for later
    (replay, memory, exemplars, previous tasks, a queue of negatives) is filled in a loop, and nothing reads it but its
    own filling, its length, or what empties it.

Why it hurts
    Training goes on without the rows that were kept. A net that learns one task after the other forgets as it would
    without a memory, or it replays other rows than meant, such as all of the training data.

Example
    memory.append((x[:20], y[:20]))
    ...
    x_old, y_old = random.choice(train_sets)           # and not of memory

Instead
    x_old, y_old = random.choice(memory)

When it is a false alarm
    Rows that are written to a file at the end by another program.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from goodfit.checks.engine.own_source import STORING, all_nodes, called, children, of_kind
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

KEEPS = lazy_pattern(
    r"(?i)(^|_)(replay(_\w+)?|memory|memories|exemplars?(_\w+)?|episodic\w*|(previous|prev|past|old|seen)_(tasks?|data\w*|sets?|samples)|"
    r"rehearsal\w*|coreset|memory_bank|replay_buffer)$"
)
MADE_BY = ("list", "dict", "deque", "defaultdict", "OrderedDict")
EMPTIES = ("clear", "pop", "popleft", "popitem")


class MemoryNeverRead(SourceRule):
    code, level = "GF676", Level.WARNING
    worth_parsing = lazy_pattern(r"(?i)replay|memor|exemplar|episodic|rehears|coreset|previous|past_|old_|seen_|prev_")
    what = "{name} is filled, and nothing reads what it keeps"
    fix = "Take the rows of the replay from it, or leave it out"
    asks_the_file_alone = False

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        others = [source.text for source in self.program.source.files() if source.tree is not tree]
        for name, line in never_read(tree):
            if not any(name in text for text in others):
                yield name, line


def never_read(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Names of such collections, each with the line where it is filled."""
    made = {
        ast.unparse(target): node
        for node in of_kind(tree, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name | ast.Attribute) and _is_empty(node.value)
    }
    for name in made:
        if not KEEPS.search(name.rpartition(".")[2]):
            continue
        parents = {id(child): node for node in all_nodes(tree) for child in children(node)}
        fills, reads = [], 0
        for node in all_nodes(tree):
            if not isinstance(node, ast.Name | ast.Attribute) or ast.unparse(node) != name:
                continue
            if isinstance(node.ctx, ast.Store):
                continue
            use = _use(node, parents)
            fills += [node.lineno] if use == "fills" else []
            reads += use == "reads"
        if fills and not reads and not name.startswith("self."):
            yield name, fills[0]


def _is_empty(node: ast.expr) -> bool:
    if isinstance(node, ast.List | ast.Dict):
        return not (node.elts if isinstance(node, ast.List) else node.keys)
    return called(node) in MADE_BY and isinstance(node, ast.Call)


def _use(node: ast.AST, parents: dict[int, ast.AST]) -> str:
    """What a name stands in: memory.append(x), memory[k] = x, len(memory), or something that reads it."""
    above = parents[id(node)]
    if isinstance(above, ast.Attribute):
        call = parents[id(above)]
        is_statement = isinstance(call, ast.Call) and isinstance(parents[id(call)], ast.Expr)
        if is_statement and (STORING.search(above.attr) or above.attr in ("extend", "update")):
            return "fills"
        return "" if is_statement and above.attr in EMPTIES else "reads"
    if isinstance(above, ast.Subscript) and isinstance(above.ctx, ast.Store) and above.value is node:
        return "fills"
    if isinstance(above, ast.AugAssign) and above.target is node:
        return "fills"
    return "" if called(above) in ("len", "print") else "reads"
