{#
    Joins that say until when the rows of a relation's visitor and customer are erased, and the condition that a row is
    among them. Hashes are made only where somebody was erased at all: nearly always nobody was, and most rows of a build
    pass here. `erasures` and `erasure_count` are CTEs of the query.
#}
{% macro erasure_joins(rows) -%}
    {%- set visitor = [] -%}
    {%- for column in ['source', 'site_id', 'channel', 'visitor_id'] -%}
        {%- do visitor.append(rows ~ '.' ~ column) -%}
    {%- endfor %}
    cross join erasure_count
    left join erasures as erased_visitors
        on erased_visitors.person_kind = 'visitor'
        and erased_visitors.person_hash
        = case when erasure_count.people > 0 and {{ rows }}.visitor_id is not null then {{ clickintent.stable_hash(visitor) }} end
    left join erasures as erased_customers
        on erased_customers.person_kind = 'customer'
        and erased_customers.person_hash
        = case when erasure_count.people > 0 and {{ rows }}.customer_id is not null then {{ clickintent.stable_hash([rows ~ '.customer_id']) }} end
{%- endmacro %}

{% macro is_erased(rows) -%}
    {%- set whoever -%}
        coalesce(erased_visitors.erased_before, timestamp '1900-01-01'),
        coalesce(erased_customers.erased_before, timestamp '1900-01-01')
    {%- endset -%}
    case
        when erasure_count.people = 0 then false
        when erased_visitors.person_hash is null and erased_customers.person_hash is null then false
        else {{ rows }}.loaded_at <= greatest({{ whoever }}) or coalesce({{ rows }}.event_at <= greatest({{ whoever }}), false)
    end
{%- endmacro %}
