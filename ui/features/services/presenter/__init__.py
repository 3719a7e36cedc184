"""The services room behind its views."""
