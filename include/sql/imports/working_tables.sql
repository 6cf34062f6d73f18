-- Where a plan is made: what Spectrum wants, which record of Procore was chosen for it, and the rows that come of both.
create temporary table _desired (
    spectrum_key text not null,
    title text not null,
    is_offered boolean not null,
    note text,
    refusal jsonb,
    fields jsonb not null,
    note_if_new text
) on commit drop;

create temporary table _chosen (
    spectrum_key text not null,
    record_id text not null,
    score numeric(4, 1),
    attributes text [],
    exact boolean,
    tied boolean,
    candidates jsonb,
    by_erp_id boolean not null default false
) on commit drop;

create temporary table _rows (
    spectrum_key text not null,
    title text not null,
    kind text not null,
    state text not null,
    record_id text not null,
    record_title text,
    origin_id text,
    before jsonb not null,
    after jsonb not null,
    spectrum jsonb not null,
    row_hash text not null,
    score numeric(4, 1),
    attributes text [] not null,
    exact boolean not null,
    tied boolean not null,
    candidates jsonb not null,
    rule text,
    field text,
    value text,
    reason text,
    remedy text
) on commit drop;
