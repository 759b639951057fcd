"""The values of a tensor of the program for NumPy, which knows fewer types."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

KNOWN_TO_NUMPY = (torch.float16, torch.float32, torch.float64)


def as_array(tensor: Tensor) -> np.ndarray | None:
    """Bfloat16 and narrower floats as float32; None of tensors without values, and of those that are not dense."""
    if tensor.layout is not torch.strided or tensor.is_meta or tensor.is_quantized:
        return None
    values = tensor.detach().cpu().resolve_conj().resolve_neg()
    is_unknown = values.is_floating_point() and values.dtype not in KNOWN_TO_NUMPY
    return np.asarray((values.float() if is_unknown else values).numpy())
