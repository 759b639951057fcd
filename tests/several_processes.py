"""Functions that run in several processes at once, joined by torch.distributed over gloo, as torchrun joins them.

The processes are forked from the server of command_process.py, which has imported torch: they start in no time.
"""

from __future__ import annotations

import os
import socket
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from command_process import small_processes


def in_processes(count: int, function: Callable[..., Any], *arguments: Any, timeout: float = 120) -> list[Any]:
    """What `function(*arguments)` returns in each of `count` processes, by their ranks; it is a function of a module.

    Raises:
        RuntimeError: with the traceback of the first process that failed.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    context = small_processes()
    started = []
    for rank in range(count):
        here, there = context.Pipe()
        surroundings = {
            **os.environ, "RANK": str(rank), "WORLD_SIZE": str(count), "LOCAL_RANK": str(rank),
            "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "OMP_NUM_THREADS": "1",
        }  # fmt: skip
        process = context.Process(target=_run, args=(there, surroundings, function, arguments), daemon=True)
        process.start()
        there.close()
        started.append((process, here))
    answers: list[Any] = []
    failures: list[str] = []
    for process, here in started:
        try:
            failed, answer = here.recv() if here.poll(timeout) else (True, f"no answer in {timeout:g} s")
        except EOFError:
            failed, answer = True, "it ended without an answer"
        (failures if failed else answers).append(answer)
        if not failed:
            here.send(None)
        process.kill() if failed else process.join(timeout)
    if failures:
        raise RuntimeError("\n".join(failures))
    return answers


def _run(answer: Connection, surroundings: dict[str, str], function: Callable[..., Any], arguments: Any) -> None:
    os.environ.clear()
    os.environ.update(surroundings)
    import torch

    torch.set_num_threads(1)
    try:
        answer.send((False, function(*arguments)))
    except BaseException:
        answer.send((True, f"process {surroundings['RANK']}: {traceback.format_exc()}"))
    else:
        answer.poll(60)  # tensors lie in memory of this process until they are taken
    os._exit(0)
