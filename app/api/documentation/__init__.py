"""The OpenAPI document, the explorer, and the pages about problems."""
