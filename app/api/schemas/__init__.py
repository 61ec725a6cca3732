"""The shapes of answers. Every key is always there; what a source does not state is null."""
