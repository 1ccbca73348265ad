alter session set query_tag = 'clickintent'
;
create or replace transient table CLICKINTENT.ANALYTICS.eval_outcomes
    copy grants

    as (

with sessions as (
    select * from CLICKINTENT.ANALYTICS.eval_sessions
),

events as (
    select
        placed.session_id,
        events.event_id,
        events.event_at,
        events.event_type in ('application_submit', 'purchase', 'sign_up') as is_outcome,
        -- what was bought, where the var says which property tells; else the page on which it was
        coalesce(nullif(
    case events.event_type
        when 'application_submit' then 'application_submit'
        when 'purchase' then 'purchase'
        when 'sign_up' then 'sign_up'
    end, events.event_type), events.page_key, events.event_type) as outcome
    from CLICKINTENT.ANALYTICS.stg_events as events
    inner join CLICKINTENT.ANALYTICS.session_events as placed on events.event_id = placed.event_id
    where events.event_type in ('application_submit', 'purchase', 'sign_up') or events.event_type in ('form_start')
),

owned as (
    select events.*, sessions.person, sessions.visitor_id, sessions.customer_id
    from events
    inner join sessions on events.session_id = sessions.session_id
),

outcomes as (
    select
        *,
        lag(event_at) over (partition by person order by event_at asc, event_id asc) as previous_at
    from owned
    where is_outcome
),

-- The form of an outcome is all that the person began to fill in since the one before, as far back as a horizon: a moment
-- amid it knows too much.
forms as (
    select outcomes.event_id, min(forms.event_at) as form_started_at
    from outcomes
    inner join owned as forms
        on outcomes.person = forms.person and not forms.is_outcome
        and outcomes.event_at >= forms.event_at
        and forms.event_at > coalesce(outcomes.previous_at, timestamp '1900-01-01')
        and forms.event_at >=

    dateadd(
        second,
        -1209600,
        outcomes.event_at
        )

    group by outcomes.event_id
),

final as (
    select
        outcomes.event_id,
        outcomes.session_id,
        outcomes.person,
        outcomes.visitor_id,
        outcomes.customer_id,
        outcomes.outcome,
        coalesce(forms.form_started_at, outcomes.event_at) as form_started_at,
        outcomes.event_at as outcome_at
    from outcomes
    left join forms on outcomes.event_id = forms.event_id
)

select * from final
    )

;
alter session unset query_tag
;
