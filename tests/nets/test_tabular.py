"""The net of tables: its embeddings of numbers, its usual options, its members."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor, nn

from goodfit.nets import build, usual_options
from goodfit.nets.embeddings import Categories
from goodfit.nets.tabular import Periodic, PiecewiseLinear, bin_edges
from goodfit.tasks.classification import Classification
from goodfit.tasks.regression import Regression
from goodfit.train.optimiser import parameter_groups


def test_bins_cover_the_values_and_give_rare_ones_room() -> None:
    gains = torch.tensor([0.0] * 9_000 + [float(value) for value in range(1, 1001)])
    edges = bin_edges(gains, 20)
    assert len(edges) == 21
    assert edges[0] == 0
    assert edges[-1] == 1000
    assert (edges[1:6] < 400).all()  # the plain quantiles would put one edge above 0 at most
    assert bin_edges(torch.tensor([3.0, 1.0, 1.0, 2.0]), 20).tolist() == [1, 2, 3]
    linear = PiecewiseLinear(1, 2, 4)
    linear.measure(torch.tensor([[0.0], [1.0], [3.0]]))
    with torch.no_grad():
        linear.weight.copy_(torch.eye(2, 4)[None])
        linear.bias.zero_()
    found = linear(torch.tensor([[0.0], [0.5], [2.0], [3.0]]))[:, :2]
    assert found.tolist() == [[0, 0], [0.5, 0], [1, 0.5], [1, 1]]  # by hand: shares of the bins 0..1 and 1..3


def test_a_periodic_embedding_is_the_number_and_a_map_of_its_waves() -> None:
    periodic = Periodic(2, 3)
    with torch.no_grad():
        periodic.frequency.fill_(0.25)
        periodic.phase.zero_()
        periodic.weight.zero_()
        periodic.weight[:, 0, 0] = 2  # of one wave, into the first of two outputs
        periodic.bias[:, 1] = 7
    out = periodic(torch.tensor([[0.0, 4.0], [1e9, -1e9]]))
    near = 4 / math.sqrt(1 + 16 / 9)  # by hand: x / sqrt(1 + (x / 3)^2), at most 3
    wanted = [
        [0, 2, 7, near, 2 * math.cos(math.pi / 2 * near), 7],
        [3, 2 * math.cos(1.5 * math.pi), 7, -3, 2 * math.cos(-1.5 * math.pi), 7],
    ]
    torch.testing.assert_close(out, torch.tensor(wanted, dtype=torch.float32), atol=1e-6, rtol=1e-6)


def test_a_net_from_before_the_periodic_embedding_is_built_as_it_was() -> None:
    before = {"members": 4, "width": 128, "layers": 2, "bins": 32, "embedding": 12, "dropout": 0.15}
    assert not [name for name in build("tabm", (3,), 2, **before).state_dict() if "periodic" in name]
    for crossed in (False, True):
        options = usual_options("tabm", (3,), crossed=crossed)
        assert any("periodic" in name for name in build("tabm", (3,), 2, **options).state_dict())


@pytest.mark.parametrize(
    ("numbers", "categories", "widths"),
    [(20, 0, (12, 4)), (33, 40, (12, 4)), (60, 0, (6, 3)), (100, 7, (4, 2)), (1_000, 0, (2, 2))],
)
def test_many_numbers_of_few_rows_are_embedded_narrowly(numbers: int, categories: int, widths: tuple[int, int]) -> None:
    data = {"cardinalities": [3] * categories}
    options = usual_options("tabm", (numbers + categories,), data, crossed=True)
    assert (options["embedding"], options["periodic"]) == widths
    many_rows = usual_options("tabm", (numbers + categories,), data)
    assert (many_rows["embedding"], many_rows["periodic"]) == (16, 4)


def _categories_and_tables() -> tuple[Categories, list[nn.Embedding], Tensor]:
    """Categories, the same embeddings as a table each, and codes of 50 rows."""
    torch.manual_seed(0)
    counts = [4, 300, 9, 2_000, 4]
    codes = torch.stack([torch.randint(0, count, (50,)) for count in counts], 1)
    widths = [3, 16, 5, 16, 3]  # 1.6 * 4^0.56 is 3.48, 1.6 * 9^0.56 is 5.48; at most 16
    tables = [nn.Embedding(count, width) for count, width in zip(counts, widths, strict=True)]
    return Categories(counts, most=16), tables, codes


def test_categories_are_looked_up_at_once_to_the_bits_of_a_table_each() -> None:
    categories, tables, codes = _categories_and_tables()
    # a run of before all lay in one vector had a table each
    categories.load_state_dict({f"tables.{at}.weight": table.weight for at, table in enumerate(tables)})
    slope = torch.randn(50, categories.width)
    out = categories(codes.float())
    out.backward(slope)
    each = torch.cat([table(codes[:, at]) for at, table in enumerate(tables)], 1)
    each.backward(slope)
    assert torch.equal(out, each)
    gradients = [table.weight.grad for table in tables]
    assert categories.weight.grad is not None
    assert torch.equal(categories.weight.grad.flatten(), torch.cat([g.flatten() for g in gradients if g is not None]))
    beyond = torch.tensor([[4, 300, 9, 2_000, -1]])
    assert torch.equal(categories(beyond), categories(torch.zeros_like(beyond)))


def test_tables_of_other_categories_are_refused() -> None:
    categories, tables, _ = _categories_and_tables()
    with pytest.raises(RuntimeError, match=r"size mismatch for weight"):
        categories.load_state_dict({f"tables.{at}.weight": tables[0].weight for at in range(5)})
    with pytest.raises(RuntimeError, match=r"Missing key.* \"weight\""):
        categories.load_state_dict({"tables.0.weight": tables[0].weight})


def test_embeddings_of_categories_decay_as_weights() -> None:
    categories, _, _ = _categories_and_tables()
    (group,) = parameter_groups([(categories.parameters(), 1.0)], weight_decay=0.1)
    assert group["weight_decay"] == 0.1


def test_members_of_a_net_are_trained_apart_and_averaged() -> None:
    torch.manual_seed(0)
    net = build("tabm", (5,), 3, cardinalities=[4, 6], members=4)
    x = torch.cat([torch.randn(7, 3), torch.randint(0, 4, (7, 2)).float()], 1)
    net.get_submodule("body").eval()  # no dropout
    out = net.train(False)(x)
    net.training = True
    members = net(x)
    assert members.shape == (7, 4, 3)
    torch.testing.assert_close(out, members.mean(1))
    y = torch.tensor([0, 1, 2, 0, 1, 2, 0])
    each = [torch.nn.functional.cross_entropy(members[:, at], y) for at in range(4)]
    torch.testing.assert_close(Classification((0, 1, 2)).loss(members, y), torch.stack(each).mean())
    numbers = torch.randn(7)
    single = members[:, :, :1]
    wanted = torch.stack([((single[:, at, 0] - numbers) ** 2).mean() for at in range(4)]).mean()
    torch.testing.assert_close(Regression((0.0,), (1.0,)).loss(single, numbers), wanted)
