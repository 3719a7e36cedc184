"""The forms and pictures of the tiers."""
