{#
    Pre-hook of an incremental model over `source_events` that cannot tell what it missed. A model that starts from
    nothing needs every file; where this build reads only the new ones, it stops before anything is lost.
#}
{% macro require_all_files() -%}
    {%- if execute and 'generic' in clickintent.event_sources() and var('events_path') -%}
        {%- set reads_new_files_only = clickintent.stored_table('ingestion_audit') is not none
            or (flags.FULL_REFRESH and 'model.clickintent.batches_to_read' not in selected_resources) -%}
        {%- if reads_new_files_only and (flags.FULL_REFRESH or load_relation(this) is none) -%}
            {{ exceptions.raise_compiler_error(
                this.identifier ~ " starts from nothing and needs every file of events_path, but this build reads the new ones only. Build it once with --full-refresh --select +source_events " ~ this.identifier ~ "."
            ) }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
