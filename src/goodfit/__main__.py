"""`python -m goodfit`, and the command: Ctrl-C is answered in a word from the first import on."""

import sys


def main() -> None:
    try:
        from goodfit.cli.app import main as command
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        sys.exit(130)
    command()


if __name__ == "__main__":
    main()
