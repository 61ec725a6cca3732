"""`python -m app`: the same as the installed command `quoth`."""

from app.cli import main

if __name__ == "__main__":
    main()
