"""The zoo as a benchmark for any tool: a list of its programs, and the programs as files that run by themselves.

    python zoo/manifest.py                   write zoo/manifest.csv
    python zoo/manifest.py --programs DIR    write every program with its twin, and the list, into a new folder

A row is a program: its file, the file of its corrected twin, the rule and level that goodfit is to report, whether it
was held out while rules were written, and a public report of the mistake. Correct programs have neither twin nor rule.
"""

from __future__ import annotations

import argparse
import csv
import io
import sys
from pathlib import Path

from programs import Program, all_programs
from running import rule_levels
from sources import source_of

LIST = Path(__file__).parent / "manifest.csv"
COLUMNS = ("program", "twin", "rule", "level", "held_out", "source")


def file_of(program: Program) -> str:
    """The name of a program's file: "RULE/FILE (twin)" becomes RULE/FILE_twin.py."""
    return program.name.replace(" (twin)", "_twin") + ".py"


def manifest() -> str:
    """The list as CSV, with a row for each mistake and each correct program that is no twin."""
    levels = rule_levels()
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    for program in all_programs():
        rule = program.expected_rule
        if rule is not None:
            level = program.level or levels[rule]
            twin = file_of(program).removesuffix(".py") + "_twin.py"
            table.writerow([file_of(program), twin, rule, level, program.held_out, source_of(program.name) or ""])
        elif program.name.startswith("clean/"):
            table.writerow([file_of(program), "", "", "", program.held_out, ""])
    return text.getvalue()


def write_programs(folder: Path) -> int:
    """Every program as a file of its own, and the list beside them; how many there are."""
    folder.mkdir(parents=True)
    count = 0
    for program in all_programs():
        path = folder / file_of(program)
        path.parent.mkdir(exist_ok=True)
        path.write_text(program.source, encoding="utf-8")
        count += 1
    (folder / LIST.name).write_text(manifest(), encoding="utf-8")
    return count


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--programs", type=Path, metavar="DIR", help="write the programs themselves into a new folder")
    options = parser.parse_args()
    if options.programs is not None:
        print(f"{write_programs(options.programs)} programs -> {options.programs}")
    else:
        LIST.write_text(manifest(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
