"""The medication room's widgets: they show what they are given and say what was pressed."""
