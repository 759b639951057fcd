"""classes-between: masks hold classes that exist only where two others meet: they were interpolated.

What it checks
    Of the target maps (N, H, W) that cross_entropy gets: nearly all pixels of a class have a lower and a higher class
    within two pixels, and that between lower classes of different numbers. In three calls. Or, where such maps hold a
    class above 1, the program's source: what interpolate, grid_sample, cv2.resize, Pillow's resize, torchvision's, zoom
    of scipy or resize of skimage makes of means of pixels is made whole numbers at once, by long(), astype(int) or the
    like, rounded or not.

Why it hurts
    A mask of numbers that is resized bilinearly has their means along its edges: between class 0 and class 3 a line of
    class 1 or 2. The net learns outlines of things that are not there.

Example
    F.interpolate(mask, size=size, mode="bilinear").long(); Resize(size)(mask)

Instead
    F.interpolate(mask, size=size, mode="nearest").long(); Resize(size, interpolation=InterpolationMode.NEAREST)(mask)

When it is a false alarm
    A class of thin lines between others whose numbers happen to lie on both sides of its own. A resized picture whose
    grey values are made whole, in a program that also trains on maps of classes.

Cost
    Smallest and largest class around each pixel, in the first calls. The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator

import torch
from torch import Tensor
from torch.nn.functional import max_pool2d

from goodfit.checks.engine.events import Loss, WatchEnds
from goodfit.checks.engine.own_source import all_nodes, called, given, names_in, scopes, within
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.formatting import agreeing, listed

CALLS_AT_LEAST = 3
REACH = 2  # pixels around one
SHARE_AT_LEAST = 0.95  # of a class's pixels, between two others
PIXELS_AT_LEAST = 30  # of a class in a call
PAIR_AT_LEAST = 0.05  # of these pixels, above a lower class: there have to be two such classes
CLASSES_AT_LEAST, CLASSES_AT_MOST = 4, 64  # of a batch
MEANS = {"linear", "bilinear", "trilinear", "bicubic", "area", "antialias", "lanczos"}
MEANS |= {"inter_linear", "inter_cubic", "inter_area", "inter_lanczos4"}
WHOLE = {"long", "int64", "int32", "int"}
VIA_MEANS = {"bilinear", "trilinear", "bicubic", "inter_linear", "inter_cubic"}  # of a function of any name
KEEPS_VALUES = {"squeeze", "unsqueeze", "numpy", "cpu", "contiguous", "clone", "copy", "from_numpy", "array", "asarray"}
ROUNDS = {"round", "rint", "floor", "ceil"}
FIX = 'Resize masks with the nearest pixel: mode="nearest", InterpolationMode.NEAREST'


class ClassesBetween(LiveRule):
    code, level = "GF238", Level.WARNING

    def start(self) -> None:
        self.calls: Counter[tuple[Place, int]] = Counter()
        self.looks: Counter[Place] = Counter()
        self.has_classes = False  # whether a map holds a class above 1
        self.has_found = False

    def on_loss(self, event: Loss) -> Iterator[Finding]:
        target = event.target.detach()
        if event.name != "cross_entropy" or not event.grad or target.dim() != 3 or target.is_floating_point():
            return
        if not self.has_classes:
            ignored = event.options.get("ignore_index")
            self.has_classes = bool(((target > 1) & (target != (-100 if ignored is None else ignored))).any())
        place = user_place()
        self.looks[place] += 1
        if self.looks[place] > CALLS_AT_LEAST:
            return
        for each in _between(target, event.options.get("ignore_index")):
            self.calls[(place, each)] += 1
        if self.looks[place] == CALLS_AT_LEAST:
            found = sorted(
                each for (where, each), count in self.calls.items() if where == place and count == CALLS_AT_LEAST
            )
            if found:
                self.has_found = True
                yield self.finding(
                    f"{agreeing(len(found), 'class', 'classes')} {listed(map(str, found))} "
                    f"{agreeing(len(found), 'is', 'are')} seen only where a lower and a higher class meet: the "
                    "masks were interpolated when they were resized or turned",
                    FIX,
                )

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        if not self.has_classes or self.has_found:
            return
        for source in self.program.source.files():
            for line in sorted(set(_made_whole(source.tree))):
                yield self.finding(
                    "masks are resized by means of pixels and then cut to whole numbers: between class 0 and class 3 "
                    "there are pixels of class 1 and 2",
                    FIX,
                    file=source.file,
                    line=line,
                )


def _between(target: Tensor, ignored: int | None) -> Iterator[int]:
    """Classes of (N, H, W) whose pixels lie between two others."""
    numbers = target.float()[:, None]
    valid = torch.ones_like(target, dtype=torch.bool) if ignored is None else target != ignored
    classes = torch.unique(target[valid]).tolist()
    if not CLASSES_AT_LEAST <= len(classes) <= CLASSES_AT_MOST:
        return
    low, high = float(classes[0]), float(classes[-1])
    kernel = 2 * REACH + 1
    hidden = ~valid[:, None]
    lowest = -max_pool2d(-numbers.masked_fill(hidden, high), kernel, 1, REACH)[:, 0]
    highest = max_pool2d(numbers.masked_fill(hidden, low), kernel, 1, REACH)[:, 0]
    for each in classes[1:-1]:
        here = (target == each) & valid
        pixels = int(here.sum())
        between = here & (lowest < each) & (highest > each)
        if pixels < PIXELS_AT_LEAST or int(between.sum()) < SHARE_AT_LEAST * pixels:
            continue
        _, counts = torch.unique(lowest[between], return_counts=True)
        if int((counts >= PAIR_AT_LEAST * pixels).sum()) > 1:
            yield int(each)


def _made_whole(tree: ast.Module) -> Iterator[int]:
    """Lines of resizes by means of pixels whose result is made whole numbers, with nothing but views in between."""
    imported = {
        each.asname or each.name: f"{getattr(node, 'module', None) or ''}.{each.name}"
        for node in all_nodes(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for each in node.names
    }
    for body in scopes(tree):
        nodes = [node for statement in body if not isinstance(statement, ast.ClassDef) for node in within(statement)]
        names: dict[str, list[tuple[int, ast.expr]]] = {}
        for target, value in given(nodes):
            for name in names_in(target) if isinstance(target, ast.Name | ast.Tuple) else ():
                names.setdefault(name, []).append((value.lineno, value))
        for node in nodes:
            whole = _whole_of(node)
            while whole is not None:
                whole = _viewed(whole)
                if isinstance(whole, ast.Name):
                    before = [each for each in names.get(whole.id, ()) if each[0] < whole.lineno]
                    whole = max(before, key=lambda each: each[0])[1] if before else None
                    continue
                if isinstance(whole, ast.Call) and _takes_means(whole, imported):
                    yield whole.lineno
                break


def _whole_of(node: ast.AST) -> ast.expr | None:
    """What long(), to(torch.long), astype(int), as_tensor(..., dtype=torch.long) or LongTensor() makes whole."""
    if not isinstance(node, ast.Call):
        return None
    name = called(node)
    kinds = [*node.args, *(each.value for each in node.keywords if each.arg == "dtype")]
    if isinstance(node.func, ast.Attribute) and (
        name == "long" or (name in ("to", "astype", "type") and any(map(_is_whole, kinds)))
    ):
        return node.func.value
    is_made = name in ("tensor", "as_tensor", "array", "asarray") and any(map(_is_whole, kinds[1:]))
    return node.args[0] if node.args and (is_made or name == "LongTensor") else None


def _is_whole(kind: ast.expr) -> bool:
    return getattr(kind, "attr", getattr(kind, "id", getattr(kind, "value", None))) in WHOLE


def _viewed(value: ast.expr) -> ast.expr:
    """What an index, a squeeze, an array and the like are of."""
    while True:
        if isinstance(value, ast.Subscript):
            value = value.value
        elif isinstance(value, ast.Call) and called(value) in KEEPS_VALUES | ROUNDS:
            of_library = ast.unparse(value.func).startswith(("np.", "numpy.", "torch."))
            is_function = called(value) in ("from_numpy", "array", "asarray") or of_library
            inner = value.args[0] if is_function and value.args else getattr(value.func, "value", None)
            if inner is None:
                return value
            value = inner
        else:
            return value


def _takes_means(call: ast.Call, imported: dict[str, str]) -> bool:
    """Whether a call resizes by means of pixels, as it says or as is its default."""
    said = {each.arg: each.value for each in call.keywords}
    values = [*call.args, *said.values()]
    modes = {str(getattr(each, "attr", getattr(each, "value", ""))).lower() for each in values}
    if called(call) in ("interpolate", "upsample", "resize") and MEANS & modes:
        return True
    if VIA_MEANS & modes or (called(call) == "grid_sample" and "nearest" not in modes):
        return True
    whose = [imported.get(name, "") for name in names_in(call.func)]
    if called(call) == "resize" and any(each == ".cv2" or each.endswith("transforms.functional") for each in whose):
        return "interpolation" not in said and len(call.args) < 3
    if called(call) in ("resize", "zoom") and any(re.search(r"skimage|ndimage", each) for each in whose):
        order = said.get("order")
        return order is None or (isinstance(order, ast.Constant) and order.value != 0)
    return False
