"""The zoo: small PyTorch programs as people write them, with silent mistakes and without, and what goodfit finds.

    python zoo/zoo.py [--only NAME] [--verbose] [--other] [--json FILE]

Prints the programs that are judged wrongly and a table by rule. Exit status 1 where one of them is not in the list of
known failures (programs.py), or a known failure is judged rightly. The tests run the same programs by name
(tests/checks/test_zoo.py; all of them by `make zoo`).
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from programs import KNOWN_FAILURES, Program, all_programs
from running import Outcome, import_what_programs_need, judge, run

Record = dict[str, Any]


def make_record(program: Program, outcome: Outcome) -> Record:
    """What is kept of a program, as JSON: its result and the rules that warned."""
    warned = sorted({finding["rule"] for finding in outcome.values if finding["level"] != "notice"})
    return {
        "program": program.name,
        "expected_rule": program.expected_rule,
        "held_out": program.held_out,
        "result": judge(program, outcome),
        "rules": warned,
    }


def describe(program: Program, outcome: Outcome, *, verbose: bool = False) -> str:
    """The result of a program and what goodfit said of it, for people."""
    findings = ", ".join(f"{each['rule']} ({each['level']}) line {each['line']}" for each in outcome.values)
    lines = [f"{judge(program, outcome):<10} {program.name}  {outcome.seconds:.1f} s  {findings or 'no finding'}"]
    if verbose:
        lines += [finding["message"] for finding in outcome.values]
    if outcome.crash:
        lines += outcome.crash.strip().splitlines()[-6:]
    return "\n           ".join(lines)


def is_as_expected(record: Record) -> bool:
    """Whether the result is the right one, or the wrong one that the list of known failures names."""
    known = KNOWN_FAILURES.get(record["program"])
    right_result = "hit" if record["expected_rule"] else "quiet"
    return bool(record["result"] == (known.result if known else right_result))


def table_lines(records: list[Record]) -> list[str]:
    """For each rule how many of its mistakes were found and on how many correct programs it warned; then the sums."""
    correct = [record for record in records if not record["expected_rule"]]
    lines = [f"{'rule':<30}{'found':>9}   on {len(correct)} correct programs"]
    for rule in sorted({record["expected_rule"] for record in records if record["expected_rule"]}):
        of_rule = [record["result"] for record in records if record["expected_rule"] == rule]
        alarms = sum(rule in record["rules"] for record in correct)
        lines.append(f"{rule:<30}{of_rule.count('hit'):>3} of {len(of_rule):>2}   {alarms or '-'}")
    for title, held_out in (("seen while the rules were written", False), ("held out", True)):
        part = [record for record in records if record["held_out"] is held_out]
        mistakes = [record["result"] for record in part if record["expected_rule"]]
        results = [record["result"] for record in part if not record["expected_rule"]]
        if part:
            lines.append(
                f"{title}: {mistakes.count('hit')} of {len(mistakes)} mistakes found with the right rule and level; "
                f"of {len(results)} correct programs {results.count('error')} with an error, "
                f"{results.count('warning')} with a warning; "
                f"{mistakes.count('crash') + results.count('crash')} did not run"
            )
    return lines


def run_all(programs: Iterable[Program], *, verbose: bool) -> list[Record]:
    """Run the programs, one process a core at a time; print those that are judged wrongly, or all."""
    programs = list(programs)
    records = []
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        for program, outcome in zip(programs, pool.map(run, programs), strict=True):
            record = make_record(program, outcome)
            records.append(record)
            if verbose or record["result"] != program.right_result:
                print(describe(program, outcome, verbose=verbose), flush=True)
    return records


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", default="", metavar="NAME", help="programs whose name contains this")
    parser.add_argument("--verbose", action="store_true", help="print every program and the messages of its findings")
    parser.add_argument("--other", action="store_true", help="compare with PyTorch's own warnings and with other tools")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the result of every program to this file")
    options = parser.parse_args()
    import_what_programs_need()
    programs = [program for program in all_programs() if options.only in program.name]
    records = run_all(programs, verbose=options.verbose)
    print("\n".join(table_lines(records)))
    if options.other:
        from other_tools import print_comparison

        print_comparison(programs)
    if options.json:
        options.json.write_text(json.dumps(records, indent=1) + "\n", encoding="utf-8")
    unexpected = [record for record in records if not is_as_expected(record)]
    for record in unexpected:
        print(f"not as expected: {record['program']}: {record['result']}")
    return 1 if unexpected else 0


if __name__ == "__main__":
    sys.exit(main())
