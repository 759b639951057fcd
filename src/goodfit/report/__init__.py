"""The report of a run: facts in, plots and one self-contained HTML page out."""
