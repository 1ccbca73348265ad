-- not_null_dashboard_settings_has_encoder_drift
select has_encoder_drift
from CLICKINTENT.ANALYTICS.dashboard_settings
where has_encoder_drift is null
;
-- not_null_dashboard_settings_min_cell_sessions
select min_cell_sessions
from CLICKINTENT.ANALYTICS.dashboard_settings
where min_cell_sessions is null
;
