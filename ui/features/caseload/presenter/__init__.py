"""Between the caseload room's views and its services."""
