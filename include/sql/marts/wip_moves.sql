-- What has come and gone among the postings since the first close that is computed: what is known now without it is what
-- was known then. Cost follows what has changed since, never the size of the books.
create temporary table _wip_moves on commit drop as
select
    moved.job_number,
    moved.phase_code,
    moved.cost_type,
    to_date(moved._month, 'YYYYMM') as month,
    moved.moment,
    sum(moved.amount) as amount,
    sum(moved.postings) as postings
from (
    {% for relation, moment, since, sign in [
        ("spectrum.job_cost_transactions", "_changed_at", "_changed_at", ""),
        ("history.job_cost_transactions", "_valid_from", "_valid_to", ""),
        ("history.job_cost_transactions", "_valid_to", "_valid_to", "-")
    ] %}
    select
        job_number,
        phase_code,
        cost_type,
        _month,
        {{ moment }} as moment,
        {{ sign }}tran_amount as amount,
        {{ sign }}1 as postings
    from {{ relation }}
    where
        company_code = {{ "company_code" | bound }}
        and {{ since }} > {{ "moves_since" | bound }}::timestamptz
        and {{ moment }} > {{ "moves_since" | bound }}::timestamptz
    {{ "union all" if not loop.last }}
    {% endfor %}
) as moved
group by moved.job_number, moved.phase_code, moved.cost_type, moved._month, moved.moment
