"""Groups that stand beside what is split, sequences packed from their padding, and names that are set anew."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.model_selection import train_test_split
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence

import goodfit as gf
from goodfit.checks.engine.mixing_probe import mixing
from goodfit.checks.engine.next_use import is_read
from goodfit.checks.engine.parts_of_rows import numbers_of_rows
from goodfit.checks.rules.adapted_weights_unused import adapted_unused

NUMBERS = np.arange(60)
TABLE = np.random.default_rng(0).normal(size=(60, 3))


@pytest.mark.parametrize(
    "rows",
    [NUMBERS, TABLE, torch.tensor(TABLE), pd.DataFrame(TABLE), [[number] for number in range(60)], NUMBERS.astype(str)],
)
def test_numbers_of_rows_are_those_of_the_same_split_of_numbers(rows: Any) -> None:
    first, second = train_test_split(rows, random_state=3)
    wanted = train_test_split(NUMBERS, random_state=3)
    found = numbers_of_rows(rows, first, second)
    assert found is not None
    for one, other in zip(found, wanted, strict=True):
        np.testing.assert_array_equal(one, other)


def test_rows_that_repeat_have_no_number() -> None:
    rows = np.zeros((8, 2))
    assert numbers_of_rows(rows, rows[:4], rows[4:]) is None


@pytest.mark.parametrize(
    ("name", "values", "classes", "options", "found"),
    [
        ("patient", NUMBERS // 6, 2, {}, True),
        ("subject_id", [f"s{number // 6}" for number in NUMBERS], 2, {}, True),
        ("colour", NUMBERS // 6, 2, {}, False),  # no group's name
        ("patient", NUMBERS // 6, 10, {}, False),  # what is learnt
        ("patient", NUMBERS // 6, 2, {"stratify": NUMBERS // 6}, False),
        ("patient", NUMBERS // 6, 2, {"shuffle": False}, False),  # they lie one after the other
        ("patient", NUMBERS, 2, {}, False),  # one row each
        ("patient", NUMBERS[:50] // 6, 2, {}, False),  # of other rows
    ],
)
def test_groups_in_a_variable(name: str, values: Any, classes: int, options: dict[str, Any], found: bool) -> None:
    source = f"""
        from sklearn.model_selection import train_test_split  # as it is while it is watched
        {name} = values
        parts = train_test_split(np.arange(60), test_size=0.4, **options)
        net = nn.Linear(3, classes)
        optimiser = torch.optim.SGD(net.parameters(), 1e-2)
        x, y = torch.tensor(TABLE, dtype=torch.float32)[parts[0]], torch.arange(60)[parts[0]] % classes
        nn.functional.cross_entropy(net(x), y).backward()
        optimiser.step()
    """
    names = {**globals(), "values": values, "classes": classes, "options": {"random_state": 0, **options}}
    with gf.watch(quiet=True, strict=True, select=["groups-across-parts"]) as seen:
        exec(compile(textwrap.dedent(source), "program.py", "exec"), names)
    assert bool(seen.findings) == found


@pytest.mark.parametrize(
    ("lengths", "front", "found"),
    [
        ([9, 8, 6, 5, 2], True, True),  # of the last one nothing but padding is kept
        ([8, 7, 6, 5], True, True),  # none as long as the width of 9
        ([9, 8, 6, 5, 2], False, False),
        ([9, 9, 9, 9], True, False),  # nothing is cut
        ([7, 7, 7, 7], True, False),  # one length alone: each may begin with the same two steps
    ],
)
def test_packed_padding(lengths: Sequence[int], front: bool, found: bool) -> None:
    torch.manual_seed(0)
    x = torch.zeros(len(lengths), 9, 2)
    for row, length in enumerate(lengths):
        x[row, 9 - length :] = torch.randn(length, 2)
        if not front:
            x[row] = x[row].roll(length - 9, 0)
    layer = nn.GRU(2, 3, batch_first=True)
    with gf.watch(quiet=True, strict=True, select=["packed-from-the-left"]) as seen:
        layer(pack_padded_sequence(x, torch.tensor(lengths), batch_first=True, enforce_sorted=False))
    assert bool(seen.findings) == found


@pytest.mark.parametrize("mixes", [True, False])
def test_rows_that_mix_by_the_second_input_alone(mixes: bool) -> None:
    class Second(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.linear = nn.Linear(3, 2)

        def forward(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
            out: torch.Tensor = self.linear(y)
            return out.softmax(0) if mixes else out

    torch.manual_seed(0)
    assert (mixing(Second(), [torch.randn(20, 4), torch.randn(20, 3)], {}) is not None) == mixes


@pytest.mark.parametrize(
    ("rest", "read"),
    [
        ("x = 1", False),
        ("use(x)", True),
        ("if a:\n    x = 1\nuse(x)", True),
        ("if a:\n    x = 1\nelse:\n    x = 2\nuse(x)", False),
        ("for x in a:\n    use(x)", False),
        ("for b in a:\n    use(x)\n    x = b", True),
        ("while a:\n    x = 1\nuse(x)", True),
        ("with a:\n    x = 1\nuse(x)", False),
        ("x += 1", True),
        ("def f():\n    use(x)", True),
        ("def f(x):\n    use(x)", False),
    ],
)
def test_what_is_done_next_with_a_value(rest: str, read: bool) -> None:
    tree = ast.parse(f"x = 0\n{rest}")
    assert is_read(tree.body, tree.body[0], "x") == read


@pytest.mark.parametrize(
    ("body", "read"),
    [("if a:\n  use(x)\n x = 0", True), ("x = 0\n use(x)", False), ("if a: break\n x = 1", True)],
)
def test_what_is_done_in_the_next_turn(body: str, read: bool) -> None:
    tree = ast.parse(f"for a in b:\n {body}\nuse(x)")
    loop = tree.body[0]
    assert isinstance(loop, ast.For)
    first = next(each for each in loop.body if isinstance(each, ast.Assign))
    assert is_read(tree.body, first, "x") == (read or body.startswith("x"))


INNER = """
def inner(p, x, create_graph=True):
    g = torch.autograd.grad(loss(p, x), p, create_graph=create_graph)
    return [w - 0.1 * d for w, d in zip(p, g)]
"""
RESIDUAL = """
def residual(net, x):
    u = torch.autograd.grad(net(x).sum(), x, create_graph=True)[0]
    return u - 0.1 * x
"""


@pytest.mark.parametrize(
    ("source", "found"),
    [
        (f"{INNER}fast = inner(theta, x)\nf(theta)\nfast = theta\nf(fast)", 1),
        (f"{INNER}fast = inner(theta, x)\nf(fast)\nfast = theta\nf(fast)", 0),
        (f"{INNER}fast = inner(theta, x, create_graph=False)\nf(theta)\nfast = theta\nf(fast)", 0),
        (f"{INNER}fast = inner(theta, x, False)\nf(theta)\nfast = theta\nf(fast)", 0),
        (f"{INNER}fast = theta\nfor _ in range(3):\n fast = inner(fast, x)\nf(fast)", 0),
        (f"{RESIDUAL}r = residual(net, x)\nr = 0\nf(r)", 0),  # no weights
    ],
)
def test_what_a_function_adapts(source: str, found: int) -> None:
    assert len(list(adapted_unused(ast.parse(source)))) == found
