{#
    Whether a session without a login may be given the customer who signed in on the same device. Only where somebody
    said so: var `link_visitors`; its null stands for "in the demo, whose people are made up".
#}
{% macro links_visitors() -%}
    {%- set chosen = var('link_visitors') -%}
    {{ return(clickintent.event_sources() == ['demo'] if chosen is none else chosen) }}
{%- endmacro %}
