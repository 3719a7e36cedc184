"""The rules of the medication room, without a file and without a screen."""
