"""answer-left-mirrored: a net sees images mirrored or turned, and its maps are averaged without being turned back.

What it checks
    A net gives maps of the size of its images. In the source of the program, a function calls it with images and with
    the same images flipped or rotated, and turns no output back.

Why it hurts
    The average has each object where it is, and where its mirror image would be: masks and restored images get worse by
    what was to make them better.

Example
    p = (net(x) + net(x.flip(-1))) / 2

Instead
    p = (net(x) + net(x.flip(-1)).flip(-1)) / 2

When it is a false alarm
    What is averaged has no place in the image, such as the share of a class.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from goodfit.checks.engine.events import NetCall
from goodfit.checks.engine.formulas import Formulas, formulas
from goodfit.checks.engine.own_source import all_nodes, called, names_in, of_kind
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

TURNS = ("flip", "hflip", "vflip", "fliplr", "flipud", "rot90")
OF_THE_WHOLE = ("mean", "amax", "adaptive_avg_pool2d")  # of a map, over its places
OF_ROWS = ("0", "[0]", "(0,)")  # dimensions: other rows of the batch, as in mixup
LIBRARIES = ("torch", "F", "np", "numpy", "functional", "nn")


class AnswerLeftMirrored(SourceRule):
    code, level = "GF655", Level.WARNING
    worth_parsing = lazy_pattern(r"\b(h|v)?flip(lr|ud)?\(|rot90\(")
    what = "{name} gives maps of turned images, and they are averaged with others without being turned back"
    fix = "Turn each output back before the average: net(x.flip(-1)).flip(-1)"
    asks_the_file_alone = False

    def start(self) -> None:
        self.gives_maps = False

    def on_call(self, event: NetCall) -> None:
        if not self.gives_maps and event.inputs and event.outputs:
            x, out = event.inputs[0], event.outputs[0]
            self.gives_maps = x.dim() == out.dim() == 4 and x.shape[2:] == out.shape[2:] and min(x.shape[2:]) > 1

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        if self.gives_maps:
            yield from left_turned(tree)


def left_turned(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Calls with turned images whose outputs are not turned back, each with its line."""
    for scope in formulas(tree):
        calls = [node for node in scope.nodes if isinstance(node, ast.Call)]
        turned = [node for node in calls if called(node) in TURNS]
        nets = [node for node in calls if node.args and not _is_of_library(node) and called(node) not in TURNS]
        for net in nets:
            image = _image_turned(net.args[0], scope)
            if image is None:
                continue
            name = ast.unparse(net.func)
            others = [each for each in nets if ast.unparse(each.func) == name and each is not net]
            plain = any(ast.unparse(each.args[0]) == image for each in others)
            outputs = _outputs(scope, name)
            back = any(
                any(isinstance(node, ast.Call) and ast.unparse(node.func) == name for node in all_nodes(each))
                or names_in(each) & outputs
                for each in turned
            )
            if plain and not back and _are_joined(scope, name, outputs):
                yield ast.unparse(net), net.lineno


def _is_of_library(node: ast.Call) -> bool:
    owner = node.func.value if isinstance(node.func, ast.Attribute) else None
    return isinstance(owner, ast.Name) and owner.id in LIBRARIES


def _image_turned(node: ast.expr, scope: Formulas) -> str | None:
    """The images, as they are written, of which a turned copy is given; None of anything else."""
    value = scope.value(node)
    if not isinstance(value, ast.Call) or called(value) not in TURNS:
        return None
    given = [*value.args, *(each.value for each in value.keywords)]
    if given and ast.unparse(given[-1]) in OF_ROWS:
        return None
    if isinstance(value.func, ast.Attribute) and not _is_of_library(value) and called(value) in ("flip", "rot90"):
        return ast.unparse(value.func.value)
    return ast.unparse(value.args[0]) if value.args else None


def _outputs(scope: Formulas, net: str) -> set[str]:
    """Names that hold what a net gave, directly or through others."""
    names: set[str] = set()
    for _ in range(3):
        for target, values in scope.values.items():
            for value in values:
                is_output = any(ast.unparse(node.func) == net for node in of_kind(value, ast.Call))
                if is_output or names_in(value) & names:
                    names.add(target)
    return names


def _are_joined(scope: Formulas, net: str, outputs: set[str]) -> bool:
    """Whether two outputs are added, or stacked, as maps."""
    for node in scope.nodes:
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            sides = [node.left, node.right]
        elif called(node) in ("stack", "cat", "maximum", "max") and isinstance(node, ast.Call) and node.args:
            first = node.args[0]
            sides = first.elts if isinstance(first, ast.List | ast.Tuple) else node.args
        else:
            continue
        if any(called(each) in OF_THE_WHOLE for side in sides for each in all_nodes(side)):
            continue
        holds = [
            bool(names_in(side) & outputs) or any(ast.unparse(each.func) == net for each in of_kind(side, ast.Call))
            for side in sides
        ]
        if sum(holds) >= 2:
            return True
    return False
