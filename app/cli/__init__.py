"""What the installed command `quoth` runs.

A process that is started to read files imports the script that started it. This one costs it nothing: the command line,
with everything below it, is imported where a command is run.
"""


def main() -> None:
    """Run the command line."""
    from app.cli.program import main as run

    run()
