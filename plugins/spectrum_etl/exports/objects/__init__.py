"""The exportable objects as data: one module each. Adding an object is a new module here and a DAG file."""
