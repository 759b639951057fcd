"""The report of a run: facts in, plots and one self-contained HTML page out."""

from goodfit.names_elsewhere import answer_calls

answer_calls(__name__)
