-- Search by part of a text. PostgreSQL fills `sought` itself: what is searched, in lower case (folded by ICU, so that
-- it does not depend on the database's locale), each text of a row after a space, so that ' ab' finds the words that
-- begin so.

SET LOCAL maintenance_work_mem = '256MB';

ALTER TABLE users ADD COLUMN sought text COLLATE "C" NOT NULL
  GENERATED ALWAYS AS (lower((' ' || name) COLLATE "und-x-icu")) STORED;
ALTER TABLE listings ADD COLUMN sought text COLLATE "C" NOT NULL
  GENERATED ALWAYS AS (lower((' ' || title || E'\n ' || description) COLLATE "und-x-icu")) STORED;
ALTER TABLE services ADD COLUMN sought text COLLATE "C" NOT NULL
  GENERATED ALWAYS AS (lower((' ' || title || E'\n ' || description || E'\n ' || category) COLLATE "und-x-icu")) STORED;

-- Its trigrams are indexed by PostgreSQL's own extension pg_trgm, which a database's owner may add. It belongs to the
-- database and not to this schema, whose tables a rebuild replaces; one that is there already is used wherever it is.
-- Without it a search finds the same, but reads every row: once it can be added, a rebuild makes the indexes.
DO $$
DECLARE
  place text;
BEGIN
  CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public;
  SELECT quote_ident(n.nspname) INTO STRICT place
    FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_trgm';
  EXECUTE 'CREATE INDEX users_sought ON users USING gin (sought ' || place || '.gin_trgm_ops) WHERE NOT guest';
  EXECUTE 'CREATE INDEX listings_sought ON listings USING gin (sought ' || place || '.gin_trgm_ops) WHERE NOT closed';
  EXECUTE 'CREATE INDEX services_sought ON services USING gin (sought ' || place || '.gin_trgm_ops) WHERE NOT retired';
EXCEPTION
  WHEN insufficient_privilege OR feature_not_supported OR undefined_file OR invalid_schema_name THEN
    RAISE NOTICE 'searches read every row: %', SQLERRM;
END
$$;

-- How common a part is decides between the index and the list's own order.
ANALYZE users, listings, services;
