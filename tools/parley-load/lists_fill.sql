-- Fills the read models for tools/parley-load/lists, where :messages is how many messages there are, :reader and :room
-- who reads and where. A quarter of a list is the reader's or more, so that no plan is good because there is little.
-- What is in the log already stays; nothing that is made here is in the log, so the server must not write to it.

CREATE FUNCTION pg_temp.at(n bigint) RETURNS timestamptz LANGUAGE sql IMMUTABLE
  RETURN timestamptz '2026-01-01Z' + n * interval '1 second';
CREATE FUNCTION pg_temp.someone(n bigint) RETURNS text LANGUAGE sql IMMUTABLE
  RETURN 'u_' || lpad((n % (:messages / 10))::text, 20, '0');

INSERT INTO users (id, name, email, guest, created_at, version)
  SELECT pg_temp.someone(n), 'Person ' || n, 'person' || n || '@example.org', false, pg_temp.at(n), 1
  FROM generate_series(0, :messages / 10 - 1) n;

-- Two fifths of the messages in one room, each tenth of them taken back.
INSERT INTO messages (place, seq, id, user_id, session_id, name, body, reply_to, client_time, sent_at)
  SELECT 'room/' || :'room', n, 'm_' || n, pg_temp.someone(n), 's_' || n, 'Somebody',
         repeat('x', 20 + n % 100), '', '', pg_temp.at(n)
  FROM generate_series(1000, 999 + :messages * 2 / 5) n;
INSERT INTO message_deletions (place, seq, deleted_by, action_id, deleted_at)
  SELECT 'room/' || :'room', n, pg_temp.someone(n), '', pg_temp.at(n)
  FROM generate_series(1000, 999 + :messages * 2 / 5, 10) n;

-- One half in two thousand conversations, of which the reader has every other and has read one half of those; and a
-- tenth in one, where the reader writes and writes and nobody answers.
CREATE TEMP TABLE talks AS
  SELECT n, 'c_' || lpad(n::text, 20, '0') AS id, CASE WHEN n % 2 = 0 THEN :'reader' ELSE pg_temp.someone(n + 5000) END AS one,
         pg_temp.someone(n) AS other, CASE WHEN n = 2002 THEN :messages / 10 ELSE :messages / 4000 END AS length
  FROM generate_series(1, 2002) n WHERE n <> 2001;
INSERT INTO conversations (id, first, second, about, opened_at, last_position, last_seq, version)
  SELECT id, CASE WHEN n % 4 < 2 THEN one ELSE other END, CASE WHEN n % 4 < 2 THEN other ELSE one END, '', pg_temp.at(n),
         1000000000 + n, length + 1, length + 1
  FROM talks;
INSERT INTO messages (place, seq, id, user_id, session_id, name, body, reply_to, client_time, sent_at)
  SELECT 'conversation/' || t.id, m + 1, 'm_' || m, CASE WHEN m % 2 = 0 OR t.n = 2002 THEN t.one ELSE t.other END, '',
         'Somebody', repeat('x', 20 + m % 100), '', '', pg_temp.at(m)
  FROM talks t, generate_series(1, t.length) m;
INSERT INTO conversation_marks (conversation, user_id, seq) SELECT id, one, length + 1 FROM talks WHERE n % 4 = 0;
INSERT INTO conversation_marks (conversation, user_id, seq) SELECT id, other, length / 2 FROM talks;
INSERT INTO blocks (conversation, by_user, since) SELECT id, one, pg_temp.at(n) FROM talks WHERE n % 10 = 0;
INSERT INTO conversations (id, first, second, about, opened_at, last_position, last_seq, version)
  SELECT 'd_' || lpad(n::text, 20, '0'), pg_temp.someone(n), pg_temp.someone(n + 1), '', pg_temp.at(n), 0, 0, 1
  FROM generate_series(1, :messages / 50) n;
INSERT INTO blocks (conversation, by_user, since)
  SELECT 'd_' || lpad(n::text, 20, '0'), pg_temp.someone(n), pg_temp.at(n) FROM generate_series(1, :messages / 50) n;
INSERT INTO presence (user_id, sessions, away, since)
  SELECT pg_temp.someone(n), n % 2, '{}', pg_temp.at(n) FROM generate_series(0, :messages / 10 - 1) n;

-- Half of the notifications are the reader's, and of these only the oldest twenty unread.
INSERT INTO notifications (user_id, id, seq, kind, title, body, data, unread, created_at)
  SELECT CASE WHEN n % 2 = 0 THEN :'reader' ELSE pg_temp.someone(n) END, 'n_' || lpad(n::text, 20, '0'), 1000 + n, 'note', 'Title',
         repeat('x', 80), '{"number": 1}', n <= 40, pg_temp.at(n)
  FROM generate_series(1, :messages / 5) n;

INSERT INTO calls (id, conversation, caller, callee, started_at, accepted_at, ended_at, reason, started_position)
  SELECT 'call_' || n, 'c_' || lpad((n % 2000)::text, 20, '0'), CASE WHEN n % 4 = 0 THEN :'reader' ELSE pg_temp.someone(n) END,
         CASE WHEN n % 4 = 1 THEN :'reader' ELSE pg_temp.someone(n + 1) END, pg_temp.at(n), pg_temp.at(n + 1), pg_temp.at(n + 2),
         'ended', 1000000000 + n
  FROM generate_series(1, :messages / 10) n;

