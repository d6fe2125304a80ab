"""Queries that write, lock, wait or reach out, by family: what a source must refuse.

`state` is how PostgreSQL itself answers in a transaction that only reads, when nobody has looked at the query before:
its SQLSTATE, or nothing where such a transaction lets it through, so that our own look at the query is all that stands
before it. None: the answer depends on more than the transaction (the server's version or build, a COMMIT).
"""

from __future__ import annotations

READ_ONLY = "25006"
LET_THROUGH = ""

FAMILIES = {
    "rows": {
        "INSERT INTO victims VALUES (9)": READ_ONLY,
        "UPDATE victims SET n = 9": READ_ONLY,
        "DELETE FROM victims": READ_ONLY,
        "MERGE INTO victims v USING (SELECT 1 AS n) s ON v.n = s.n WHEN MATCHED THEN DELETE": READ_ONLY,
        "TRUNCATE victims": READ_ONLY,
        "INSERT INTO victims VALUES (9) RETURNING n": READ_ONLY,
    },
    "definitions": {
        "CREATE TABLE planted (n int)": READ_ONLY,
        "CREATE TABLE planted AS SELECT 1 AS n": READ_ONLY,
        "CREATE MATERIALIZED VIEW planted AS SELECT 1 AS n": READ_ONLY,
        "CREATE FUNCTION planted() RETURNS int LANGUAGE sql AS 'SELECT 1'": READ_ONLY,
        "ALTER TABLE victims ADD COLUMN planted int": READ_ONLY,
        "DROP TABLE victims": READ_ONLY,
        "GRANT ALL ON victims TO PUBLIC": READ_ONLY,
        "COMMENT ON TABLE victims IS 'planted'": READ_ONLY,
        "CREATE ROLE planted SUPERUSER": READ_ONLY,
        "REINDEX TABLE victims": LET_THROUGH,
    },
    "copies": {
        "COPY victims FROM PROGRAM 'echo 9'": READ_ONLY,
        "COPY victims TO '{file}'": LET_THROUGH,
        "COPY (SELECT 1) TO PROGRAM 'cat > {file}'": LET_THROUGH,
    },
    "calls": {
        "CALL plant()": READ_ONLY,
        "DO $$BEGIN DELETE FROM victims; END$$": READ_ONLY,
        "DO LANGUAGE plpgsql 'BEGIN DELETE FROM victims; END'": READ_ONLY,
        "EXPLAIN ANALYZE DELETE FROM victims": READ_ONLY,
        "PREPARE planted AS DELETE FROM victims": LET_THROUGH,
        "LISTEN planted": LET_THROUGH,
        "SET ROLE postgres": LET_THROUGH,
        "LOCK TABLE victims IN ACCESS EXCLUSIVE MODE": LET_THROUGH,
    },
    "select into": {
        "SELECT n INTO planted FROM victims": READ_ONLY,
        "SELECT n INTO TEMP planted FROM victims": READ_ONLY,
        "WITH v AS (SELECT n FROM victims) SELECT n INTO planted FROM v": READ_ONLY,
    },
    "with": {
        "WITH gone AS (DELETE FROM victims RETURNING n) SELECT * FROM gone": READ_ONLY,
        "WITH new AS (INSERT INTO victims VALUES (9) RETURNING n) SELECT * FROM new": READ_ONLY,
        "WITH a AS (WITH b AS (UPDATE victims SET n = 9 RETURNING n) SELECT * FROM b) SELECT * FROM a": "0A000",
        "WITH v AS (SELECT 1) DELETE FROM victims": READ_ONLY,
    },
    "locks": {
        "SELECT * FROM victims FOR UPDATE": READ_ONLY,
        "SELECT * FROM victims FOR NO KEY UPDATE": READ_ONLY,
        "SELECT * FROM victims FOR SHARE NOWAIT": READ_ONLY,
        "SELECT * FROM (SELECT * FROM victims FOR KEY SHARE) AS v": READ_ONLY,
    },
    "functions": {
        "SELECT plant_one()": READ_ONLY,
        "SELECT public.plant_one()": READ_ONLY,
        "SELECT nextval('numbers')": READ_ONLY,
        "SELECT pg_catalog.setval('numbers', 9)": READ_ONLY,
        "SELECT lo_from_bytea(0, 'x')": None,
        "SELECT query_to_xml('DELETE FROM victims', true, true, '')": None,
        "SELECT set_config('transaction_read_only', 'off', false)": "25001",
        "SELECT pg_notify('planted', 'x')": LET_THROUGH,
        "SELECT pg_read_file('postgresql.conf')": LET_THROUGH,
        "SELECT pg_sleep(0.01)": LET_THROUGH,
        'SELECT "pg_sleep"(0.01)': LET_THROUGH,
        "SELECT pg_catalog.pg_sleep(0.01)": LET_THROUGH,
        "SELECT * FROM pg_ls_dir('.')": LET_THROUGH,
        "SELECT pg_advisory_lock(1)": LET_THROUGH,
        "SELECT pg_terminate_backend(0)": LET_THROUGH,
        "SELECT lo_export(0, '{file}')": "42704",
        "SELECT * FROM victims WHERE n = (SELECT plant_one())": READ_ONLY,
        "SELECT n FROM victims ORDER BY plant_one()": READ_ONLY,
        "SELECT count(*) FILTER (WHERE plant_one() > 0) FROM victims": READ_ONLY,
        "SELECT sum(n) OVER (ORDER BY plant_one()) FROM victims": READ_ONLY,
        "SELECT v.n FROM victims v, LATERAL plant_one() x": READ_ONLY,
        "VALUES (plant_one())": READ_ONLY,
    },
    "several": {
        "SELECT 1; DELETE FROM victims": READ_ONLY,
        "SELECT 1;; DELETE FROM victims;": READ_ONLY,
        "COMMIT; DELETE FROM victims": None,
        "SELECT 1; COMMIT; BEGIN READ WRITE; DELETE FROM victims; COMMIT": None,
        "SELECT 1) AS asked; DELETE FROM victims; SELECT * FROM (SELECT 1": "42601",
    },
    "hidden": {
        "/* SELECT */ DELETE FROM victims": READ_ONLY,
        "-- SELECT 1\nDELETE FROM victims": READ_ONLY,
        "SELECT 1 /* /* */ */ ; DELETE FROM victims; -- */": READ_ONLY,
        "SELECT 1 -- ;\n; DELETE FROM victims": READ_ONLY,
        "SELECT $$ ; $$; DELETE FROM victims": READ_ONLY,
        "SELECT $a$ $$ ; $a$; DELETE FROM victims": READ_ONLY,
        "SELECT 'it''s'; DELETE FROM victims": READ_ONLY,
        "SELECT E'\\'; SELECT '; DELETE FROM victims; --'": READ_ONLY,
        "SELECT '\\'; DELETE FROM victims; --'": READ_ONLY,
        "SELECT U&'\\0027'; DELETE FROM victims": READ_ONLY,
        'SELECT "a;""b" FROM victims; DELETE FROM victims': "42703",
        "SELECT 1\u00a0; DELETE FROM victims": None,
    },
}
WRITING = [(family, query, state) for family, queries in FAMILIES.items() for query, state in queries.items()]
