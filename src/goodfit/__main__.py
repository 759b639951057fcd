"""`python -m goodfit`."""

from goodfit.cli import main

main()
