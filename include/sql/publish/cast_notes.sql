-- How many landed values are staged otherwise than they are in the source: amounts that nobody entered, and numbers with
-- more decimals than the staged column holds.
select
    {% for name, condition in counted %}
    count(*) filter (where {{ condition }}) as {{ name | ident }}{{ "," if not loop.last }}
    {% endfor %}
from {{ landing | ident }}
