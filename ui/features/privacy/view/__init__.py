"""What the privacy room shows: forms that know no rule."""
