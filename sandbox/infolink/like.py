"""LIKE patterns as PostgreSQL regular expressions."""

import re


def like_regex(pattern: str, escape: str = "") -> str:
    """A LIKE pattern as a PostgreSQL regular expression; trailing blanks of the matched text do not count.

    Args:
        pattern: with %, _, [set], [^set].
        escape: the ESCAPE character, or empty.
    """
    out, position = ["(?s)^"], 0
    while position < len(pattern):
        character = pattern[position]
        if escape and character == escape and position + 1 < len(pattern):
            position += 1
            out.append(re.escape(pattern[position]))
        elif character == "%":
            out.append(".*")
        elif character == "_":
            out.append(".")
        elif character == "[" and "]" in pattern[position + 1 :]:
            end = pattern.index("]", position + 1)
            inside = pattern[position + 1 : end].replace("\\", "\\\\").replace("[", "\\[")
            out.append(f"[{inside}]" if inside not in ("", "^") else re.escape(pattern[position : end + 1]))
            position = end
        else:
            out.append(re.escape(character))
        position += 1
    return "".join(out) + " *$"
