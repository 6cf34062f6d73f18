-- Take the rows of one staged table, and their past versions, back.
with staged as (
    update {{ staged | ident }}
    set
        _read_at = least(_read_at, {{ "newest" | bound }}),
        _changed_at = least(_changed_at, {{ "newest" | bound }}),
        _deleted_at = case when _deleted_at > {{ "now" | bound }} then {{ "newest" | bound }} else _deleted_at end,
        _rejected_at = case when _rejected_at > {{ "now" | bound }} then {{ "newest" | bound }} else _rejected_at end
    where
        company_code = {{ "company_code" | bound }}
        and greatest(_read_at, _changed_at, _deleted_at, _rejected_at) > {{ "now" | bound }}
)

update {{ past | ident }}
set
    _read_at = least(_read_at, {{ "newest" | bound }}),
    _changed_at = least(_changed_at, {{ "newest" | bound }}),
    _valid_from = least(_valid_from, {{ "newest" | bound }}),
    _valid_to = least(_valid_to, {{ "newest" | bound }})
where
    company_code = {{ "company_code" | bound }}
    and greatest(_read_at, _changed_at, _valid_from, _valid_to) > {{ "now" | bound }}
