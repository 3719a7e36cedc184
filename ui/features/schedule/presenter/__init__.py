"""The schedule's pages: they look up, carry out, and say what was done."""
