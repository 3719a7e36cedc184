"""The screening room's forms: they emit what was typed and know no rule."""
