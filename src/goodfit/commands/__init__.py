"""The commands but fit: each a few lines over the calls that Python users make. `ALL` of a file are its commands."""
