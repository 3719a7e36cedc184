"""The pages of the collaboration room: what is typed becomes commands."""
