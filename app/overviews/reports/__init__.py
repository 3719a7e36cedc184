"""Reports: what may leave the desk on paper, built from what the export reader may see."""
