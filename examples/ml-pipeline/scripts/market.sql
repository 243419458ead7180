-- Candles come from another system; these are made up, four months of them.
CREATE TABLE ohlcv (
    symbol      text             NOT NULL,
    "timestamp" timestamptz      NOT NULL,
    open        double precision NOT NULL,
    high        double precision NOT NULL,
    low         double precision NOT NULL,
    close       double precision NOT NULL,
    volume      double precision NOT NULL,
    PRIMARY KEY (symbol, "timestamp")
);

INSERT INTO ohlcv
SELECT 'BTCUSDT', moment, price, price * 1.01, price * 0.99, price * (1 + sin(hour) / 200), 1000 + 500 * cos(hour / 7.0)
FROM (
    SELECT moment, hour, 40000 + 3000 * sin(hour / 60.0) + 500 * sin(hour * 1.7) AS price
    FROM (
        SELECT now() - make_interval(hours => hour * 4) AS moment, hour
        FROM generate_series(0, 6 * 120) AS hour
    ) AS moments
) AS prices;
