-- Search by part of a text. PostgreSQL fills `sought` itself: what is searched, each text of a row after a line feed.
-- Folded: in lower case by ICU, so that it does not depend on the database's locale; a final sigma is a sigma, and the
-- lower case of a dotted I has no second dot. Then the character U+0001 is put before each letter or digit that follows
-- neither, so that it and 'ab' together find the words that begin so, whatever stands before them. A part that is sought
-- is folded and marked alike (projections/queries/search.cpp).

SET LOCAL maintenance_work_mem = '256MB';

DO $$
DECLARE
  searched record;
BEGIN
  FOR searched IN
    VALUES ('users', $e$E'\n' || name$e$),
           ('listings', $e$E'\n' || title || E'\n' || description$e$),
           ('services', $e$E'\n' || title || E'\n' || description || E'\n' || category$e$)
  LOOP
    EXECUTE format(
      $e$ALTER TABLE %I ADD COLUMN sought text COLLATE "C" NOT NULL GENERATED ALWAYS AS (
           regexp_replace(replace(translate(lower((%s) COLLATE "und-x-icu"), U&'\03C2', U&'\03C3'), U&'i\0307', 'i'),
                          E'([^[:alnum:]\x01])([[:alnum:]])', E'\\1\x01\\2', 'g')) STORED$e$,
      searched.column1, searched.column2);
  END LOOP;
END
$$;

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
