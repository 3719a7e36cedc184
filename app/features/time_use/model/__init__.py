"""The rules of time: categories, entries, shares, and claims."""
