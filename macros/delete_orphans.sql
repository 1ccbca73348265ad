{#
    Post-hook: removes the rows whose keys are gone from `parent`, so that sessions that merged or vanished leave
    nothing behind. Does nothing under --empty, when every parent looks empty.
#}
{% macro delete_orphans(keys, parent, condition='true') -%}
    {%- if flags.EMPTY or not execute -%}
        select 1
    {%- else -%}
        delete from {{ this }}
        where not exists (
            select 1
            from {{ parent }} as parent
            where ({{ condition }})
                {%- for key in keys %}
                and parent.{{ key }} = {{ this.identifier }}.{{ key }}
                {%- endfor %}
        )
    {%- endif -%}
{%- endmacro %}
