"""What the reports page does: from what is chosen to a report that leaves on record."""
