"""Words of a company's name that say what kind of company it is, not which. Used wherever names are compared."""

from __future__ import annotations

#: As they are spelled without punctuation and case.
LEGAL_FORMS = frozenset(
    {"inc", "incorporated", "llc", "lc", "ltd", "limited", "co", "company", "corp", "corporation", "lp", "llp", "lllp"}
    | {"plc", "pc", "pllc", "pa", "pty", "gmbh", "ag", "sa", "srl", "bv", "nv", "kg", "ltee", "ulc", "sarl", "pte"}
)
