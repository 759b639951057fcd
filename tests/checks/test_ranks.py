"""One report of a program in several processes: what each rank found reaches rank 0."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from torch._C._distributed_c10d import TCPStore

from goodfit.checks.finding import Finding, Level
from goodfit.checks.ranks import merged, of_all_ranks, rank_of

HERE = Finding("loss-broadcast", "GF205", Level.ERROR, "of rank 0", "fix", "train.py", 7, count=3)
SAME = Finding("loss-broadcast", "GF205", Level.ERROR, "of rank 1", "fix", "train.py", 7)
OTHER = Finding("dead-units", "GF402", Level.WARNING, "units are dead", "fix", "train.py", 9)

PROGRAM = """
import torch
import torch.distributed as dist
from torch import nn

dist.init_process_group("gloo")
torch.manual_seed(dist.get_rank())
net = nn.parallel.DistributedDataParallel(nn.Linear(4, 3))
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for step in range(4):
    x = torch.randn(8, 4)
    logits = net(x)
    loss = nn.functional.cross_entropy(logits.softmax(1), x[:, :3].argmax(1))
    if dist.get_rank() == 1:
        loss = loss + 0 * nn.functional.mse_loss(logits[:, :1], torch.randn(8))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
dist.destroy_process_group()
"""


def test_a_rank_is_known_only_among_several_that_torchrun_has_started() -> None:
    several = {"TORCHELASTIC_USE_AGENT_STORE": "True", "WORLD_SIZE": "2", "RANK": "1"}
    assert rank_of(several) == 1
    assert rank_of({**several, "WORLD_SIZE": "1"}) is None
    assert rank_of({"WORLD_SIZE": "2", "RANK": "1"}) is None, "of another launcher, with no store to meet in"
    assert rank_of({}) is None


def test_what_rank_0_has_too_is_told_once_and_other_findings_name_their_ranks() -> None:
    assert merged([HERE], {1: [SAME, OTHER], 2: [OTHER]}) == [
        HERE,
        Finding("dead-units", "GF402", Level.WARNING, "units are dead (on ranks 1, 2)", "fix", "train.py", 9),
    ]
    assert merged([], {1: [OTHER]})[0].message == "units are dead (on rank 1)"


def test_findings_meet_in_the_store_of_the_launcher(monkeypatch: pytest.MonkeyPatch) -> None:
    launcher = TCPStore("127.0.0.1", 0, is_master=True, wait_for_workers=False)
    for name, value in {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(launcher.port), "WORLD_SIZE": "2"}.items():
        monkeypatch.setenv(name, value)
    assert of_all_ranks([OTHER], rank=1) == []
    assert [finding.message for finding in of_all_ranks([HERE], rank=0)] == ["of rank 0", "units are dead (on rank 1)"]


@pytest.mark.slow
def test_torchrun_gives_one_report(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(PROGRAM, encoding="utf-8")
    command = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2", "-m", "goodfit", "check"]
    done = subprocess.run(
        [*command, "train.py"], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
    )
    report = " ".join(done.stdout.split())
    assert done.returncode == 1
    assert report.count("softmax-before-cross-entropy [GF202]") == 1
    assert "are broadcast to (8, 8): every prediction is compared with every target (on rank 1)." in report
    assert report.count("goodfit: 2 errors in 4 optimiser steps") == 1
