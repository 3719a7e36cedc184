"""The schedule's widgets: they show and emit, and know no rule."""
