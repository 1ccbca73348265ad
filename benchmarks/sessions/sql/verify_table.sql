-- step: missing
-- sessions that $table does not hold as they are, the late events in them
select count(*), coalesce(sum(late_count), 0)
from true_sessions
anti join (
    select visitor_id, started_at, ended_at, $count_column as event_count
    from $table
) as held
    using (visitor_id, started_at, ended_at, event_count);

-- step: held
-- rows, the events they count
select count(*), sum($count_column) from $table;
