"""Use of time: activities, the categories of time, and what a claim asks for."""
