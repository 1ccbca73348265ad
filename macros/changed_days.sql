{#
    The UTC days on which two relations differ, asked of the warehouse before the model's query is written, so that the
    query names its days and reads no others. A sum of numbers stands for the rows of a table, or of a day: `number` must
    tell any two versions of a row apart; the order of rows does not count (an additive multiset hash: Clarke et al.,
    Incremental Multiset Hash Functions, ASIACRYPT 2003). Only where the sums of the whole tables differ are the days
    looked at: a build without news reads one number a row. None under --empty, when every relation looks empty.

    `ours` and `theirs`: relation, time and number. `also`: a select of further days.
#}
{% macro changed_days(ours, theirs, also=none) -%}
    {%- if not execute or flags.EMPTY -%}
        {{ return([]) }}
    {%- endif -%}
    {%- set is_changed -%}
        select case when
            (select {{ clickintent.rows_digest(ours) }} from {{ ours.relation }})
            is distinct from (select {{ clickintent.rows_digest(theirs) }} from {{ theirs.relation }})
            {%- if also %}
            or (select count(*) from ({{ also }}) as further_days) > 0
            {%- endif %}
            then 1 else 0 end as is_changed
    {%- endset -%}
    {%- if run_query(is_changed).columns[0].values()[0] == 0 -%}
        {{ return([]) }}
    {%- endif -%}
    {%- set changed -%}
        select coalesce(ours.day, theirs.day) as day
        from (
            select cast({{ ours.time }} as date) as day, {{ clickintent.rows_digest(ours) }} as digest
            from {{ ours.relation }}
            group by 1
        ) as ours
        full join (
            select cast({{ theirs.time }} as date) as day, {{ clickintent.rows_digest(theirs) }} as digest
            from {{ theirs.relation }}
            group by 1
        ) as theirs on ours.day = theirs.day
        where ours.digest is distinct from theirs.digest
        {%- if also %}
        union
        {{ also }}
        {%- endif %}
    {%- endset -%}
    {{ return(run_query(changed).columns[0].values() | list) }}
{%- endmacro %}

{# Aggregate: one number for all rows. #}
{% macro rows_digest(side) -%}
    {{ clickintent.whole_sum(side.number) }}
{%- endmacro %}

{# Whether a time falls on one of these days, or on one of the `around` days before or after. #}
{% macro in_days(time, days, around=0) -%}
    {%- set wanted = [] -%}
    {%- for day in days -%}
        {%- for n in range(-around, around + 1) -%}
            {%- do wanted.append(day + modules.datetime.timedelta(days=n)) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- if not wanted -%}
    1 = 0
    {%- else -%}
    {{ time }} >= timestamp '{{ wanted | min }}'
    and {{ time }} < timestamp '{{ (wanted | max) + modules.datetime.timedelta(days=1) }}'
    and cast({{ time }} as date) in ({% for day in wanted | unique | sort %}date '{{ day }}'{{ ', ' if not loop.last }}{% endfor %})
    {%- endif -%}
{%- endmacro %}
