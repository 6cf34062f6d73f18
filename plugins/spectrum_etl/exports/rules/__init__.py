"""The rules that decide whether a record may be exported: one named function a rule, one module an exportable object.

`common` holds the questions that several objects ask.
"""
