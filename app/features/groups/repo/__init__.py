"""Everything the groups room asks of the file, and writes into it."""
