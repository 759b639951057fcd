"""The processes that train one net, by torch.distributed: which one this is, and what they sum, gather and agree on.

torchrun (or `goodfit fit --processes N`, which starts it) sets the environment; `join` reads it. Everywhere else there
is `ALONE`, for which a sum is what it was and an agreement is one's own opinion. Every process calls the same methods
in the same order.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

import torch
from torch import Tensor, distributed
from torch._C._distributed_c10d import PrefixStore, TCPStore

from goodfit.errors import ProcessError, UsageError
from goodfit.store.tensors import bytes_of
from goodfit.train.launcher import Heartbeat, common_round

TIMEOUT = timedelta(minutes=10)  # within an epoch: the others are a batch behind at most
PATIENCE = timedelta(days=30)  # for the first process, which reads, decodes and writes alone
DIMENSIONS = 8  # of a tensor that is gathered, at most
DTYPES = (torch.float32, torch.float64, torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.bool)


@dataclass(frozen=True)
class Processes:
    """This process among those that train one net.

    Attributes:
        rank: from 0 on; the first one speaks and writes.
        count: of all of them, on all machines.
        patient: the group in which the others wait for the first one; None: there are no others.
    """

    rank: int = 0
    count: int = 1
    patient: distributed.ProcessGroup | None = None

    @property
    def several(self) -> bool:
        return self.count > 1

    def agreed(self, *flags: bool) -> tuple[bool, ...]:
        """Each flag: whether it is set in any process."""
        if not self.several:
            return flags
        sums = torch.tensor(flags, dtype=torch.int32)
        self.sum(sums)
        return tuple(bool(value) for value in sums.tolist())

    def sum(self, tensor: Tensor) -> None:
        """Put the sum over all processes in its place; the same bits in each of them.

        Raises:
            ProcessError: another process has ended, or does not answer.
        """
        if self.several:
            with _others_may_be_gone():
                distributed.all_reduce(tensor)

    def each(self, tensor: Tensor) -> list[Tensor]:
        """This tensor of every process, by their ranks.

        Raises:
            ProcessError: another process has ended, or does not answer.
        """
        tensors = [torch.empty_like(tensor) for _ in range(self.count)]
        with _others_may_be_gone():
            distributed.all_gather(tensors, tensor)
        return tensors

    def gathered(self, own: Tensor | None) -> Tensor:
        """(n, ...) the rows of all processes in the order of these, on the CPU; None: this one has no row.

        Raises:
            ProcessError: another process has ended, or does not answer.
        """
        if not self.several:
            assert own is not None, "no rows"
            return own
        header = torch.zeros(DIMENSIONS + 1, dtype=torch.int64)
        if own is not None:
            own = own.contiguous().cpu()
            header[0] = DTYPES.index(own.dtype)
            header[1 : 1 + own.dim()] = torch.tensor(own.shape)
        headers = [torch.zeros_like(header) for _ in range(self.count)]
        with _others_may_be_gone():
            distributed.all_gather(headers, header, group=self.patient)
        shapes = [[size for size in each[1:].tolist() if size] for each in headers]
        longest = max((shape for shape in shapes if shape), key=lambda shape: shape[0])
        dtype = DTYPES[max(int(each[0]) for each in headers)]
        padded = torch.zeros(longest, dtype=dtype)
        if own is not None:
            padded[: len(own)] = own
        pieces = [torch.zeros_like(padded) for _ in range(self.count)]
        as_bytes = dtype == torch.bool
        with _others_may_be_gone():
            distributed.all_gather(
                [piece.view(torch.uint8) if as_bytes else piece for piece in pieces],
                padded.view(torch.uint8) if as_bytes else padded,
                group=self.patient,
            )
        return torch.cat([piece[: shape[0] if shape else 0] for piece, shape in zip(pieces, shapes, strict=True)])

    def value_of_first(self, value: Any = None) -> Any:
        """What the first process gives here, as JSON; the others wait for it, however long that takes.

        Raises:
            ProcessError: another process has ended.
        """
        if not self.several:
            return value
        text = json.dumps(value).encode() if self.rank == 0 else b""
        length = torch.tensor([len(text)])
        with _others_may_be_gone():
            distributed.broadcast(length, 0, group=self.patient)
            held = torch.zeros(int(length), dtype=torch.uint8)
            if self.rank == 0:
                held = torch.frombuffer(bytearray(text), dtype=torch.uint8)
            distributed.broadcast(held, 0, group=self.patient)
        return json.loads(bytes(held.tolist()))

    def refuse_different(self, tensors: Sequence[Tensor]) -> None:
        """Raise where a tensor is not the same bit for bit in all processes.

        Raises:
            ProcessError: they have drifted apart, as they do on processors of different kinds.
        """
        if not self.several:
            return
        sums = [_bits(tensor) for tensor in tensors]
        own = torch.tensor([len(sums), sum(at * value for at, value in enumerate(sums, 1)) % 2**62])
        highest, lowest = own.clone(), own.clone()
        with _others_may_be_gone():
            distributed.all_reduce(highest, distributed.ReduceOp.MAX, group=self.patient)
            distributed.all_reduce(lowest, distributed.ReduceOp.MIN, group=self.patient)
        if not torch.equal(highest, lowest):
            raise ProcessError(
                f"the weights of the {self.count} processes have come to differ",
                fix="Run them on processors of one kind, with the same versions of torch and goodfit",
            )


ALONE = Processes()
_HEARTBEATS: list[Heartbeat] = []  # of this process: one, once it has joined others


def _bits(tensor: Tensor) -> int:
    """A sum over the bytes of a tensor as numbers."""
    flat = bytes_of(tensor.detach().cpu())
    short = len(flat) % 4
    words = flat[: len(flat) - short].view(torch.int32).to(torch.int64)
    weights = torch.arange(1, len(words) + 1) % 8191
    return int((words * weights).sum()) + int(flat[len(flat) - short :].sum())


@contextmanager
def _others_may_be_gone() -> Iterator[None]:
    """A collective: torch's RuntimeError says that a connection was closed, or that the time is over."""
    for heartbeat in _HEARTBEATS:
        heartbeat.sums += 1
    try:
        yield
    except RuntimeError as error:
        if "connect to" in str(error) and (address := os.environ.get("MASTER_ADDR")):
            raise ProcessError(
                f"the first process cannot be reached at {address}, port {os.environ.get('MASTER_PORT')}",
                fix="Check MASTER_ADDR and MASTER_PORT (torchrun: --master-addr, --master-port), and that it runs",
            ) from error
        late = "imed out" in str(error)
        raise ProcessError(
            f"{_late()} not answer" if late else "another process of this fit has ended",
            fix="Unless torchrun starts them again, go on from the last checkpoint: the same command and --resume",
        ) from error


