-- Rows that are gone are marked, not removed; rows whose source version is rejected keep their last good one, flagged.
update {{ staged | ident }} as staged
set
    _deleted_at = case changes.action when 'delete' then {{ "read_at" | bound }} end,
    _rejected_at = case changes.action when 'flag' then {{ "read_at" | bound }} end
from {{ changes | ident }} as changes
where
    {% for name in key %}staged.{{ name | ident }} = changes.{{ name | ident }} and {% endfor %}

    changes.action in ('delete', 'flag', 'accept')
