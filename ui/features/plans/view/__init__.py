"""What the plans room shows: forms and pictures that know no rule."""
