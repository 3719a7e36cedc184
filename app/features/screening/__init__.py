"""Screening: instruments scored by their published keys, and answers that cannot be overlooked."""
