"""Known vulnerabilities of what is installed, by pip-audit; and a plain word where its database cannot be reached.

    python bench/audit.py PIP_AUDIT SITE_PACKAGES

pip-audit ends well when it could look up nothing at all, which is no audit: here that is an error.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

NOT_PUBLISHED = {"goodfit"}


def summary(report: dict[str, Any]) -> tuple[list[str], int]:
    """Lines to print about what pip-audit found, and the exit status.

    Args:
        report: what `pip-audit --format json` prints.
    """
    packages = [each for each in report["dependencies"] if each["name"] not in NOT_PUBLISHED]
    skipped = [each for each in packages if "skip_reason" in each]
    checked = [each for each in packages if "skip_reason" not in each]
    lines = [
        f"{each['name']} {each['version']}: {fault['id']}, fixed in: {', '.join(fault['fix_versions']) or 'no release'}"
        for each in checked
        for fault in each["vulns"]
    ]
    if not checked:
        what = f"NOTHING WAS CHECKED: none of {len(packages)} packages could be looked up in the database of "
        return [what + "vulnerabilities (pypi.org). Run it where there is a line to it."], 2
    status = 1 if lines else 0
    lines.append(f"{len(checked)} packages checked, {len(lines)} known vulnerabilities")
    if skipped:
        lines.append(f"{len(skipped)} NOT CHECKED: {', '.join(each['name'] for each in skipped)}")
    return lines, status


def main() -> int:
    """0: checked, and nothing is known; 1: vulnerabilities; 2: it could not be checked."""
    audit, packages = sys.argv[1:]
    command = [audit, "--path", packages, "--format", "json", "--progress-spinner", "off"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        report = json.loads(done.stdout)
    except ValueError:
        last = done.stderr.strip().splitlines()[-1:] or ["pip-audit said nothing"]
        print(f"NOTHING WAS CHECKED: {last[0][:300]}")
        return 2
    lines, status = summary(report)
    print("\n".join(lines))
    return status


if __name__ == "__main__":
    sys.exit(main())
