"""Paper: pages, fonts and tables that every printed record shares."""
