-- Rejected rows that were mended long ago. Those that the source still holds stay, however old.
delete from sync.rejected_rows
where resolved_at < clock_timestamp() - make_interval(days => {{ "days" | bound }})
