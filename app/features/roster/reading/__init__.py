"""Reads roster files of every kind into the nouns of `app.features.roster.model`; no database."""
