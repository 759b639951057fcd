"""Floor 3: the loop (one page) and the small objects made before it."""
