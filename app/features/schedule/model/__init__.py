"""The room's rules, without I/O."""
