"""Seconds that `import goodfit` adds to `import torch`, and seconds until help is printed; the best of several.

python bench/imports.py [--repeats 5]
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time


def seconds(*command: str) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--repeats", type=int, default=5)
    repeats = parser.parse_args().repeats
    best = {
        name: min(seconds(sys.executable, *arguments) for _ in range(repeats + 1))
        for name, arguments in {
            "torch": ("-c", "import torch"),
            "both": ("-c", "import torch, goodfit"),
            "all": ("-c", "import torch, goodfit; goodfit.fit"),  # the modules behind the public names as well
            "help": ("-m", "goodfit", "--help"),
            "fit": ("-m", "goodfit", "fit", "--help"),
        }.items()
    }
    print(f"import torch            {best['torch']:.2f} s")
    print(f"import goodfit adds     {best['both'] - best['torch']:.2f} s")
    print(f"and goodfit.fit         {best['all'] - best['torch']:.2f} s")
    print(f"goodfit --help          {best['help']:.2f} s")
    print(f"goodfit fit --help      {best['fit']:.2f} s")


if __name__ == "__main__":
    main()
