"""One step of several processes: the gradient of the whole batch, each process computing a slice of it.

It is a step of several passes (`goodfit.train.passes`) whose parts lie in other processes: a loss is a total over a
count, counts are summed before the backward pass, gradients after it. So every process has the gradient of the one
process that had the whole batch, to rounding; what follows (clipping, the step, the moving average) is the same in all.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from goodfit.data.shares import Share, lanes, shares
from goodfit.data.source import Batch
from goodfit.errors import ModelError
from goodfit.tasks.task import Task
from goodfit.train.cross_fitting import Folds, RowsAmongOthers, gradient_scale, training_outputs
from goodfit.train.exact import Step, exact_forward_backward
from goodfit.train.memory import out_of_memory
from goodfit.train.passes import penalty, without_a_trace
from goodfit.train.precision import Precision
from goodfit.train.processes import Processes
from goodfit.train.sharding import Sharding, refuse_use_outside_forward
from goodfit.train.whole_batch import WholeBatch


class Together:
    """Steps of a net that several processes train.

    Args:
        sync_norm: whether batch norm takes the rows of all processes.
        exact: whether sums have one order, for any number of processes (`goodfit.train.exact`).
        sharding: of the net; its gradients come summed.
    """

    def __init__(
        self,
        net: nn.Module,
        processes: Processes,
        *,
        sync_norm: bool,
        exact: bool = False,
        sharding: Sharding | None = None,
    ) -> None:
        self.net, self.processes, self.exact, self.sharding = net, processes, exact, sharding
        self.whole_batch = WholeBatch(processes, sync_norm=sync_norm)
        self._moved: list[Tensor] | None = None  # buffers that a forward pass changes, once there was one

    def forward_backward(
        self, task: Task, batch: Batch, precision: Precision, device: torch.device, folds: Folds | None
    ) -> Tensor:
        """Leave the gradient of the whole batch in the net's parameters; returns its loss, detached.

        Raises:
            ModelError: out of memory: the others would wait for a process that begins its batch again.
        """
        try:
            if self.exact:
                return self._exact_forward_backward(task, batch, precision, device, folds)
            return self._forward_backward(task, batch, precision, device, folds)
        except RuntimeError as error:
            refuse_use_outside_forward(error)
            if not out_of_memory(error):
                raise
            raise ModelError(
                f"process {self.processes.rank} of {self.processes.count} is out of memory",
                fix="Give a smaller --batch-size, with --accumulate for the same effective batch",
            ) from error

    def share_of(self, micro_batch: int, rows: int) -> list[Share]:
        """What this process computes of a batch of so many rows."""
        if self.exact:
            return lanes(rows, self.processes.rank, self.processes.count)
        return shares(rows, micro_batch, self.processes.rank, self.processes.count)

    def _exact_forward_backward(
        self, task: Task, batch: Batch, precision: Precision, device: torch.device, folds: Folds | None
    ) -> Tensor:
        assert batch.shared is not None
        held = batch.shared.shares
        # copies: where a tensor begins in memory decides how some kernels round, and a slice begins anywhere
        xs, ys, rows = ([lane.clone() for lane in part.split([each.rows for each in held])] for part in batch[:3])

        def outputs(number: int) -> tuple[Tensor, Tensor]:
            among = self._among(batch, held[number])
            return training_outputs(self.net, folds, xs[number], ys[number], rows[number], among)

        step = Step(self.net, self.processes, task, batch, precision, device, folds)
        return exact_forward_backward(step, outputs, self.whole_batch)

    def _forward_backward(
        self, task: Task, batch: Batch, precision: Precision, device: torch.device, folds: Folds | None
    ) -> Tensor:
        assert batch.shared is not None
        taken = batch.shared.shares
        xs, ys, rows = (part.split([share.rows for share in taken]) for part in batch[:3])
        weights = [1 / share.copies for share in taken]
        before = None if self._moved is not None else [buffer.clone() for buffer in self._float_buffers()]

        def outputs(number: int) -> tuple[Tensor, Tensor]:
            among = self._among(batch, taken[number])
            with precision.autocast(device):
                return training_outputs(self.net, folds, xs[number], ys[number], rows[number], among)

        counts = [count for y in ys if (count := task.loss_count(y)) is not None]
        scale = gradient_scale(self.net, folds)
        if self.sharding is not None:
            scale = scale * self.processes.count  # FSDP2 takes the mean; gloo has no sum with a factor (PREMUL_SUM)
        loss = torch.zeros((), device=device)
        held: tuple[Tensor, Tensor] | None = None
        if counts:
            whole = torch.zeros((), device=device)
            for count, weight in zip(counts, weights, strict=True):
                whole += torch.as_tensor(count, device=device) * weight
            self.processes.sum(whole)
            whole = whole + (whole == 0)  # not one pixel counts: nothing to divide
        else:
            if len(taken) == 1:
                held = outputs(0)
                sums = task.loss_sums(*held).detach() * weights[0]
            else:
                with without_a_trace(self.net, device):
                    parts = [task.loss_sums(*outputs(number)).detach() for number in range(len(taken))]
                sums = torch.stack([part * weight for part, weight in zip(parts, weights, strict=True)]).sum(0)
            self.processes.sum(sums)
            sums.requires_grad_()
            loss = task.loss_of_sums(sums)
            (slopes,) = torch.autograd.grad(loss, sums)
            loss = loss.detach()
        for number, (share, weight) in enumerate(zip(taken, weights, strict=True)):
            out, targets = held if held is not None else outputs(number)
            with precision.autocast(device):
                if counts:
                    part = task.loss(out, targets) * (counts[number] * weight / whole)
                    loss = loss + part.detach()
                else:
                    part = (task.loss_sums(out, targets) * slopes).sum() * weight
            ours = penalty(self.net) * (share.rows * weight / batch.size)
            self.whole_batch.backward(scale * part + (ours * self.processes.count if self.sharding else ours))
        if counts:
            self.processes.sum(loss)
        self._join_gradients(before, sum(s.rows * w for s, w in zip(taken, weights, strict=True)) / batch.size)
        return loss

    def _among(self, batch: Batch, share: Share) -> RowsAmongOthers:
        assert batch.shared is not None
        return RowsAmongOthers(
            batch.shared.rows[share.start : share.start + share.whole],
            share.first,
            lambda rows, before, whole: self.whole_batch.rows(rows, before, whole, shared=share.copies == 1),
        )

    def _join_gradients(self, before: list[Tensor] | None, share_of_rows: float) -> None:
        """Sums of the gradients, and means over the rows of buffers that the forward pass changed (running moments).

        One vector holds them all, and for each parameter whether it has a gradient in any process: a parameter that a
        slice did not reach has one where another slice reached it.
        """
        if before is not None:
            self._moved = self._buffers_that_moved(before)
        parameters = [parameter for parameter in self.net.parameters() if parameter.requires_grad]
        if self.sharding is not None:  # which has joined the gradients already
            for buffer in self._moved or []:
                buffer.mul_(share_of_rows)
                self.processes.sum(buffer)
            return
        if not parameters:
            return
        for kind in sorted({parameter.dtype for parameter in parameters}, key=str):
            self._join_of_type([parameter for parameter in parameters if parameter.dtype == kind], share_of_rows)

    def _join_of_type(self, parameters: list[nn.Parameter], share_of_rows: float) -> None:
        kind, device = parameters[0].dtype, parameters[0].device
        moved = [buffer for buffer in self._moved or [] if buffer.dtype == kind]
        reached = torch.tensor([float(each.grad is not None) for each in parameters], dtype=kind, device=device)
        parts = [(torch.zeros_like(each) if each.grad is None else each.grad).reshape(-1) for each in parameters] + [
            buffer.detach().reshape(-1) * share_of_rows for buffer in moved
        ]
        flat = torch.cat([reached, *parts])
        self.processes.sum(flat)
        reached_by_any, *joined = flat.split([len(parameters), *(part.numel() for part in parts)])
        everywhere = reached_by_any.bool().tolist()
        for parameter, gradient, is_reached in zip(parameters, joined, everywhere, strict=False):
            if parameter.grad is not None:
                parameter.grad.copy_(gradient.view_as(parameter))
            elif is_reached:
                parameter.grad = torch.empty_like(parameter).copy_(gradient.view_as(parameter))
        for buffer, value in zip(moved, joined[len(parameters) :], strict=True):
            buffer.copy_(value.view_as(buffer))

    def _float_buffers(self) -> list[Tensor]:
        return [buffer for buffer in self.net.buffers() if buffer.is_floating_point()]

    def _buffers_that_moved(self, before: list[Tensor]) -> list[Tensor]:
        """Those that a forward pass changed in any process: batch norm leaves no trace in their version counters."""
        both = list(zip(self._float_buffers(), before, strict=True))
        moved = self.processes.agreed(*(not torch.equal(buffer, was) for buffer, was in both))
        return [buffer for (buffer, _), is_moved in zip(both, moved, strict=True) if is_moved]
