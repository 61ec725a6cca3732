"""The HTTP API: resources, their parameters and shapes, lists and formats, and errors as problem documents."""
