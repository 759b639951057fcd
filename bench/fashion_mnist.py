"""Fashion-MNIST through the command as a newcomer gives it: class folders of PNGs, a cold cache, test accuracy, time.

python bench/fashion_mnist.py [--minutes 3 | --epochs 30] [--json]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from _fashion import write_folders


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--images", type=Path, help="where the class folders are, or are to be written")
    parser.add_argument("--json", action="store_true")
    given, options = parser.parse_known_args()
    with tempfile.TemporaryDirectory() as scratch:
        images = write_folders(given.images or Path(scratch) / "pictures")
        command = [
            sys.executable, "-m", "goodfit", "fit", str(images / "train"), "--test", str(images / "test"),
            "--out", f"{scratch}/run", "--cache", f"{scratch}/cache", "--json", *options,
        ]  # fmt: skip
        start = time.perf_counter()
        printed = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
        seconds = time.perf_counter() - start
    fitted = json.loads(printed)
    accuracy = fitted["metrics"]["test"]["accuracy"]
    result = {
        "options": options,
        "accuracy": accuracy,
        "seconds": seconds,
        "epochs": fitted["epochs"],
        "verdict": fitted["verdict"],
    }
    if given.json:
        print(json.dumps(result))
        return
    chosen = " ".join(options) or "no option"
    print(f"goodfit fit FM/train --test FM/test, {chosen}: {fitted['epochs']} epochs, {seconds:.0f} s")
    print(
        f"test accuracy {accuracy['value']:.4f} ({accuracy['low']:.4f} to {accuracy['high']:.4f}); {fitted['verdict']}"
    )


if __name__ == "__main__":
    main()
