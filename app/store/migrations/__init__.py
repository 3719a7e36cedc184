"""The file's schema, one numbered step a file; forward only, and each stands alone."""
