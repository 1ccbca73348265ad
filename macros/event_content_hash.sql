{#
    What an event says, as a number: over its parsed columns, less what the page rules, a seed or the load decide.
#}
{% macro event_content_hash() -%}
    {{ clickintent.hash_number(clickintent.joined_text([
        'event_id', 'source', 'site_id', 'channel', 'visitor_id', 'customer_id',
        clickintent.hash_text('event_at', 'timestamp'), 'event_type', 'page_url', 'page_title', 'referrer_url',
        'utm_source', 'utm_medium', 'utm_campaign', 'device_type', 'user_agent', 'language', 'has_consent', 'is_internal',
        clickintent.hash_text('event_value', 'double'), clickintent.hash_text('engaged_seconds', 'double'), 'properties'
    ])) }}
{%- endmacro %}
