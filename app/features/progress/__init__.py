"""Progress monitoring: measures, their points, and the decisions that people take on them."""
