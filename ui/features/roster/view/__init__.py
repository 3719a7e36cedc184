"""The roster page's panels: they show and ask, and know no rule."""
