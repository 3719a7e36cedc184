"""The people of the vault: who they are, their roles and their settings."""
