-- Jobs and months that no run has looked at for long: those of a company that is no longer staged.
delete from sync.deferred
where last_seen_at < clock_timestamp() - make_interval(days => {{ "days" | bound }})
