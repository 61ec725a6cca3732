"""What importing costs; see `__main__`. A package, because a process that is started to read files imports the module
that was run, but for a package's own `__main__`: so it is with `python -m app`.
"""
