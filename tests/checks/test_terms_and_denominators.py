"""Rules that read the source, of terms of a loss and what sums are divided by: each beside its correct neighbours."""

from __future__ import annotations

import ast
import textwrap

import pytest

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
        "class KD(Module):\n    def forward(self, o):\n        return (o ** 2).detach()\n\n"
        + "kd = KD()\nloss = ce(out, y) + kd(out)\nloss.backward()",
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
