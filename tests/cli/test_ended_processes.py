"""What the launcher says of processes that it started again in vain."""

from __future__ import annotations

import pytest
from torch.distributed.elastic.multiprocessing.errors import ProcessFailure

from goodfit.cli.processes import ended


def failures(*statuses: int) -> dict[int, ProcessFailure]:
    """As torch has them: exit statuses by rank, a signal's number negative."""
    return {
        rank: ProcessFailure(local_rank=rank, pid=1000 + rank, exitcode=status, error_file="<N/A>")
        for rank, status in enumerate(statuses)
    }


def test_a_killed_process_is_named_with_its_signal(capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(failures(1, -15, -9)) == 128 + 9
    line = capsys.readouterr().err
    assert line.count("\n") == 1
    assert line.startswith("goodfit: process 2 was killed (SIGKILL, as the system does where memory runs out)")
    assert "--resume" in line


def test_other_signals_are_not_laid_on_memory(capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(failures(-11, 1)) == 128 + 11
    line = capsys.readouterr().err
    assert "process 0 was killed (SIGSEGV)" in line
    assert "memory" not in line


def test_processes_that_have_said_their_error_get_no_second_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(failures(2, 2)) == 2
    assert capsys.readouterr().err == ""
