-- Rooms that ask their host whom to let in, and when a meeting is planned for. What was opened before lets in whoever
-- comes and has no time. No row of another table changes.

ALTER TABLE rooms ADD COLUMN admission text NOT NULL DEFAULT 'open'; -- open, ask
ALTER TABLE rooms ALTER COLUMN admission DROP DEFAULT;
ALTER TABLE rooms ADD COLUMN starts_at timestamptz;
