"""The encrypted file: connection, transaction, journal, migrations."""
