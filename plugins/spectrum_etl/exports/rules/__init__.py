"""The checks of the exports' rules: one named function each, which yields what is wrong.

A module has the name of the object that needs its checks; what several need is in `common`, `contracts`,
`change_requests`, `amounts` and `address`. The object's spec gives each its number in the requirements.
"""
