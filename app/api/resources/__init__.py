"""One module a resource: addresses, parameters, and the query that answers."""
