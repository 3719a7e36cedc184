"""Data that the program ships: fonts, themes, translations, lists."""
