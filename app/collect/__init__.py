"""The district's side: fetch, verify, open, validate and load what desks sent. No vault."""
