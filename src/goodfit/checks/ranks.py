"""One report of a program that torchrun runs in several processes: rank 0 reports what all of them found.

They meet in the store of torchrun's agent, which is there before the program begins and after it has ended.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from goodfit.checks.finding import Finding

if TYPE_CHECKING:
    from torch._C._distributed_c10d import Store

WAIT = timedelta(seconds=60)  # that rank 0 waits for another, after its own program has ended


def rank_of(environment: Mapping[str, str] | None = None) -> int | None:
    """The rank of this process among several that torchrun has started; None where it is alone."""
    env = os.environ if environment is None else environment
    if env.get("TORCHELASTIC_USE_AGENT_STORE") != "True" or int(env.get("WORLD_SIZE", "1")) < 2:
        return None
    return int(env["RANK"])


def of_all_ranks(findings: list[Finding], rank: int) -> list[Finding]:
    """What all ranks found, on rank 0; on others nothing is left to report."""
    from torch._C._distributed_c10d import PrefixStore, TCPStore  # torch.distributed has them from there

    store = TCPStore(os.environ["MASTER_ADDR"], int(os.environ["MASTER_PORT"]), is_master=False, timeout=WAIT)
    restart = os.environ.get("TORCHELASTIC_RESTART_COUNT", "0")
    common = PrefixStore(f"goodfit/{restart}", store)
    if rank:
        common.set(str(rank), json.dumps([finding.to_json() for finding in findings]))
        return []
    others = {other: _of_rank(common, other) for other in range(1, int(os.environ["WORLD_SIZE"]))}
    return merged(findings, others)


def _of_rank(store: Store, rank: int) -> list[Finding]:
    try:
        text = store.get(str(rank))
    except RuntimeError:  # it has not come: torchrun says why
        return []
    return [Finding.from_json(values) for values in json.loads(text)]


def merged(findings: Iterable[Finding], others: Mapping[int, Iterable[Finding]]) -> list[Finding]:
    """Findings of rank 0, and those that other ranks alone have, each once with the ranks that it is of."""
    own = list(findings)
    known = {(finding.rule, finding.file, finding.line) for finding in own}
    alone: dict[tuple[str, str | None, int | None], tuple[Finding, list[int]]] = {}
    for rank, of_rank in sorted(others.items()):
        for finding in of_rank:
            key = (finding.rule, finding.file, finding.line)
            if key not in known:
                alone.setdefault(key, (finding, []))[1].append(rank)
    for finding, ranks in alone.values():
        which = f"rank {ranks[0]}" if len(ranks) == 1 else f"ranks {', '.join(map(str, ranks))}"
        own.append(replace(finding, message=f"{finding.message} (on {which})"))
    return own
