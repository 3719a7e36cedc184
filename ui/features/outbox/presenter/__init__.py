"""The pages of the outbox, and what sends by itself."""
