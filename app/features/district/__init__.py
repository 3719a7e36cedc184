"""The district: its file as it was loaded, and what it asks of the desk.

Whoever keeps the vault loads the first file and compares eight words with what IT says of its
key; a later file of the same key is taken by its serial alone. The file is kept whole and signed.
What it asks for is applied where it belongs: this room says what is asked, the others heed it.
"""
