"""What the pages of tiers ask the core for, and what they show of it."""
