"""The medication room's pages: they ask the core and put its answers into words."""
