{#
    Consent from text: true, false, or null where nobody was asked. A word that is none of the known ones is a refusal:
    to store an event of somebody who said no in another language would be the worse mistake.
#}
{% macro parse_consent(text) -%}
    case
        when lower(trim({{ text }})) in ('true', 't', '1', 'yes', 'y', 'granted', 'on', 'allow', 'allowed', 'accepted', 'opt-in')
            then true
        when {{ text }} is null or lower(trim({{ text }})) in ('', 'null', 'none', 'unknown', 'n/a') then null
        else false
    end
{%- endmacro %}
