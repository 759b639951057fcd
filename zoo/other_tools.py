"""goodfit beside PyTorch's own warnings and other tools, on the programs of the zoo: `make zoo-peers`."""

from __future__ import annotations

import importlib.util
import os
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from peers import PEERS
from programs import Program
from running import Tool, goodfit_findings, run


def print_comparison(programs: list[Program]) -> None:
    """A measure that knows no rule's name: does a tool warn of something in the program with the mistake that it does
    not warn of in the corrected twin, and does it warn of anything in a correct program?"""
    pairs = [program.name for program in programs if program.expected_rule and program.level != "notice"]
    correct = [program.name for program in programs if not program.expected_rule]
    tools: dict[str, Tool] = {"goodfit": goodfit_findings}
    for title, (package, tool) in PEERS.items():
        if importlib.util.find_spec(package) is None:
            print(f"{title:<24} is not installed")
        else:
            tools[title] = tool
    for title, tool in tools.items():
        with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
            outcomes = list(pool.map(partial(run, tool=tool), programs))
        kinds = {
            program.name: {
                finding["rule"] or finding["message"][:40] for finding in outcome.values if finding["level"] != "notice"
            }
            for program, outcome in zip(programs, outcomes, strict=True)
        }
        told_apart = sum(bool(kinds[name] - kinds[f"{name} (twin)"]) for name in pairs)
        false_alarms = sum(bool(kinds[name]) for name in correct)
        broken = sum(outcome.crash is not None for outcome in outcomes)
        print(
            f"{title:<24} {told_apart} of {len(pairs)} mistakes change its warnings; "
            f"it warns of {false_alarms} of {len(correct)} correct programs"
            + (f"; it failed on {broken} of {len(outcomes)} programs" if broken else "")
        )
