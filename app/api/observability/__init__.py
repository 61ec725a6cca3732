"""What operators see of each request: log lines, metrics and traces."""
