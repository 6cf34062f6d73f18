{# What analysts may read of a staged table: all but the columns that its spec marks as personal (M9). #}
{% set staged = 'spectrum.' ~ table.name %}
{% set past = 'history.' ~ table.name %}
{% set versions = 'history.' ~ table.name ~ '_versions' %}
revoke all on {{ staged | ident }}, {{ past | ident }}, {{ versions | ident }} from {{ analyst | ident }};

grant select ({{ shown | idents }}) on {{ staged | ident }} to {{ analyst | ident }};

grant select ({{ versions_shown | idents }}) on {{ past | ident }}, {{ versions | ident }}
to {{ analyst | ident }};
{% if changed %}

-- It shows no column of persons.
grant select on {{ (past ~ '_changed') | ident }} to {{ analyst | ident }};
{% endif %}
