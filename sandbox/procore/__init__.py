"""The stand-in Procore: OAuth and the REST API, over schema `procore` of the sandbox database.

Written from the published descriptions of Procore's API alone. `server.ProcoreServer` runs it, `seed` fills it.
"""
