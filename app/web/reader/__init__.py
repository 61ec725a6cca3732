"""The pages that readers see, one module a page: it reads the request, calls a query and fills a template."""
