"""The widgets of the collaboration room; they know no rule."""
