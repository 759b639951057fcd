"""channel-means-reversed: images are normalised by ImageNet's means and deviations in the order blue, green, red.

What it checks
    In the source of the program: the three means of ImageNet, or their 255 fold, are written from blue to red; the file
    names neither OpenCV nor BGR, and turns no channels round. Or they are written from red to blue, every image is read
    by cv2.imread, and nothing turns the channels round.

Why it hurts
    Red is shifted and scaled as blue is meant to be. A pretrained net sees other colours than it was trained on, and is
    a little worse at everything.

Example
    image = Image.open(path); Normalize(mean=[0.406, 0.456, 0.485], std=[0.225, 0.224, 0.229])

Instead
    image = Image.open(path); Normalize(mean=[0.485, 0.456, 0.406], std=[0.229, 0.224, 0.225])

When it is a false alarm
    Files that hold their channels from blue to red.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from goodfit.checks.engine.own_source import all_nodes, called, last_name, of_kind
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

RED_FIRST = ((0.485, 0.456, 0.406), (123.675, 116.28, 103.53), (123.68, 116.779, 103.939))
READ_RED_FIRST = (
    "open",
    "read_image",
    "imageio",
    "ImageFolder",
    "decode_image",
    "fromarray",
    "from_numpy",
    "decode_jpeg",
)
IN_COLOURS = ("cv2.IMREAD_COLOR", "cv2.IMREAD_COLOR_BGR", "1")
TURNING = lazy_pattern(r"(?i)bgr|::-1|\[ *2, *1, *0 *\]|flip\(")


class ChannelMeansReversed(SourceRule):
    code, level = "GF487", Level.WARNING
    worth_parsing = lazy_pattern(r"0\.406|103\.5|103\.9")
    what = "{name} are the means of ImageNet in another order than the channels of the images"
    fix = "Images of PIL and torchvision are red, green, blue; those of cv2.imread are blue, green, red"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return reversed_means(tree)


def reversed_means(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Means whose order is not that of the images, each with its line."""
    names = {last_name(node) for node in all_nodes(tree)} | {called(node) for node in of_kind(tree, ast.Call)}
    if TURNING.search(ast.unparse(tree)) or "cvtColor" in names:
        return
    with_opencv = any(_reads_blue_first(call) for call in of_kind(tree, ast.Call))
    red_first = any(name in names for name in READ_RED_FIRST)
    literals: list[ast.List | ast.Tuple] = [*of_kind(tree, ast.List), *of_kind(tree, ast.Tuple)]
    for node in literals:
        values = tuple(each.value for each in node.elts if isinstance(each, ast.Constant))
        as_blue_first = "cv2" not in names and red_first and values[::-1] in RED_FIRST
        if as_blue_first or (with_opencv and not red_first and values in RED_FIRST):
            yield ast.unparse(node), node.lineno


def _reads_blue_first(call: ast.Call) -> bool:
    """Whether OpenCV reads an image in colours: not cv2.imread(path, cv2.IMREAD_GRAYSCALE), nor IMREAD_COLOR_RGB."""
    flags = [*call.args[1:], *(each.value for each in call.keywords if each.arg == "flags")]
    return ast.unparse(call.func) == "cv2.imread" and all(ast.unparse(each) in IN_COLOURS for each in flags)
