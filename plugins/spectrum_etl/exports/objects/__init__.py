"""The exportable objects as data: one module each, with the numbered rules whose checks `exports.rules` holds.

Adding one is a module here and, for checks that only it needs, one of the same name there; a line in `registry`; a DAG
file.
"""
