"""Steps that a net leaves out by itself, read from its graph: the padding of rows that were made with known lengths."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from goodfit.checks.engine.left_out import left_out

LENGTHS = torch.tensor([3, 7, 5, 2])
ROWS, STEPS, WIDTH = 4, 7, 8
PADDING = torch.arange(STEPS) >= LENGTHS[:, None]


def _by_encoder(x: Tensor) -> Tensor:
    encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(WIDTH, 2, 16, batch_first=True), 1)
    hidden: Tensor = encoder(x, src_key_padding_mask=PADDING)
    return hidden


def _by_attention(x: Tensor) -> Tensor:
    mask = (~PADDING)[:, None, None, :] & torch.ones(STEPS, STEPS).tril().bool()
    heads = x[:, None]
    return functional.scaled_dot_product_attention(heads, heads, heads, attn_mask=mask)[:, 0]


def _by_scores(x: Tensor) -> Tensor:
    """Rows of padding are masked as a whole: their weights are equal."""
    seen = (~PADDING)[:, None, :] & (~PADDING)[:, :, None]
    return (x @ x.transpose(1, 2)).masked_fill(~seen, -1e9).softmax(-1) @ x


@pytest.mark.parametrize("net", [_by_encoder, _by_attention, _by_scores])
def test_masked_keys_are_the_padding(net: Callable[[Tensor], Tensor]) -> None:
    hidden = net(torch.randn(ROWS, STEPS, WIDTH, requires_grad=True) * 1.0)
    found = left_out(hidden.grad_fn, ROWS, STEPS, [])
    assert found is not None
    assert torch.equal(found, PADDING)


def test_a_causal_mask_leaves_no_step_out() -> None:
    x = torch.randn(ROWS, STEPS, WIDTH, requires_grad=True) * 1.0
    later = torch.ones(STEPS, STEPS).triu(1).bool()
    hidden = (x @ x.transpose(1, 2)).masked_fill(later, -1e9).softmax(-1) @ x
    assert left_out(hidden.grad_fn, ROWS, STEPS, []) is None


def test_packed_rows_are_known_by_their_lengths() -> None:
    x = torch.randn(ROWS, STEPS, WIDTH)
    packed = nn.utils.rnn.pack_padded_sequence(x, LENGTHS, batch_first=True, enforce_sorted=False)
    states, _ = nn.utils.rnn.pad_packed_sequence(nn.GRU(WIDTH, 4)(packed)[0], batch_first=True)
    found = left_out(states.grad_fn, ROWS, STEPS, [packed.batch_sizes])
    assert found is not None
    assert sorted((~found).sum(1).tolist()) == sorted(LENGTHS.tolist())
