"""`python -m goodfit`."""

from goodfit.cli.app import main

main()
