"""A fitted model and what it predicts: rows, images, items for users."""
