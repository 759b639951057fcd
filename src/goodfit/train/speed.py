"""How fast this machine trains convolutions, as a coarse class: what a fit can afford follows from it.

A measurement that decided finely would give one model today and another tomorrow for the same seed
(docs/decisions/020-precision-by-rule.md). So the class is what the instructions and threads of the processor usually
give, times a power of four where this machine is measured to be far from it: the bounds lie at half and at double the
usual speed, where hardly a machine is, whether it is busy or not.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import torch
from torch import nn

from goodfit.train.device import cpu_threads
from goodfit.train.memory_format import set_memory_format
from goodfit.train.precision import Precision

SECONDS = 0.3
TRIALS_AT_LEAST = 10
SHORTEST = 1e-5  # seconds: a coarse clock may say 0
CHANNELS, SIDE, ROWS = 64, 14, 8  # of the convolution that is timed: some milliseconds, less than a turn of a busy core
OPERATIONS = 6  # for each multiply-add: two, forward and for each of the two gradients
# Gflop/s of one core, as `measured_speed` takes them, and as a fit is planned with: whole steps reach another share of
# it on each kind of processor (docs/decisions/028-speed-from-scratch.md)
USUAL = {"AMX": 250, "AVX512-BF16": 150, "AVX512": 120, "AVX2": 75, "other": 35}
PLANNED = {"AMX": 280, "AVX512-BF16": 185, "AVX512": 120, "AVX2": 60, "other": 35}
SLOWEST = 10  # Gflop/s of a machine that is reckoned with
STEP = 4.0  # between the classes of one kind of processor


@dataclass(frozen=True)
class Speed:
    """The class of a machine.

    Attributes:
        gigaflops: of all threads that are used, in 10^9 operations a second.
        why: it was chosen.
    """

    gigaflops: int
    why: str


def choose_speed(precision: Precision, threads: int, given: int | None = None) -> Speed:
    """The class of speed of this machine's processor in this precision.

    Args:
        threads: that training uses.
        given: the Gflop/s that were asked for.
    """
    if given is not None:
        return Speed(given, "given")
    kind = instructions(precision.dtype)
    gigaflops = max(1, round(PLANNED[kind] * times_usual(measured_speed(precision), USUAL[kind]) * threads))
    cores = f"{threads} thread{'' if threads == 1 else 's'}"
    return Speed(gigaflops, f"{kind} instructions, {cores}; --speed {gigaflops} gives it")


def times_usual(measured: float, usual: float) -> float:
    """The power of four that comes nearest to the measured speed, divided by the usual one."""
    return STEP ** round(math.log(measured / usual, STEP))


def instructions(dtype: str) -> str:
    """The processor's instructions that products of this type are computed with: a name of `USUAL`."""
    if dtype == "bfloat16" and torch.cpu._is_amx_tile_supported():
        return "AMX"
    if dtype == "bfloat16" and torch.cpu._is_avx512_bf16_supported():
        return "AVX512-BF16"
    capability = torch.backends.cpu.get_cpu_capability()
    return capability if capability in USUAL else "other"


def measured_speed(precision: Precision) -> float:
    """Gflop/s of one core at a convolution with norm and ReLU, forward and backward: the fastest of many short trials.

    One thread and its own time, for threads that wait for each other on a busy machine tell nothing: 6 to 127 Gflop/s
    were measured for one machine. torch's random streams are left as they are.
    """
    with torch.random.fork_rng(devices=[]):
        net = nn.Sequential(
            nn.Conv2d(CHANNELS, CHANNELS, 3, 1, 1, bias=False), nn.BatchNorm2d(CHANNELS), nn.ReLU(inplace=True)
        )
        x = torch.randn(ROWS, CHANNELS, SIDE, SIDE)
    if precision.channels_last:
        set_memory_format(net, channels_last=True)
        x = x.contiguous(memory_format=torch.channels_last)
    x.requires_grad_()  # as inside of a net: both gradients are computed
    operations = OPERATIONS * ROWS * CHANNELS * CHANNELS * 9 * SIDE * SIDE
    began, fastest, trials = time.perf_counter(), math.inf, 0
    with cpu_threads(1):
        while trials < TRIALS_AT_LEAST or time.perf_counter() - began < SECONDS:
            start = time.thread_time()
            with precision.autocast(x.device):
                out = net(x)
            out.sum().backward()
            fastest = min(fastest, time.thread_time() - start)
            trials += 1
    return operations / max(fastest, SHORTEST) / 1e9
