"""Services: the minutes a plan owes and what was given of them; who was referred, and who stays."""
