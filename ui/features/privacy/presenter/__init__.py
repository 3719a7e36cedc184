"""What the privacy room does: from what was typed to commands, from refusals to fields."""
