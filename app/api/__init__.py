"""HTTP: what is asked, what is answered, and how errors are told. One module a resource."""
