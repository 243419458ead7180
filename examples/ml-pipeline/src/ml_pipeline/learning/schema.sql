-- Everything that continuous learning keeps: six tables, four views for people, two functions for upkeep.

CREATE TABLE model_registry (
    model_id      text        PRIMARY KEY,
    model_type    text        NOT NULL CHECK (model_type IN ('xgboost', 'lightgbm', 'nhits', 'patchtst')),
    version       text        NOT NULL,
    status        text        NOT NULL CHECK (status IN ('shadow', 'active', 'retired')),
    metrics       jsonb       NOT NULL,
    feature_count integer     NOT NULL,
    path          text        NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now(),
    promoted_at   timestamptz,
    retired_at    timestamptz
);

CREATE TABLE shadow_test_results (
    id             bigserial        PRIMARY KEY,
    model_id       text             NOT NULL REFERENCES model_registry,
    model_type     text             NOT NULL,
    "timestamp"    timestamptz      NOT NULL DEFAULT now(),
    prediction     double precision NOT NULL,
    confidence     double precision NOT NULL CHECK (confidence BETWEEN 0 AND 1),
    actual_outcome double precision
);

CREATE TABLE rl_versions (
    id         bigserial   PRIMARY KEY,
    agent      text        NOT NULL CHECK (agent IN ('meta_strategy', 'position_sizing')),
    version    text        NOT NULL,
    policy     jsonb       NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (agent, version)
);

CREATE TABLE drift_events (
    id                 bigserial        PRIMARY KEY,
    drift_type         text             NOT NULL,
    severity           text             NOT NULL CHECK (severity IN ('LOW', 'MEDIUM', 'HIGH', 'CRITICAL')),
    drift_score        double precision NOT NULL,
    p_value            double precision NOT NULL,
    model_type         text             NOT NULL,
    feature_name       text             NOT NULL,
    detection_time     timestamptz      NOT NULL DEFAULT now(),
    trigger_retraining boolean          NOT NULL DEFAULT false
);

CREATE TABLE model_performance_logs (
    id               bigserial        PRIMARY KEY,
    model_id         text             NOT NULL REFERENCES model_registry,
    period_start     timestamptz      NOT NULL,
    period_end       timestamptz      NOT NULL,
    n_trades         integer          NOT NULL,
    winrate          double precision NOT NULL,
    winrate_ci_lower double precision NOT NULL,
    winrate_ci_upper double precision NOT NULL,
    sharpe_ratio     double precision NOT NULL,
    profit_factor    double precision NOT NULL
);

CREATE TABLE retraining_jobs (
    job_id           text        PRIMARY KEY,
    status           text        NOT NULL CHECK (status IN ('PENDING', 'RUNNING', 'COMPLETED', 'FAILED')),
    retraining_type  text        NOT NULL,
    trigger_reason   text        NOT NULL,
    days_of_data     integer     NOT NULL,
    model_types      text[]      NOT NULL,
    models_succeeded integer     NOT NULL DEFAULT 0,
    models_failed    integer     NOT NULL DEFAULT 0,
    details          jsonb       NOT NULL DEFAULT '{}',
    error_message    text,
    created_at       timestamptz NOT NULL DEFAULT now(),
    started_at       timestamptz,
    completed_at     timestamptz
);

CREATE INDEX model_registry_status ON model_registry (status, model_type);
CREATE INDEX shadow_test_results_model ON shadow_test_results (model_id, "timestamp");
CREATE INDEX drift_events_time ON drift_events (detection_time);
CREATE INDEX model_performance_logs_model ON model_performance_logs (model_id, period_end);
CREATE INDEX retraining_jobs_status ON retraining_jobs (status, created_at);

CREATE VIEW active_models_summary AS
SELECT model_id, model_type, version, metrics, promoted_at
FROM model_registry
WHERE status = 'active';

CREATE VIEW shadow_models_summary AS
SELECT m.model_id,
       m.model_type,
       m.version,
       count(r.id)                          AS total_predictions,
       count(r.actual_outcome)              AS with_outcomes,
       avg(abs(r.prediction - r.actual_outcome)) AS avg_error
FROM model_registry AS m
LEFT JOIN shadow_test_results AS r USING (model_id)
WHERE m.status = 'shadow'
GROUP BY m.model_id;

CREATE VIEW recent_drift_events AS
SELECT * FROM drift_events WHERE detection_time > now() - interval '7 days';

CREATE VIEW model_performance_dashboard AS
SELECT m.model_type,
       m.model_id,
       count(*)             AS periods,
       sum(p.n_trades)      AS trades,
       avg(p.winrate)       AS winrate,
       avg(p.sharpe_ratio)  AS sharpe_ratio,
       avg(p.profit_factor) AS profit_factor
FROM model_performance_logs AS p
JOIN model_registry AS m USING (model_id)
WHERE p.period_end > now() - interval '30 days'
GROUP BY m.model_type, m.model_id;

-- Forget what shadow models said long ago. Returns how many results were removed.
CREATE FUNCTION cleanup_old_shadow_results(keep interval DEFAULT '90 days') RETURNS bigint
LANGUAGE sql AS $$
    WITH removed AS (
        DELETE FROM shadow_test_results WHERE "timestamp" < now() - keep RETURNING 1
    )
    SELECT count(*) FROM removed
$$;

-- Forget models that were retired long ago, unless something still speaks of them. Returns how many.
CREATE FUNCTION archive_retired_models(keep interval DEFAULT '180 days') RETURNS bigint
LANGUAGE sql AS $$
    WITH removed AS (
        DELETE FROM model_registry AS m
        WHERE status = 'retired' AND retired_at < now() - keep
          AND NOT EXISTS (SELECT 1 FROM shadow_test_results AS r WHERE r.model_id = m.model_id)
          AND NOT EXISTS (SELECT 1 FROM model_performance_logs AS p WHERE p.model_id = m.model_id)
        RETURNING 1
    )
    SELECT count(*) FROM removed
$$;
