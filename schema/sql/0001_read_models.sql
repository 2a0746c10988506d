-- The read models. Disposable: every row is made from the log by the projector, in the same transaction as the
-- checkpoint, and can be dropped and rebuilt (`parley projections rebuild`). Names are not qualified: the same text
-- makes the live tables (schema parley) and the fresh ones of a rebuild (schema parley_next).
--
-- Sequences in a stream and positions in the log are bigint; every time is UTC in whole milliseconds. Text that holds
-- U+0000, which PostgreSQL cannot store, holds U+FFFD in its place. Sorted text is compared by code point ("C"), so
-- that the order does not depend on the machine's locale.

-- How far the log has been applied. `events` counts what was applied: with gapless positions it equals `position`.
CREATE TABLE checkpoint (
  one      boolean PRIMARY KEY DEFAULT true CHECK (one),
  position bigint  NOT NULL,
  events   bigint  NOT NULL
);
INSERT INTO checkpoint (position, events) VALUES (0, 0);

CREATE TABLE users (
  id         text COLLATE "C" PRIMARY KEY,
  name       text COLLATE "C" NOT NULL,
  email      text NOT NULL,             -- empty for guests
  guest      boolean NOT NULL,
  created_at timestamptz NOT NULL,
  version    bigint NOT NULL            -- of the account's stream
);
CREATE INDEX users_by_name ON users (name, id) WHERE NOT guest;

CREATE TABLE logins (                   -- signed-in devices; a revoked one is deleted
  user_id      text COLLATE "C" NOT NULL,
  id           text COLLATE "C" NOT NULL,
  device       text NOT NULL,
  opened_at    timestamptz NOT NULL,
  refreshed_at timestamptz NOT NULL,
  expires_at   timestamptz NOT NULL,
  opened_seq   bigint NOT NULL,
  PRIMARY KEY (user_id, id)
);

CREATE TABLE sessions (
  id          text COLLATE "C" PRIMARY KEY,
  user_id     text COLLATE "C" NOT NULL,
  login_id    text COLLATE "C" NOT NULL, -- empty for a guest without token
  guest       boolean NOT NULL,
  name        text NOT NULL,
  opened_at   timestamptz NOT NULL,
  grace_until timestamptz,              -- set while the connection is gone
  closed_at   timestamptz,
  reason      text NOT NULL,            -- why it is disconnected or closed, else empty
  version     bigint NOT NULL
);
CREATE INDEX sessions_of_user ON sessions (user_id);

CREATE TABLE rooms (
  id           text COLLATE "C" PRIMARY KEY, -- lower case
  display_id   text NOT NULL,
  host         text COLLATE "C" NOT NULL,
  title        text NOT NULL,
  capacity     bigint NOT NULL,
  participants bigint NOT NULL,
  guests       boolean NOT NULL,
  history      text NOT NULL,
  meeting      boolean NOT NULL,        -- opened with a title
  created_at   timestamptz NOT NULL,
  expires_at   timestamptz,
  closed       text,                    -- the reason
  opened_position bigint NOT NULL,      -- in the log: the order of a host's meetings
  version      bigint NOT NULL
);
CREATE INDEX meetings_of_host ON rooms (host, opened_position) WHERE meeting;

CREATE TABLE lounges (
  id           text COLLATE "C" PRIMARY KEY,
  name         text COLLATE "C" NOT NULL,
  topic        text NOT NULL,
  owner        text COLLATE "C" NOT NULL,
  participants bigint NOT NULL,
  created_at   timestamptz NOT NULL,
  version      bigint NOT NULL
);
CREATE INDEX lounges_by_name ON lounges (name, id);

CREATE TABLE members (                  -- sessions present in a place (`room/…` or `lounge/…`)
  place      text COLLATE "C" NOT NULL,
  session_id text COLLATE "C" NOT NULL,
  user_id    text COLLATE "C" NOT NULL,
  name       text NOT NULL,
  host       boolean NOT NULL,
  guest      boolean NOT NULL,
  joined_at  timestamptz NOT NULL,
  joined_seq bigint NOT NULL,
  PRIMARY KEY (place, session_id)
);
CREATE INDEX members_in_order ON members (place, joined_seq);

CREATE TABLE messages (                 -- never of rooms with history 'none'
  place       text COLLATE "C" NOT NULL,
  seq         bigint NOT NULL,
  id          text COLLATE "C" NOT NULL,
  user_id     text COLLATE "C" NOT NULL,
  session_id  text COLLATE "C" NOT NULL,
  name        text NOT NULL,
  body        text NOT NULL,
  reply_to    text NOT NULL,
  client_time text NOT NULL,
  sent_at     timestamptz NOT NULL,
  PRIMARY KEY (place, seq)
);
