-- Moderation of lounges: settings, roles, what is in force, what was done, tombstones, reports.

ALTER TABLE lounges ADD COLUMN slow_mode_seconds bigint NOT NULL DEFAULT 0;

CREATE TABLE lounge_moderators (
  lounge     text COLLATE "C" NOT NULL,
  user_id    text COLLATE "C" NOT NULL,
  granted_by text COLLATE "C" NOT NULL,
  granted_at timestamptz NOT NULL,
  PRIMARY KEY (lounge, user_id)
);

CREATE TABLE lounge_restrictions (      -- mutes and bans in force; a row whose time is over may still wait for its event
  lounge    text COLLATE "C" NOT NULL,
  user_id   text COLLATE "C" NOT NULL,
  kind      text COLLATE "C" NOT NULL,  -- mute, ban
  action_id text COLLATE "C" NOT NULL,
  until     timestamptz,                -- none: until it is lifted
  PRIMARY KEY (lounge, user_id, kind)
);

CREATE TABLE moderation_actions (
  id              text COLLATE "C" PRIMARY KEY,
  lounge          text COLLATE "C" NOT NULL,
  seq             bigint NOT NULL,
  action          text NOT NULL,
  actor           text COLLATE "C" NOT NULL,
  target          text COLLATE "C" NOT NULL,
  rule            text NOT NULL,
  reason          text NOT NULL,
  message_id      text NOT NULL,        -- empty: not about a message
  message_seq     bigint NOT NULL,
  sha256          text NOT NULL,        -- of the message's text
  until           timestamptz,
  acted_at        timestamptz NOT NULL,
  position        bigint NOT NULL,      -- in the log: the order of lists
  appeal          text,
  appealed_at     timestamptz,
  reversed_by     text COLLATE "C",
  reversal_reason text,
  reversed_at     timestamptz
);
CREATE INDEX moderation_actions_of_lounge ON moderation_actions (lounge, position);
CREATE INDEX moderation_actions_on_target ON moderation_actions (target, position);
CREATE INDEX moderation_actions_in_order ON moderation_actions (position);

-- Tombstones. A table of their own, so that a batch may bring message and deletion in any order, and a rebuild, which
-- has no key on messages, need not look for them.
CREATE TABLE message_deletions (
  place      text COLLATE "C" NOT NULL,
  seq        bigint NOT NULL,           -- of the message
  deleted_by text COLLATE "C" NOT NULL,
  action_id  text COLLATE "C" NOT NULL, -- empty: its author took it back
  deleted_at timestamptz NOT NULL,
  PRIMARY KEY (place, seq)
);

CREATE TABLE reports (
  id          text COLLATE "C" PRIMARY KEY,
  place       text COLLATE "C" NOT NULL,
  reporter    text COLLATE "C" NOT NULL,
  target      text COLLATE "C" NOT NULL,
  message_id  text NOT NULL,            -- empty: about the person
  message_seq bigint NOT NULL,
  sha256      text NOT NULL,
  reason      text NOT NULL,
  filed_at    timestamptz NOT NULL,
  position    bigint NOT NULL
);
CREATE INDEX reports_of_place ON reports (place, position);
