"""Turns into who asks, who answers, and which answer belongs to which question. Pure."""
