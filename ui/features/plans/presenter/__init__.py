"""What the plans room does with what is typed."""