INSERT INTO rooms (id, display_id, host, title, capacity, participants, guests, history, meeting, created_at, expires_at, closed,
                   opened_position, admission, starts_at, version)
  SELECT 'meeting-' || n, 'meeting-' || n, CASE WHEN n % 2 = 0 THEN :'reader' ELSE pg_temp.someone(n) END, 'Meeting', 100, 0, true,
         'kept', true, pg_temp.at(n), NULL, NULL, 1000000000 + n, 'open', NULL, 1
  FROM generate_series(1, :messages / 20) n;

INSERT INTO services (id, owner, title, description, category, price_minor, currency, duration_minutes, cancel_free_hours,
                      cancel_fee_percent, active, retired, availability, rating_sum, rating_count, created_at, offered_position, version)
  SELECT 'sv_' || n, pg_temp.someone(n), 'Service ' || n, repeat('x', 100), 'category ' || n % 50, n, 'EUR', 30, 24, 50, true, false,
         '', 0, 0, pg_temp.at(n), 1000000000 + n, 1
  FROM generate_series(1, :messages / 50) n;
INSERT INTO bookings (id, provider_id, customer_id, service_id, title, starts_at, ends_at, price_minor, currency, cancel_free_hours,
                      cancel_fee_percent, status, payment, fee_minor, expires_at, requested_at, customer_name, note, updated_at, version)
  SELECT 'bk_' || lpad(n::text, 20, '0'), CASE WHEN n % 4 = 0 THEN :'reader' ELSE pg_temp.someone(n) END,
         CASE WHEN n % 4 = 1 THEN :'reader' ELSE pg_temp.someone(n + 1) END, 'sv_' || n % 1000, 'Haircut', pg_temp.at(n * 1800),
         pg_temp.at(n * 1800 + 1800), 100, 'EUR', 24, 50, 'completed', 'paid', 0, NULL, pg_temp.at(n), 'Somebody', '', pg_temp.at(n), 1
  FROM generate_series(1, :messages / 5) n;
INSERT INTO reviews (id, booking_id, service_id, provider_id, customer_id, customer_name, rating, comment, created_at, written_position,
                     reply, replied_at)
  SELECT 'rv_' || n, 'bk_' || lpad(n::text, 20, '0'), 'sv_' || n % 1000, CASE WHEN n % 4 = 0 THEN :'reader' ELSE pg_temp.someone(n) END,
         pg_temp.someone(n + 1), 'Somebody', 5, repeat('x', 80), pg_temp.at(n), 1000000000 + n, NULL, NULL
  FROM generate_series(1, :messages / 20) n;

INSERT INTO entries (position, side, currency, account, counterparty, transfer_id, amount, balance, reference, made_at)
  SELECT 1000000000 + n, side, 'EUR', CASE WHEN side = 'debit' THEN 'world' ELSE 'wallet:' || CASE WHEN n % 2 = 0 THEN :'reader'
         ELSE pg_temp.someone(n) END END, 'world', 'deposit:' || n, 100, n, 'deposit:' || n, pg_temp.at(n)
  FROM generate_series(1, :messages / 5) n, unnest(ARRAY['credit', 'debit']) side;
INSERT INTO holds (transfer_id, currency, debit, credit, amount, reference, held_at, expires_at, status, posted, ended_at, position)
  SELECT 'purchase:' || n, 'EUR', 'wallet:' || CASE WHEN n % 2 = 0 THEN :'reader' ELSE pg_temp.someone(n) END, 'escrow', 100,
         'purchase:' || n, pg_temp.at(n), NULL, CASE WHEN n % 1000 = 0 THEN 'held' ELSE 'posted' END, 100, pg_temp.at(n + 1), 1000000000 + n
  FROM generate_series(1, :messages / 10) n;
INSERT INTO listings (id, seller, title, description, price, currency, stock, closed, created_at, changed_at, position, version)
  SELECT 'l_' || n, CASE WHEN n % 4 = 0 THEN :'reader' ELSE pg_temp.someone(n) END, 'Lamp ' || n, repeat('x', 100), n, 'EUR', 1,
         n % 3 = 0, pg_temp.at(n), pg_temp.at(n), 1000000000 + n, 1
  FROM generate_series(1, :messages / 20) n;
INSERT INTO purchases (id, listing_id, buyer, seller, quantity, price, amount, currency, status, code, requested_at, ended_at, position)
  SELECT 'l_1.p_' || n, 'l_' || n % 5000, CASE WHEN n % 4 = 0 THEN :'reader' ELSE pg_temp.someone(n) END,
         CASE WHEN n % 4 = 1 THEN :'reader' ELSE pg_temp.someone(n + 1) END, 1, 100, 100, 'EUR', 'completed', '', pg_temp.at(n),
         pg_temp.at(n + 1), 1000000000 + n
  FROM generate_series(1, :messages / 10) n;

-- As autovacuum does, and a rebuild at its end.
VACUUM ANALYZE;
