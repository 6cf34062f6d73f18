"""Writes the generated parts of README.md and docs/ from the specs: `python -m stack.docs`. Not used at run time."""
