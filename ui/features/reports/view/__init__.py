"""What the reports page shows: a form that knows no rule, and the pages beside it."""
