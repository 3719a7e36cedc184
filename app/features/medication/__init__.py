"""Orders, doses, stock, controlled substances, incidents, and other nursing."""
