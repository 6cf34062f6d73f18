-- Rows that are gone are marked, not removed; rows whose source version is rejected keep their last good one, flagged.
update {{ staged | ident }} as staged
set
    _deleted_at = case _diff.action when 'delete' then {{ "read_at" | bound }} end,
    _rejected_at = case _diff.action when 'flag' then {{ "read_at" | bound }} end
from _diff
where
    {% for name in key %}staged.{{ name | ident }} = _diff.{{ name | ident }} and {% endfor %}

    _diff.action in ('delete', 'flag', 'accept')
