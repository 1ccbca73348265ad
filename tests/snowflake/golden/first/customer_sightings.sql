alter session set query_tag = 'clickintent'
;
create or replace transient table CLICKINTENT.ANALYTICS.customer_sightings
    copy grants

    as (

with signed_in as (
    select source, site_id, channel, visitor_id, customer_id, event_at, loaded_at from CLICKINTENT.ANALYTICS.stg_events
    where customer_id is not null
),

consenting as (
    select source, site_id, channel, visitor_id, event_at, loaded_at from CLICKINTENT.ANALYTICS.stg_events
    where has_consent
),

withdrawals as (
    select * from CLICKINTENT.ANALYTICS.consent_withdrawals
    where refused_at is not null
),

-- hashed once a visitor, not once an event
hashed_visitors as (
    select source, site_id, channel, visitor_id, md5(
        coalesce(cast(source as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(site_id as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(channel as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(visitor_id as TEXT), chr(30))) as visitor_hash
    from (select distinct source, site_id, channel, visitor_id from signed_in) as visitors
),

refused_visitors as (
    select hashed_visitors.*, withdrawals.refused_at
    from hashed_visitors
    inner join withdrawals on hashed_visitors.visitor_hash = withdrawals.visitor_hash
),

-- a refusal voids all before it; only a consent after the last one makes a new beginning
new_beginnings as (
    select refused_visitors.visitor_hash, consenting.event_at as consented_at, consenting.loaded_at as consent_loaded_at
    from refused_visitors
    inner join consenting
        on refused_visitors.source = consenting.source and refused_visitors.site_id = consenting.site_id and refused_visitors.channel = consenting.channel and refused_visitors.visitor_id = consenting.visitor_id and
        refused_visitors.refused_at < consenting.event_at
    qualify row_number() over (
        partition by refused_visitors.visitor_hash order by consenting.event_at, consenting.loaded_at
    ) = 1
),

consents as (
    select
        refused_visitors.*,
        coalesce(new_beginnings.consented_at, timestamp '9999-12-31') as consent_from,
        new_beginnings.consent_loaded_at
    from refused_visitors
    left join new_beginnings on refused_visitors.visitor_hash = new_beginnings.visitor_hash
),

judged as (
    select
        signed_in.*,
        consents.consent_from,
        coalesce(signed_in.event_at < consents.consent_from, false) as is_withdrawn,
        -- what a renewed consent allows again is not known before that consent is
        greatest(signed_in.loaded_at, coalesce(consents.consent_loaded_at, signed_in.loaded_at)) as known_at
    from signed_in
    left join consents
        on signed_in.source = consents.source and signed_in.site_id = consents.site_id and signed_in.channel = consents.channel and signed_in.visitor_id = consents.visitor_id
),

-- what is loaded after a customer's earliest event tells nothing new: of nearly every customer, all but one load
earliest as (
    select source, site_id, channel, visitor_id, customer_id, is_withdrawn, min_by(known_at, event_at) as last_news_at
    from judged
    group by source, site_id, channel, visitor_id, customer_id, is_withdrawn
),

loads as (
    select
        judged.source, judged.site_id, judged.channel, judged.visitor_id,
        judged.customer_id,
        judged.is_withdrawn,
        judged.known_at,
        min(judged.event_at) as seen_at,
        max(judged.consent_from) as consent_from
    from judged
    inner join earliest
        on judged.source = earliest.source and judged.site_id = earliest.site_id and judged.channel = earliest.channel and judged.visitor_id = earliest.visitor_id and
        judged.customer_id = earliest.customer_id
        and judged.is_withdrawn = earliest.is_withdrawn
        and judged.known_at <= earliest.last_news_at
    group by judged.source, judged.site_id, judged.channel, judged.visitor_id, judged.customer_id, judged.is_withdrawn, judged.known_at
),

-- of the loads left, those that reach further back than all before them
news as (
    select *
    from loads
    qualify seen_at < coalesce(
        min(seen_at) over (
            partition by source, site_id, channel, visitor_id, customer_id, is_withdrawn
            order by known_at rows between unbounded preceding and 1 preceding
        ),
        timestamp '9999-12-31'
    )
),

final as (
    select
        source, site_id, channel, visitor_id,
        customer_id,
        is_withdrawn,
        seen_at,
        -- no session that began earlier is linked: the look-back, or the consent that followed a refusal
        greatest(

    dateadd(
        second,
        -2592000,
        seen_at
        )

,
            coalesce(consent_from, timestamp '1900-01-01')
        ) as linkable_from,
        known_at
    from news
)

select * from final
    )

;
alter session unset query_tag
;
