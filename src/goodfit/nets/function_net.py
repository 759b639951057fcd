"""A plain function of the mini-batch as a net, with its parameters given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NoReturn, Self, cast

import torch
from torch import Tensor, nn

from goodfit.errors import ModelError


class FunctionNet(nn.Module):
    """Calls `function(x)`; its parameters are the very tensors that the function uses, fitted in place.

    After the fit the function itself is fitted. To keep its weights and put them back, use `state_dict` (names "0",
    "1", ... in the order of `params`; the tensors share memory with the live ones: clone them) and `load_state_dict`,
    which copies into the function's own tensors. `copy.deepcopy` is refused: the function would go on using the old
    tensors, and fitting the copy would change nothing.

    Args:
        function: takes the mini-batch (N, ...) and nothing else.
        params: the leaf tensors that the function uses. Their gradients are switched on.

    Raises:
        ModelError: no params, one that is given twice, or one that is not a leaf of floating-point numbers.

    Example:
        >>> w, b = torch.zeros(3, 1), torch.zeros(1)
        >>> net = FunctionNet(lambda x: x @ w + b, [w, b])
        >>> [name for name, _ in net.named_parameters()]
        ['0', '1']
    """

    def __init__(self, function: Callable[[Tensor], Tensor], params: Sequence[Tensor] | Tensor) -> None:
        super().__init__()
        if isinstance(params, Tensor):  # a tensor is also a sequence: of views of its rows, which would never be fitted
            raise ModelError("params is one tensor, not a list of them", fix="Give params=[w]")
        if len(params) == 0:
            raise ModelError("a plain function needs its parameters", fix="Give params=[w, b]")
        self.function = function
        for number, tensor in enumerate(params):
            if not isinstance(tensor, Tensor) or not tensor.is_leaf or not tensor.is_floating_point():
                raise ModelError(
                    f"params[{number}] is not a leaf tensor of floats",
                    fix="Give the tensors that the function uses, as torch.zeros(...) made them",
                )
            if any(tensor is other for other in params[:number]):
                raise ModelError(f"params[{number}] is given twice", fix="Give each tensor once")
        for number, tensor in enumerate(params):
            tensor.requires_grad_(True)
            # Not register_parameter: it takes only an nn.Parameter, which would be another tensor than the function's.
            self._parameters[str(number)] = cast(nn.Parameter, tensor)

    def forward(self, x: Tensor) -> Tensor:
        return self.function(x)

    def check_device(self, device: torch.device | str) -> None:
        """See that the function's tensors are where the mini-batches will be.

        Raises:
            ModelError: they are elsewhere. Other tensors that the function uses cannot be seen, so none is moved.
        """
        wanted = torch.device(device)
        for number, tensor in enumerate(self.parameters()):
            here = tensor.device
            if here.type != wanted.type or (wanted.index is not None and here.index not in (None, wanted.index)):
                raise ModelError(
                    f"params[{number}] of the function is on {here}, and the run is on {wanted}",
                    fix=f"Make it there (torch.zeros(..., device='{wanted}')), or give device='{here.type}'",
                )

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> Self:
        """What `.to`, `.cuda`, `.double` and their like go through: only what leaves device and type as they are."""
        changed = [fn(tensor.detach()) for tensor in self.parameters()]
        for tensor, new in zip(self.parameters(), changed, strict=True):
            self.check_device(new.device)
            if new.dtype != tensor.dtype:
                raise ModelError(
                    f"the function's parameters are {tensor.dtype}, and {new.dtype} was asked for",
                    fix=f"Make them so (torch.zeros(..., dtype={new.dtype}))",
                )
        for tensor, new in zip(self.parameters(), changed, strict=True):
            tensor.data = new
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> NoReturn:
        raise ModelError(
            "a plain function cannot be copied: it holds on to its tensors",
            fix="Keep clones of its state_dict() and put them back with load_state_dict()",
        )
