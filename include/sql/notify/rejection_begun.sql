-- From here on nobody else tells the creator of this rejection.
insert into export.rejection_mails (attempt_id)
values ({{ "attempt_id" | bound }})
on conflict (attempt_id) do nothing
