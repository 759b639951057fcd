"""one-net-many-times: a list that is to hold several nets holds one of them several times.

What it checks
    In the source of the program: a list with one new net or layer in it, made by a class of torch.nn or by a module
    class of the program, is multiplied by a number: [Net()] * 5.

Why it hurts
    The net is made once, and each place refers to it. An ensemble of five is one net that is trained five times, its
    members agree about everything, and a stack of layers has the weights of one.

Example
    nets = nn.ModuleList([Net()] * 5)

Instead
    nets = nn.ModuleList(Net() for _ in range(5))

When it is a false alarm
    Layers that share their weights on purpose; give the layer a name first, and repeat that.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from goodfit.checks.engine.own_source import all_nodes, called, of_kind
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

LAYERS = frozenset(
    [
        "Linear",
        "LazyLinear",
        "Bilinear",
        "Conv1d",
        "Conv2d",
        "Conv3d",
        "ConvTranspose2d",
        "LSTM",
        "GRU",
        "RNN",
        "LSTMCell",
        "GRUCell",
        "Embedding",
        "BatchNorm1d",
        "BatchNorm2d",
        "LayerNorm",
        "GroupNorm",
        "Sequential",
        "MultiheadAttention",
        "TransformerEncoderLayer",
        "TransformerDecoderLayer",
    ]
)


class OneNetManyTimes(SourceRule):
    code, level = "GF636", Level.WARNING
    worth_parsing = lazy_pattern(r"\] *\*|\* *\[")
    what = "{name}: one net is made, and each place of the list is that same net"
    fix = "Make one for each place: [Net() for _ in range(n)]"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return repeated(tree)


def repeated(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Lists of one new net that are multiplied, each with its line."""
    own = _modules(tree)
    for node in of_kind(tree, ast.BinOp):
        for side, times in ((node.left, node.right), (node.right, node.left)):
            if not isinstance(node.op, ast.Mult) or not isinstance(side, ast.List) or len(side.elts) != 1:
                continue
            made = side.elts[0]
            is_net = isinstance(made, ast.Call) and (called(made) in own or _is_layer(made))
            is_once = isinstance(times, ast.Constant) and times.value in (0, 1)
            if is_net and not is_once:
                yield ast.unparse(node), node.lineno


def _is_layer(made: ast.Call) -> bool:
    """Whether a class of torch.nn that has weights is called."""
    owner = ast.unparse(made.func.value) if isinstance(made.func, ast.Attribute) else ""
    if called(made) not in LAYERS or owner not in ("nn", "torch.nn", ""):
        return False
    if called(made) == "Sequential":
        return any(called(each) in LAYERS - {"Sequential"} for each in all_nodes(made))
    return True


def _modules(tree: ast.Module) -> set[str]:
    """Classes of the program that are modules, also by way of one another."""
    known: set[str] = set()
    classes = of_kind(tree, ast.ClassDef)
    for _ in range(3):
        known |= {
            each.name
            for each in classes
            if any(
                ast.unparse(base).rpartition(".")[2] in known | {"Module", "Sequential", "LightningModule"}
                for base in each.bases
            )
        }
    return known
