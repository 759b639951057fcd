"""A fitted model and what it predicts: rows, images, items for users."""

from goodfit.names_elsewhere import answer_calls

answer_calls(__name__)
