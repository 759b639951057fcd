"""Kill -9 at random moments, resume, compare bit for bit with a run that was never stopped.

python bench/resume.py [--kills 20] [--json]
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import torch
from safetensors.torch import load_file

from goodfit.cli.demo import write_digits


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    choose = random.Random(given.seed)
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        write_digits(place)

        def command(out: Path, *more: str) -> list[str]:
            base = [sys.executable, "-m", "goodfit", "fit", str(place / "digits"), "--out", str(out), "--epochs", "6"]
            return [*base, "--cache", str(place / "cache"), "--ema", "0.98", "--augment", "strong", "--quiet", *more]

        start = time.perf_counter()
        subprocess.run(command(place / "unbroken"), check=True, stdout=subprocess.DEVNULL)
        whole = time.perf_counter() - start
        expected = load_file(place / "unbroken" / "model.safetensors")
        equal, inside = 0, 0
        for number in range(given.kills):
            out = place / f"killed-{number}"
            process = subprocess.Popen(command(out), stdout=subprocess.DEVNULL)
            time.sleep(choose.uniform(0.1, whole))
            process.kill()
            process.wait()
            inside += (out / "checkpoint.safetensors").exists()
            subprocess.run(command(out, "--resume"), check=True, stdout=subprocess.DEVNULL)
            found = load_file(out / "model.safetensors")
            same = found.keys() == expected.keys() and all(torch.equal(found[name], expected[name]) for name in found)
            equal += same
            if not given.json:
                print(f"kill {number + 1:>2}: {'bit-equal' if same else 'DIFFERENT'}", flush=True)
    if given.json:
        print(json.dumps({"kills": given.kills, "bit_equal": equal, "while_training": inside}))
    else:
        print(f"{equal} of {given.kills} bit-equal; {inside} of the kills fell into the training itself")
    sys.exit(equal != given.kills)


if __name__ == "__main__":
    main()
