"""The services of the stand-in Data Exchange that write: vendors, jobs, phases, projections, subcontracts, changes.

Each service is one function over one transaction: it finds every problem of a call and refuses it, or does the work.
"""
