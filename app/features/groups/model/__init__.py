"""What a group is, who is in it on which day, and what a session of it becomes."""
