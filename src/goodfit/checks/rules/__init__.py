"""One file a rule. Its docstring is its explain page; a file dropped in here is found by itself."""
