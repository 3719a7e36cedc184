"""An invented district, made from a seed."""
