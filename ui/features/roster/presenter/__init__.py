"""What stands behind the roster page."""
