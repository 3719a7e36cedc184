"""Forms that emit what was typed and know no rule."""
