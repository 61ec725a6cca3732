"""What importing costs; see `__main__`."""
