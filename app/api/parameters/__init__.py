"""Query parameters, each described once. Every model refuses parameters that it does not have."""
