"""The rules of the services room."""
