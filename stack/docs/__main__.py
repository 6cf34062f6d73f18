"""Renews the generated parts of the documentation: `python -m stack.docs`."""

import sys

from stack.docs.pages import BLOCKS, ROOT, renewed


def main() -> int:
    """Write every page whose generated parts have changed, and name it.

    Returns:
        0.
    """
    for page in BLOCKS:
        path, text = ROOT / page, renewed(page)
        if path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            print(f"{page} renewed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
