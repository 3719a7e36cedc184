"""What left the desk: to whom, why and exactly what."""
