"""Every reading SELECT. A function takes an open connection and returns plain rows, ready to be shown."""
