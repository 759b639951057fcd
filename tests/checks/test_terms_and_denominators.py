"""Rules that read the source, of terms of a loss and what sums are divided by: each beside its correct neighbours."""

from __future__ import annotations

import ast
import textwrap

import pytest

from goodfit.checks.rules.divided_by_all_rows import divided_by_all
from goodfit.checks.rules.term_detached import detached_terms


def tree(source: str) -> ast.Module:
    return ast.parse(textwrap.dedent(source))


@pytest.mark.parametrize(
    "source",
    [
        "loss = ce(out, y) + 0.5 * kd(out, soft).detach()\nloss.backward()",
        "aux = rec(x).item()\nscaler.scale(ce(out, y) + aux).backward()",
        "loss = ce(out, y)\nloss += args.beta * kd(out, soft).data\naccelerator.backward(loss)",
        "losses = [ce(out, y)]\nlosses.append(kd(out, soft).detach())\nsum(losses).backward()",
        "losses = {'a': ce(out, y), 'b': kd(out, soft).detach()}\nloss = sum(losses.values())\nloss.backward()",
        "def both(o, t):\n    a, b = ce(o, t), kd(o).detach()\n    return a + b\nloss = both(out, y)\nloss.backward()",
        "class KD(M):\n def forward(self, o):\n  return o.detach()\nkd = KD()\nloss = ce(o) + kd(o)\nloss.backward()",
    ],
)
def test_a_detached_term_is_named(source: str) -> None:
    assert len(list(detached_terms(tree(source)))) == 1


@pytest.mark.parametrize(
    "source",
    [
        "loss = ce(out, y)\nshown = loss + kd(out).detach()\nloss.backward()",  # not what backward is called on
        "loss = fit + (exact - fit).detach()\nloss.backward()",  # the value of one, the gradient of the other
        "loss = ce(out, y) + gate * kd(out).detach()\nloss.backward()",  # the gate may be trained
        "loss = log_alpha * (logp + goal).detach()\nloss.backward()",
        "if epoch < 3:\n    aux = kd(out).detach()\nelse:\n    aux = kd(out)\nloss = ce(out, y) + aux\nloss.backward()",
        "loss = ce(out, y) / ce(out, y).detach()\nloss.backward()",
        "weight = nn.Parameter(one)\nloss = self.weight * kd(out).detach() + ce(out, y)\nloss.backward()",
    ],
)
def test_values_without_a_graph_beside_a_loss_are_left_alone(source: str) -> None:
    assert not list(detached_terms(tree(source)))


LOOP = "total = 0\nfor x, y in loader:\n    total += {added}\nprint({shown})"


@pytest.mark.parametrize(
    ("added", "shown"),
    [
        ("loss(net(x), y).item() * x.size(0)", "total / len(loader.dataset)"),
        ("(net(x).argmax(1) == y).sum().item()", "100.0 * total / len(loader.dataset)"),
        ("F.cross_entropy(net(x), y, reduction='sum').item()", "total / len(data)"),
        ("net(x).argmax(1).eq(y).sum()", "total.float() / float(len(loader.dataset))"),
    ],
)
def test_a_sum_over_drawn_rows_is_not_divided_by_all(added: str, shown: str) -> None:
    assert len(list(divided_by_all(tree(LOOP.format(added=added, shown=shown)), [2], ["len(data)"]))) == 1


def test_a_sum_written_in_one_line_is_seen() -> None:
    source = "print(sum((net(x).argmax(1) == y).sum().item() for x, y in loader) / len(loader.dataset))"
    assert len(list(divided_by_all(tree(source), [1]))) == 1


@pytest.mark.parametrize(
    ("added", "shown"),
    [
        ("loss(net(x), y).item() * x.size(0)", "total / len(loader.sampler)"),
        ("loss(net(x), y).item()", "total / len(loader)"),
        ("len(x)", "total / len(other.dataset)"),
        ("(net(x).argmax(1) == y).float().mean().item()", "total / len(loader.dataset)"),  # another rule's
    ],
)
def test_a_sum_that_is_divided_by_what_it_counts_is_left_alone(added: str, shown: str) -> None:
    assert not list(divided_by_all(tree(LOOP.format(added=added, shown=shown)), [2], ["len(data)"]))


def test_a_sum_over_all_folds_is_left_alone() -> None:
    source = """
        right = 0
        for loader in folds:
            for x, y in loader:
                right += (net(x).argmax(1) == y).sum().item()
        print(right / len(loader.dataset))
    """
    assert not list(divided_by_all(tree(source), [4]))
