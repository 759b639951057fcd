"""Does torch's FSDP2 (fully_shard) train on CPUs over gloo to the same result, and what does a process hold then?

    python bench/sharded.py [--width 1024] [--processes 2]

A net of wide layers is trained for some steps by the global batch's sums, as goodfit trains: with parameters and Adam's
state in every process, and with both sharded. goodfit fit has no --shard yet: docs/scale.md says what is between.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from several_processes import in_processes

LAYERS, ROWS, CLASSES, STEPS = 6, 40, 3, 5


def local(tensor: Tensor) -> int:
    """Numbers that this process holds of a tensor."""
    from torch.distributed.tensor import DTensor

    return (tensor.to_local() if isinstance(tensor, DTensor) else tensor).numel()


def whole(tensor: Tensor) -> np.ndarray:
    """All of a tensor, wherever it lies."""
    from torch.distributed.tensor import DTensor

    return (tensor.full_tensor() if isinstance(tensor, DTensor) else tensor).detach().numpy()


def train(width: int, sharded: bool) -> tuple[int, int, list[np.ndarray]]:
    """Numbers held of parameters and of the optimiser's state, and the parameters after the last step."""
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.fsdp import fully_shard

    from goodfit.train.processes import join

    processes = join(torch.device("cpu"))
    torch.manual_seed(0)
    layers = [nn.Sequential(nn.Linear(width, width), nn.LayerNorm(width), nn.ReLU()) for _ in range(LAYERS)]
    net = nn.Sequential(*layers, nn.Linear(width, CLASSES))
    if sharded:
        mesh = init_device_mesh("cpu", (processes.count,))
        for layer in layers:
            fully_shard(layer, mesh=mesh)
        fully_shard(net, mesh=mesh)
    optimiser = torch.optim.AdamW(net.parameters(), lr=1e-3)
    x, y = torch.randn(ROWS, width), torch.arange(ROWS) % CLASSES
    share = slice(processes.rank, None, processes.count)
    for _ in range(STEPS):
        # FSDP2 divides by the number of processes; a divisor of 1 needs PREMUL_SUM, which gloo has not
        scale = processes.count / ROWS if sharded else 1 / ROWS
        (nn.functional.cross_entropy(net(x[share]), y[share], reduction="sum") * scale).backward()
        for parameter in net.parameters() if not sharded else ():
            assert parameter.grad is not None
            processes.sum(parameter.grad)
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimiser.step()
        optimiser.zero_grad()
    state = [value for of_parameter in optimiser.state.values() for value in of_parameter.values()]
    held = [sum(map(local, tensors)) for tensors in (net.parameters(), state)]
    return held[0], held[1], [whole(parameter) for parameter in net.parameters()]


def main() -> None:
    """Print both, and how far they are apart."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--width", type=int, default=1_024)
    parser.add_argument("--processes", type=int, default=2)
    given = parser.parse_args()
    apart, together = (in_processes(given.processes, train, given.width, sharded) for sharded in (False, True))
    for name, answers in (("whole", apart), ("sharded", together)):
        for rank, (parameters, state, _) in enumerate(answers):
            print(f"{name:<8} process {rank}: {parameters:>11,} parameters, {state:>11,} numbers of Adam")
    difference = max(np.abs(one - other).max() for one, other in zip(apart[0][2], together[0][2], strict=True))
    print(f"largest difference of a parameter after {STEPS} steps: {difference:.1e}")


if __name__ == "__main__":
    main()
