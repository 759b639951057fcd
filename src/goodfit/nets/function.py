"""A plain function of the mini-batch as a net, with its parameters given."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from goodfit.errors import ModelError


class FunctionNet(nn.Module):
    """Calls `function(x)`; its parameters are the very tensors that the function uses, fitted in place.

    After the fit the function itself is fitted. It cannot be copied or moved to another device, since the function
    holds on to its tensors.

    Args:
        function: takes the mini-batch (N, ...) and nothing else.
        params: the leaf tensors that the function uses.

    Raises:
        ModelError: no params, or one that is not a leaf of floating-point numbers.
    """

    def __init__(self, function: Callable[[Tensor], Tensor], params: Sequence[Tensor]) -> None:
        super().__init__()
        if not params:
            raise ModelError("a plain function needs its parameters", mend="Give params=[w, b]")
        self.function = function
        for number, tensor in enumerate(params):
            if not isinstance(tensor, Tensor) or not tensor.is_leaf or not tensor.is_floating_point():
                raise ModelError(f"params[{number}] is not a leaf tensor of floats", mend="Give the tensors themselves")
            tensor.requires_grad_(True)
        self._params = list(params)  # not registered: nn.Parameter would be another tensor than the function's

    def forward(self, x: Tensor) -> Tensor:
        return self.function(x)

    def parameters(self, recurse: bool = True):  # type: ignore[no-untyped-def,override]  # the tensors are no nn.Parameters
        return iter(self._params)

    def named_parameters(self, *args, **kwargs):  # type: ignore[no-untyped-def,override]  # as above
        return ((str(number), tensor) for number, tensor in enumerate(self._params))

    def state_dict(self, *args, keep_vars: bool = False, **kwargs):  # type: ignore[no-untyped-def,override]  # as above
        return {str(number): tensor if keep_vars else tensor.detach() for number, tensor in enumerate(self._params)}

    @torch.no_grad()
    def load_state_dict(self, state, strict: bool = True, assign: bool = False):  # type: ignore[no-untyped-def,override]
        """Copy into the function's own tensors."""
        if set(state) != {str(number) for number in range(len(self._params))}:
            raise RuntimeError(f"{len(state)} tensors for a function of {len(self._params)} parameters")
        for number, tensor in enumerate(self._params):
            if tensor.shape != state[str(number)].shape:
                raise RuntimeError(f"params[{number}] is {tuple(tensor.shape)}, not {tuple(state[str(number)].shape)}")
            tensor.copy_(state[str(number)])

    def to(self, device):  # type: ignore[no-untyped-def,override]
        """Only where its tensors are already.

        Raises:
            ModelError: another device: the function would go on using the old tensors.
        """
        target = torch.device(device)
        here = self._params[0].device
        if here.type != target.type:
            raise ModelError(
                f"the function's parameters are on {here}, and the run is on {target}",
                mend=f"Make them there (torch.zeros(..., device='{target}')), or give device='{here.type}'",
            )
        return self
