"""What the published site needs beyond Jupyter Book: mathematics without scripts, metadata."""
