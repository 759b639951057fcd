"""ignored-made-a-class: the label that the loss leaves out is turned into a class before the loss sees it.

What it checks
    In the source of the program: a loss has ignore_index=255 (or another number), and a line sets all labels of that
    number to a class: mask[mask == 255] = 0, np.where, torch.where, masked_fill. And in the program as it runs:
    in eight batches no target has the number. Copies, functions that draw or score, and those that keep where the
    labels were are left aside.

Why it hurts
    What nobody labelled (edges of objects, objects that are too small) is learnt as background, against what is seen
    there. ignore_index has no effect.

Example
    mask[mask == 255] = 0; criterion = nn.CrossEntropyLoss(ignore_index=255)

Instead
    leave 255 as it is

When it is a false alarm
    Labels of which the number means background in one of the data sets, and not in the other one.

Cost
    A comparison of the targets with one number, in eight calls of a loss; the files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Mapping

from goodfit.checks.engine.events import Loss, WatchEnds
from goodfit.checks.engine.own_source import all_nodes, called, given, of_kind, within_body
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.lazy_pattern import lazy_pattern

CALLS_LOOKED_AT = 8
BY_DEFAULT = -100  # ignore_index where none is given
WORTH_PARSING = lazy_pattern(r"\w == -?\w+\]+ = \d|(where|masked_fill_?)\(.{1,40} == ")
OF_COPIES = ("clone", "copy", "deepcopy")
ASIDE = lazy_pattern(
    r"draw|show|plot|colou?r|visual|decode|palette|iou|metric|eval|valid|test|score|confus|one_?hot|dice"
)


class IgnoredMadeAClass(LiveRule):
    code, level = "GF549", Level.NOTICE

    def start(self) -> None:
        self.calls: Counter[int] = Counter()  # of losses without a target to ignore, by ignore_index
        self.met: set[int] = set()  # ignore_index of losses that had such targets

    def on_loss(self, event: Loss) -> None:
        ignored = event.options.get("ignore_index")
        if not isinstance(ignored, int) or ignored == BY_DEFAULT or not event.grad or event.target.is_floating_point():
            return
        if ignored not in self.met and self.calls[ignored] < CALLS_LOOKED_AT:
            self.calls[ignored] += 1
            if bool((event.target == ignored).any()):
                self.met.add(ignored)

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        absent = {each for each, calls in self.calls.items() if calls >= CALLS_LOOKED_AT} - self.met
        if not absent:
            return
        for source in self.program.source.files():
            if source.mentions(WORTH_PARSING):
                for name, number, line in source.found(made_classes):
                    if number in absent:
                        yield self.finding(
                            f"{name} has a class in place of {number}, which the loss would leave out "
                            f"(ignore_index={number}): no target is {number}, and what is not labelled is learnt",
                            f"Leave the labels of {number} as they are",
                            file=source.file,
                            line=line,
                        )


def made_classes(tree: ast.Module) -> Iterator[tuple[str, int, int]]:
    """Arrays of which one number is replaced by a class, with the number and the line."""
    constants = {
        ast.unparse(target): number
        for target, value in given(all_nodes(tree))
        if (number := _number(value, {})) is not None
    }
    functions = [*of_kind(tree, ast.FunctionDef)]
    for name, body in [("", tree.body), *((each.name, each.body) for each in functions)]:
        nodes = within_body(body)
        if ASIDE.search(name.lower()):
            continue
        copies = {
            ast.unparse(target)
            for target, value in given(nodes)
            if any(called(each) in OF_COPIES for each in all_nodes(value))
        }
        asked = Counter(ast.unparse(node.left) for node in nodes if isinstance(node, ast.Compare))
        in_place = [
            (node.func.value, node)
            for node in nodes
            if called(node) == "masked_fill_" and isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        ]
        for target, value in dict.fromkeys((*given(nodes), *in_place)):
            for owner, number, made in _replaced(target, value, constants):
                if owner not in copies and asked[owner] == 1 and 0 <= made != number:
                    yield owner, number, target.lineno


def _replaced(target: ast.expr, value: ast.expr, constants: Mapping[str, int]) -> Iterator[tuple[str, int, int]]:
    """The array, the number and the class of x[x == 255] = 0 and of x = where(x == 255, 0, x)."""
    test: ast.expr | None = None
    made: ast.expr = value
    if isinstance(target, ast.Subscript):
        test = target.slice
        owner = ast.unparse(target.value)
    else:
        owner = ast.unparse(target)
        if isinstance(value, ast.Call) and called(value) == "where" and len(value.args) == 3:
            test, made, rest = value.args
            if ast.unparse(rest) != owner:
                return
        elif isinstance(value, ast.Call) and called(value) in ("masked_fill", "masked_fill_") and len(value.args) == 2:
            test, made = value.args
    if isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], ast.Eq):
        number, new = (_number(each, constants) for each in (test.comparators[0], made))
        if ast.unparse(test.left) == owner and number is not None and new is not None:
            yield owner, number, new


def _number(value: ast.expr, constants: Mapping[str, int]) -> int | None:
    if isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.USub):
        number = _number(value.operand, constants)
        return None if number is None else -number
    if isinstance(value, ast.Constant):
        return value.value if type(value.value) is int else None
    return constants.get(ast.unparse(value))
