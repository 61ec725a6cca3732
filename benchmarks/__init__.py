"""What is claimed about speed, as commands; each prints ratios to a baseline of the same run."""
