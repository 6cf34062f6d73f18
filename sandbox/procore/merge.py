"""Merges two companies of the stand-in Procore's directory, as people do: a link may find nothing afterwards.

Certain: users can merge companies, and one origin id survives. Assumed: which one; that what referred to the merged
company refers to the other one.
"""

from psycopg import sql

from sandbox.procore.store import Record, Store

_REFERENCES = ("vendor_id", "contractor_id")


def merge(store: Store, gone_id: int, into_id: int) -> Record:
    """Merge one company into another.

    Args:
        store: the records; the caller commits.
        gone_id: the company that is gone afterwards.
        into_id: the one that stays, with its own attributes.

    Returns:
        The one that stays: with its own origin id, or, where it has none, the other's.

    Raises:
        ValueError: they are not two living companies of one Procore company.
    """
    gone, kept = store.get(gone_id), store.get(into_id)
    for record, number in ((gone, gone_id), (kept, into_id)):
        if record is None or record.kind != "vendor" or record.deleted_at:
            raise ValueError(f"Procore's directory has no company {number}: `python -m sandbox procore list vendor`")
    if gone is None or kept is None or gone.id == kept.id or gone.company_id != kept.company_id:
        raise ValueError("merge two companies of one Procore company")
    for name in _REFERENCES:
        place = sql.SQL("fields->>{} = %s").format(sql.Literal(name))
        for record in store.select([sql.SQL("company_id = %s"), place], [kept.company_id, str(gone.id)])[0]:
            store.update(record, {name: kept.id})
    store.delete(gone)
    return store.update(kept, {} if kept.origin_id else {**gone.origin, "integration": gone["integration"]})
