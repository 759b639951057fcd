"""The loop (one page) and the small objects made before it."""

from goodfit.names_elsewhere import answer_calls

answer_calls(__name__)
