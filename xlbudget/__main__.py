"""``python -m xlbudget`` and the command ``xlbudget``."""

from xlbudget.cli import main

__all__ = ["main"]

if __name__ == "__main__":
    main()
