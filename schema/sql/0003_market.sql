-- Money and market. Sums are whole minor units of their currency. Order is the log's: `position` is that of the event
-- that made the row, and no two rows of a table share one (but the two sides of a movement).

CREATE TABLE accounts (                 -- what each account has
  currency text COLLATE "C" NOT NULL,   -- ISO 4217
  account  text COLLATE "C" NOT NULL,   -- wallet:<userId>, world, fees, escrow
  balance  bigint NOT NULL,             -- world's is below zero: minus what all others have
  outgoing bigint NOT NULL,             -- on hold, not to be spent
  incoming bigint NOT NULL,             -- on hold for it, not there yet
  version  bigint NOT NULL,             -- of the ledger's stream
  PRIMARY KEY (account, currency)
);

CREATE TABLE entries (                  -- two a movement, one a side
  position     bigint NOT NULL,
  side         text COLLATE "C" NOT NULL, -- credit: got; debit: gave
  currency     text COLLATE "C" NOT NULL,
  account      text COLLATE "C" NOT NULL,
  counterparty text COLLATE "C" NOT NULL,
  transfer_id  text COLLATE "C" NOT NULL,
  amount       bigint NOT NULL,
  balance      bigint NOT NULL,         -- of the account after it
  reference    text COLLATE "C" NOT NULL, -- deposit:<id>, purchase:<id>, booking:<id>
  made_at      timestamptz NOT NULL,
  PRIMARY KEY (position, side)
);
CREATE INDEX entries_of_account ON entries (account, position, side);

CREATE TABLE holds (
  transfer_id text COLLATE "C" PRIMARY KEY,
  currency    text COLLATE "C" NOT NULL,
  debit       text COLLATE "C" NOT NULL,
  credit      text COLLATE "C" NOT NULL,
  amount      bigint NOT NULL,
  reference   text COLLATE "C" NOT NULL,
  held_at     timestamptz NOT NULL,
  expires_at  timestamptz,
  status      text COLLATE "C" NOT NULL, -- held, posted, voided, expired
  posted      bigint NOT NULL,          -- what moved in the end
  ended_at    timestamptz,
  position    bigint NOT NULL
);
CREATE INDEX open_holds_of_debit ON holds (debit, position) WHERE status = 'held';

CREATE TABLE listings (
  id          text COLLATE "C" PRIMARY KEY,
  seller      text COLLATE "C" NOT NULL,
  title       text NOT NULL,
  description text NOT NULL,
  price       bigint NOT NULL,
  currency    text COLLATE "C" NOT NULL,
  stock       bigint NOT NULL,          -- for sale, without what is reserved
  closed      boolean NOT NULL,
  created_at  timestamptz NOT NULL,
  changed_at  timestamptz NOT NULL,
  position    bigint NOT NULL,
  version     bigint NOT NULL
);
CREATE INDEX listings_for_sale ON listings (position) WHERE NOT closed;
CREATE INDEX listings_of_seller ON listings (seller, position);

CREATE TABLE purchases (
  id           text COLLATE "C" PRIMARY KEY,
  listing_id   text COLLATE "C" NOT NULL,
  buyer        text COLLATE "C" NOT NULL,
  seller       text COLLATE "C" NOT NULL,
  quantity     bigint NOT NULL,
  price        bigint NOT NULL,         -- of one, as it was then
  amount       bigint NOT NULL,
  currency     text COLLATE "C" NOT NULL,
  status       text COLLATE "C" NOT NULL, -- pending, completed, failed
  code         text NOT NULL,           -- why it failed, else empty
  requested_at timestamptz NOT NULL,
  ended_at     timestamptz,
  position     bigint NOT NULL
);
CREATE INDEX purchases_of_buyer ON purchases (buyer, position);
CREATE INDEX purchases_of_seller ON purchases (seller, position);
