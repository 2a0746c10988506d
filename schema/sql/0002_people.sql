-- People: conversations, calls, notifications, presence. Rows as 0001_read_models.sql says; the messages of a
-- conversation stand in `messages` under the place `conversation/<id>`.

CREATE TABLE conversations (
  id        text COLLATE "C" PRIMARY KEY,
  first     text COLLATE "C" NOT NULL,
  second    text COLLATE "C" NOT NULL,
  about     text COLLATE "C" NOT NULL,  -- the booking; empty: a direct conversation
  opened_at timestamptz NOT NULL,
  last_position bigint NOT NULL,        -- of the last message in the log: the order of one's conversations; 0: none yet
  last_seq  bigint NOT NULL,            -- of that message
  version   bigint NOT NULL
);
CREATE INDEX conversations_of_first ON conversations (first, last_position);
CREATE INDEX conversations_of_second ON conversations (second, last_position);

CREATE TABLE conversation_marks (       -- how far each participant has read
  conversation text COLLATE "C" NOT NULL,
  user_id      text COLLATE "C" NOT NULL,
  seq          bigint NOT NULL,
  PRIMARY KEY (conversation, user_id)
);

CREATE TABLE blocks (                   -- who wants nothing of the other; one taken back is deleted
  conversation text COLLATE "C" NOT NULL,
  by_user      text COLLATE "C" NOT NULL,
  since        timestamptz NOT NULL,
  PRIMARY KEY (conversation, by_user)
);
CREATE INDEX blocks_of_user ON blocks (by_user, conversation);

CREATE TABLE calls (
  id           text COLLATE "C" PRIMARY KEY,
  conversation text COLLATE "C" NOT NULL,
  caller       text COLLATE "C" NOT NULL,
  callee       text COLLATE "C" NOT NULL,
  started_at   timestamptz NOT NULL,
  accepted_at  timestamptz,
  ended_at     timestamptz,
  reason       text NOT NULL,           -- why it ended; empty while it lasts
  started_position bigint NOT NULL      -- in the log: the order of one's calls
);
CREATE INDEX calls_of_caller ON calls (caller, started_position);
CREATE INDEX calls_of_callee ON calls (callee, started_position);

CREATE TABLE notifications (
  user_id    text COLLATE "C" NOT NULL,
  id         text COLLATE "C" NOT NULL,
  seq        bigint NOT NULL,           -- in the inbox: their order
  kind       text NOT NULL,
  title      text NOT NULL,
  body       text NOT NULL,
  data       text NOT NULL,             -- a JSON object; empty: none
  unread     boolean NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (user_id, id)
);
CREATE INDEX notifications_in_order ON notifications (user_id, seq);
CREATE INDEX notifications_unread ON notifications (user_id, seq) WHERE unread;

CREATE TABLE presence (
  user_id  text COLLATE "C" PRIMARY KEY,
  sessions bigint NOT NULL,             -- devices online
  away     text[] COLLATE "C" NOT NULL, -- those of the sessions that said so, in order; all of them: the person is away
  since    timestamptz NOT NULL         -- of the last change; with no device online, when the person was last seen
);
