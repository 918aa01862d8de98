"""Rows of any table, with their lines: what is wrong with a row stays with that row."""
