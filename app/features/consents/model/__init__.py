"""What a consent is, who may sign it, and whether it is in force: pure rules."""
