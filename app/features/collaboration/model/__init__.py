"""The rules of the collaboration room, without a file and without a screen."""
