"""The sandbox's command line: `python -m sandbox load|serve|month|touch|layout|fault|procore|drift`.

Used by people and by the demo.
"""

import sys

from sandbox.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
