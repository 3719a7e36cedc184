"""Everything the caseload room asks of the file, and writes into it."""
