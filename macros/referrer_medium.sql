{#
    Where a visit comes from: 'paid', 'email', 'social', 'search', 'referral', 'internal' or 'direct'. What a campaign says
    of itself counts first, then a click id that an ad network put into the page's URL, then the referrer. Null where
    there is nothing to say: an app is opened, not come to. `referrer_medium_joins` goes with it, over the same rows,
    which have the columns of the event contract, `referrer_host` and `page_host`.
#}
{% macro referrer_medium(events) -%}
    {%- set domains = [clickintent.registered_domain(events ~ '.referrer_host'), clickintent.registered_domain(events ~ '.page_host')] -%}
    case
        when medium.referrer_medium is not null then medium.referrer_medium
        when 'paid' in (first_word.referrer_medium, last_word.referrer_medium) then 'paid'
        when first_word.referrer_medium is not null then first_word.referrer_medium
        when last_word.referrer_medium is not null then last_word.referrer_medium
        when {{ events }}.page_url like '%id=%' and {{ clickintent.has_match(events ~ '.page_url', clickintent.click_id()) }} then 'paid'
        when {{ events }}.referrer_url is null then case when {{ events }}.channel = 'web' then 'direct' end
        when {{ events }}.referrer_host = {{ events }}.page_host then 'internal'
        -- accounts.bank.example and www.bank.example are one site
        when {{ domains[0] }} = {{ domains[1] }} then 'internal'
        when site_host.referrer_medium is not null then site_host.referrer_medium
        when {{ events }}.referrer_host like 'mail.%.%' or {{ events }}.referrer_host like 'webmail.%' then 'email'
        else coalesce(site_domain.referrer_medium, site_name.referrer_medium, 'referral')
    end
{%- endmacro %}

{# Joins to the seeds. Each is by equality, on one row at most: they run once an event. #}
{% macro referrer_medium_joins(events, media, sites) -%}
    {%- set words = "trim(" ~ clickintent.agent_words(events ~ '.utm_medium') ~ ")" -%}
    {%- for alias, key in {
        'medium': words,
        'first_word': "split_part(" ~ words ~ ", ' ', 1)",
        'last_word': "split_part(" ~ words ~ ", ' ', -1)",
    }.items() %}
    left join {{ media }} as {{ alias }} on {{ key }} = {{ alias }}.medium
    {%- endfor %}
    {%- for alias, key in {
        'site_host': events ~ '.referrer_host',
        'site_domain': clickintent.registered_domain(events ~ '.referrer_host'),
        'site_name': clickintent.site_name(events ~ '.referrer_host'),
    }.items() %}
    left join {{ sites }} as {{ alias }} on {{ key }} = {{ alias }}.site_name
    {%- endfor %}
{%- endmacro %}

{#
    Regular expression for a parameter that only ads carry: of Google, Microsoft, Yandex, TikTok, X and LinkedIn. Facebook's
    fbclid is not among them: it is on every link there, paid for or not.
#}
{% macro click_id() -%}
    [?&](gclid|gbraid|wbraid|dclid|msclkid|yclid|ttclid|twclid|li_fat_id)=[^&#]
{%- endmacro %}
