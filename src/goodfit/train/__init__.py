"""The loop (one page) and the small objects made before it."""
