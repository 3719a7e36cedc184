"""What a plan is, when it can be agreed, and what a review makes of it."""
