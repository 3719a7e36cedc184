"""The widgets every page is made of."""
