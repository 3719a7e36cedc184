"""The services room as it is seen: forms that emit what was typed."""
