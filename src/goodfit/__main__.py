"""`python -m goodfit`, and the command: Ctrl-C is answered in a word from the first import on."""

import sys

from goodfit.busy import sample, wait_asleep_if_busy


def main() -> None:
    before = sample()
    try:
        from goodfit.cli.app import main as command

        wait_asleep_if_busy(before)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        sys.exit(130)
    command()


if __name__ == "__main__":
    main()
