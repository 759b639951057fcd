"""Nets for rows of a table: numbers in front, category codes behind, one float32 vector a row.

tabm: many small nets in one that share most of their weights (TabM-mini: Gorishniy, Kotelnikov and Babenko 2025, "TabM:
advancing tabular deep learning with parameter-efficient ensembling", section 3.3), over two embeddings of each
number, piecewise-linear and periodic (Gorishniy, Rubachev and Babenko 2022, "On embeddings for numerical features in
tabular deep learning", sections 3.2 and 3.3), and learnt embeddings of the categories (Guo and Berkhahn 2016, "Entity
embeddings of categorical variables").
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from goodfit.nets.architecture import Architecture, Recipe
from goodfit.nets.dropout import ReluDropout
from goodfit.nets.embeddings import Categories

SAMPLE = 100_000  # training rows that the bins are measured on
RARITY = 0.25  # the power of a value's count that it weighs in the bins
FREQUENCIES = 16  # of a number
NAMES_A_LAYER = 3  # its product's, its ReLU's and its dropout's, as in saved runs in which the last two are modules
FREQUENCY_DEVIATION = 0.1  # of a first frequency: cycles over one standard deviation of the number
EMBEDDED, EMBEDDED_IN_WAVES = 400, 200  # widths of both embeddings together, of all numbers, where it is cross-fitted
FAR = 3.0  # standard deviations that a number, however far out, does not exceed in a wave


class PiecewiseLinear(nn.Module):
    """numbers (N, F) -> (N, F * width): how far each number has come through each of its bins, then an affine map each.

    The edges come from the training rows: `measure` sets them. Beyond the outer edges the encoding goes on
    along the line, up to three bin widths.
    """

    edges_low: Tensor
    edges_width: Tensor
    used: Tensor
    open_below: Tensor
    open_above: Tensor

    def __init__(self, features: int, bins: int, width: int) -> None:
        super().__init__()
        self.bins = bins
        for name in ("edges_low", "edges_width", "used", "open_below", "open_above"):
            self.register_buffer(name, torch.zeros(features, bins))
        self.edges_width.fill_(1.0)
        self.weight = nn.Parameter(torch.randn(features, bins, width) / math.sqrt(bins))
        self.bias = nn.Parameter(torch.zeros(features, width))
        self.width = features * width

    def measure(self, numbers: Tensor) -> None:
        """Bin edges from training rows (N, F): see `bin_edges`."""
        for at, column in enumerate(numbers.t()):
            edges = bin_edges(column, self.bins)
            count = len(edges) - 1
            self.edges_low[at, :count] = edges[:-1]
            self.edges_width[at, :count] = edges.diff().clamp_min(1e-6)
            self.used[at, :count] = 1
            self.open_below[at, 0] = 1
            self.open_above[at, count - 1] = 1

    def forward(self, numbers: Tensor) -> Tensor:
        along = (numbers[:, :, None] - self.edges_low) / self.edges_width
        along = along.clamp(-3 * self.open_below, 1 + 3 * self.open_above) * self.used
        out = torch.einsum("nfb,fbw->nfw", along, self.weight) + self.bias
        return functional.relu(out).flatten(1)


class Periodic(nn.Module):
    """numbers (N, F) -> (N, F * width): each number as it is, and an affine map of its waves.

    Cosines of learnt frequencies and phases, and the number beside them: the form of Holzmüller, Grinsztajn and
    Steinwart 2024, "Better by default: strong pre-tuned MLPs and boosted trees on tabular data", section 3 (PBLD), from
    which the smooth bound on far numbers comes as well.
    """

    def __init__(self, features: int, width: int) -> None:
        super().__init__()
        self.frequency = nn.Parameter(FREQUENCY_DEVIATION * torch.randn(features, FREQUENCIES))
        self.phase = nn.Parameter(math.pi * (2 * torch.rand(features, FREQUENCIES) - 1))
        self.weight = nn.Parameter(torch.randn(features, FREQUENCIES, width - 1) / math.sqrt(FREQUENCIES))
        self.bias = nn.Parameter(torch.zeros(features, width - 1))
        self.width = features * width

    def forward(self, numbers: Tensor) -> Tensor:
        near = numbers / (1 + (numbers / FAR).square()).sqrt()
        waves = (2 * math.pi * near[:, :, None] * self.frequency + self.phase).cos()
        out = torch.einsum("nfk,fkw->nfw", waves, self.weight) + self.bias
        return torch.cat([near[:, :, None], out], dim=2).flatten(1)


def bin_edges(values: Tensor, bins: int) -> Tensor:
    """Up to bins + 1 ascending edges over values (N,): quantiles in which a value that comes n times weighs n^(1/4).

    Quantiles of the plain rows would give a column that is mostly zero, as a capital gain is, next to no bins for the
    values that matter; a value of its own for each would give the tails too many.
    """
    different: Tensor
    different, counts = torch.unique(values.double(), return_counts=True)
    if len(different) == 1:
        return torch.stack([different[0] - 0.5, different[0] + 0.5]).float()
    if len(different) > bins + 1:
        reached = counts.double().pow(RARITY).cumsum(0)
        wanted = torch.linspace(0, 1, bins + 1, dtype=torch.float64)[1:-1] * reached[-1]
        inner = different[torch.searchsorted(reached, wanted)]
        different = torch.unique(torch.cat([different[:1], inner, different[-1:]]))
    return different.float()


class Scaling(nn.Module):
    """(N, D) -> (N, members, D): each member sees the features by its own scale, which starts as noise about 0."""

    def __init__(self, members: int, features: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(members, features))

    def forward(self, x: Tensor) -> Tensor:
        return x[:, None] * self.weight


class Heads(nn.Module):
    """(N, members, D) -> (N, members, outputs): an affine map for each member."""

    def __init__(self, members: int, features: int, outputs: int) -> None:
        super().__init__()
        bound = 1 / math.sqrt(features)
        self.weight = nn.Parameter(torch.empty(members, features, outputs).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.zeros(members, outputs))

    def forward(self, x: Tensor) -> Tensor:
        return torch.einsum("nmw,mwo->nmo", x, self.weight.to(x.dtype)) + self.bias


class TabM(nn.Module):
    """x: (N, D) -> (N, members, outputs) in training, (N, outputs) their mean in eval mode.

    Args:
        numbers: the first values of a row.
        plain: so many numbers behind them are taken as they are; the others are category codes.
        cardinalities: codes of each category.
        outputs: width of the head.
        members: nets in one. They share the body; each has its own scaling of the input and its own head.
        width, layers: of the body.
        bins, embedding: bins of a number, and the width of its piecewise-linear embedding.
        periodic: width of its periodic embedding; 0: none, as in runs of before there was one.
        dropout: share of hidden activations dropped in training.
    """

    def __init__(
        self,
        numbers: int,
        cardinalities: Sequence[int],
        outputs: int,
        *,
        plain: int,
        members: int,
        width: int,
        layers: int,
        bins: int,
        embedding: int,
        periodic: int,
        dropout: float,
    ) -> None:
        super().__init__()
        self.numbers, self.codes = numbers, numbers + plain  # where the numbers end, and where the codes begin
        self.linear = PiecewiseLinear(numbers, bins, embedding)
        self.periodic = Periodic(numbers, periodic) if periodic else None
        self.categories = Categories(cardinalities, most=16) if cardinalities else None
        waves = 0 if self.periodic is None else self.periodic.width
        embedded = 0 if self.categories is None else self.categories.width
        wide = self.linear.width + waves + plain + embedded
        self.scaling = Scaling(members, wide)
        self.body = nn.Sequential()
        for at in range(layers):
            self.body.add_module(f"{NAMES_A_LAYER * at}", nn.Linear(wide, width))
            self.body.add_module(f"{NAMES_A_LAYER * at + 1}", ReluDropout(dropout))
            wide = width
        self.head = Heads(members, wide, outputs)

    def measure(self, x: Tensor) -> None:
        """Learn the bins from training rows."""
        if self.numbers:
            self.linear.measure(x[:: max(1, len(x) // SAMPLE), : self.numbers])

    def forward(self, x: Tensor) -> Tensor:
        pieces = []
        if self.numbers:
            pieces.append(self.linear(x[:, : self.numbers]))
            if self.periodic is not None:
                pieces.append(self.periodic(x[:, : self.numbers]))
        if self.codes > self.numbers:
            pieces.append(x[:, self.numbers : self.codes])
        if self.categories is not None:
            pieces.append(self.categories(x[:, self.codes :]))
        out: Tensor = self.head(self.body(self.scaling(torch.cat(pieces, dim=1))))
        return out if self.training else out.mean(1)


def _build(
    in_shape: tuple[int, ...],
    outputs: int,
    *,
    cardinalities: Sequence[int] = (),
    plain: int = 0,
    members: int = 8,
    width: int = 256,
    layers: int = 2,
    bins: int = 48,
    embedding: int = 16,
    periodic: int = 0,
    dropout: float = 0.15,
) -> nn.Module:
    if width < 1 or members < 1 or layers < 1 or bins < 1:
        raise ValueError(f"width {width}, members {members}, layers {layers}, bins {bins}: all are at least 1")
    return TabM(
        in_shape[0] - len(cardinalities) - plain,
        cardinalities,
        outputs,
        plain=plain,
        members=members,
        width=width,
        layers=layers,
        bins=bins,
        embedding=embedding,
        periodic=periodic,
        dropout=dropout,
    )


def _crossed_options(in_shape: tuple[int, ...], data: Mapping[str, Any]) -> dict[str, int]:
    """Of rows with many numbers each has a narrower embedding, so that the first layer does not grow with them."""
    numbers = max(1, in_shape[0] - len(data.get("cardinalities", ())) - int(data.get("plain", 0)))
    embedding, periodic = min(12, max(2, EMBEDDED // numbers)), min(4, max(2, EMBEDDED_IN_WAVES // numbers))
    return {"members": 4, "width": 128, "bins": 32, "embedding": embedding, "periodic": periodic}


def _stages(net: nn.Module) -> list[list[nn.Module]]:
    assert isinstance(net, TabM)
    embeddings = [part for part in (net.linear, net.periodic, net.categories) if part is not None]
    return [[*embeddings, net.scaling], [net.body], [net.head]]


# A number teaches for longer, to the schedule's end. The best epoch of classes lies in its midst, where the rate is
# high and the weights are noisy: an average of them is kept (docs/decisions/058-an-average-of-the-weights.md).
RECIPES = {
    family: Recipe(learning_rate=6e-3, weight_decay=3e-4, batch_size=128, rows_to_see=rows, ema_decay=decay)
    for family, rows, decay in (("classes", 360_000, 0.99), ("labels", 360_000, 0.99), ("numbers", 720_000, None))
}
# Cross-fitted, each net sees few rows: smaller ones, at a steady rate, of which the average of the weights is kept.
CROSSED = Recipe(
    learning_rate=2e-3,
    weight_decay=3e-4,
    batch_size=128,
    schedule="constant",
    ema_decay=0.98,
    patience=12,
    most_epochs=150,
    precision="float32",
    threads=1,
)
ARCHITECTURES = (
    Architecture(
        "tabm",
        _build,
        input_dims=1,
        stages=_stages,
        head="head",
        recipes=RECIPES,
        options={"periodic": 4},
        crossed_recipes=dict.fromkeys(RECIPES, CROSSED),
        crossed_options=_crossed_options,
    ),
)
