"""Plans of care: needs, goals, who does what until when, and what a review decides."""