def _late() -> str:
    """Who is late, as far as is known: "process 3 does"."""
    try:
        ranks = [rank for heartbeat in _HEARTBEATS for rank in heartbeat.late()]
    except RuntimeError:  # the store has gone as well
        ranks = []
    if not ranks:
        return "another process does"
    named = ", ".join(map(str, ranks))
    return f"process {named} does" if len(ranks) == 1 else f"the processes {named} do"


def started_processes() -> int:
    """How many processes torchrun, or another launcher, has started together with this one; 1: none.

    Raises:
        UsageError: the environment says how many they are and not which one this is.
    """
    count = os.environ.get("WORLD_SIZE", "1")
    if not count.isdigit() or int(count) <= 1:
        return 1
    absent = [name for name in ("RANK", "MASTER_ADDR", "MASTER_PORT") if name not in os.environ]
    if absent and not distributed.is_initialized():
        raise UsageError(
            f"this is one of {count} processes (WORLD_SIZE={count}), and the others cannot be found: "
            f"{' and '.join(absent)} {'is' if len(absent) == 1 else 'are'} not set",
            fix="Start them by torchrun or by --processes N, or unset WORLD_SIZE",
        )
    return int(count)


def join(device: torch.device) -> Processes:
    """Join the other processes, where there are any: once, however many fits follow.

    Args:
        device: that trains: gradients are summed by nccl between GPUs, by gloo between CPUs.
    """
    return ALONE if started_processes() == 1 else _joined(device.type)


@cache
def _joined(device: str) -> Processes:
    with _others_may_be_gone():
        if not distributed.is_initialized():
            backend = "cpu:gloo,cuda:nccl" if device == "cuda" else "gloo"
            store = _store_of_launcher()
            if store is None:  # the first process holds one, anew at each start
                distributed.init_process_group(backend, timeout=TIMEOUT)
                _begin_heartbeat("start")
            else:  # it outlives the processes: addresses of those before these must not be taken for theirs
                rank, count = int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"])
                name = common_round(PrefixStore("goodfit/starts", store), rank, count, TIMEOUT.total_seconds())
                _begin_heartbeat(name)
                distributed.init_process_group(
                    backend, timeout=TIMEOUT, store=PrefixStore(f"goodfit/{name}", store), rank=rank, world_size=count
                )
        patient = distributed.new_group(backend="gloo", timeout=PATIENCE)
    assert isinstance(patient, distributed.ProcessGroup)
    return Processes(distributed.get_rank(), distributed.get_world_size(), patient)


def _begin_heartbeat(name: str) -> None:
    store = PrefixStore("goodfit/beats", _new_client())
    _HEARTBEATS.append(Heartbeat(store, name, int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"])))


def keep_text(name: str, text: str) -> None:
    """Keep a text with the launcher, for processes that it starts in place of these."""
    store = _store_of_launcher()
    if store is not None:
        store.set(f"goodfit/{name}", text)


def kept_text(name: str) -> str | None:
    """What earlier processes of this launcher kept; None: nothing, or the launcher keeps nothing."""
    store = _store_of_launcher()
    if store is None or not store.check([f"goodfit/{name}"]):
        return None
    text: bytes = store.get(f"goodfit/{name}")
    return text.decode()


def restarted_without_memory() -> bool:
    """Whether torchrun may start these processes again, and keeps nothing for those that it starts."""
    return "TORCHELASTIC_RUN_ID" in os.environ and _store_of_launcher() is None


def first_to_claim(name: str) -> bool:
    """Whether this process is the first of all that asks for this name."""
    store = _store_of_launcher()
    return store is None or store.add(f"goodfit/{name}", 1) == 1


@cache
def _store_of_launcher() -> TCPStore | None:
    """torchrun's own store, which outlives the processes; other launchers have none."""
    if os.environ.get("TORCHELASTIC_USE_AGENT_STORE") != "True":
        return None
    with _others_may_be_gone():
        return _new_client()


def _new_client() -> TCPStore:
    address, port = os.environ["MASTER_ADDR"], int(os.environ["MASTER_PORT"])
    return TCPStore(address, port, is_master=False, timeout=TIMEOUT)
