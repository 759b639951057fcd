"""Columns of a table: reading the file, telling the kinds of columns apart, and turning them into numbers and codes."""
