-- The source's fingerprints of one landing: one row a job and month. Logged, so that it survives a crash: it says what
-- was copied.
create table {{ partitions | ident }} (
    job_number text collate "C" not null,
    partition_month text collate "C" not null,
    source_rows bigint not null,
    amount_sum numeric not null,
    hours_sum numeric not null,
    quantity_sum numeric not null,
    checksum numeric not null,
    copied boolean not null default false,
    gone boolean not null default false,
    stable boolean not null default true,
    unchanged boolean,
    held_rows bigint not null default 0,
    primary key (job_number, partition_month)
)
