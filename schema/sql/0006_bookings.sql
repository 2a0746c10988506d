-- Services, bookings and reviews. Disposable, as 0001 says of all read models.

CREATE TABLE services (
  id                 text COLLATE "C" PRIMARY KEY,
  owner              text COLLATE "C" NOT NULL,
  title              text NOT NULL,
  description        text NOT NULL,
  category           text COLLATE "C" NOT NULL,
  price_minor        bigint NOT NULL,
  currency           text COLLATE "C" NOT NULL,
  duration_minutes   bigint NOT NULL,
  cancel_free_hours  bigint NOT NULL,
  cancel_fee_percent bigint NOT NULL,
  active             boolean NOT NULL,
  retired            boolean NOT NULL,
  availability       text NOT NULL,       -- JSON; empty: at any time
  rating_sum         bigint NOT NULL,     -- of its reviews: added up, each event once
  rating_count       bigint NOT NULL,
  created_at         timestamptz NOT NULL,
  offered_position   bigint NOT NULL,     -- in the log: the order of lists
  version            bigint NOT NULL      -- of the service's stream
);
CREATE INDEX services_in_order ON services (offered_position) WHERE NOT retired;
CREATE INDEX services_of_owner ON services (owner, offered_position) WHERE NOT retired;

CREATE TABLE bookings (
  id                 text COLLATE "C" PRIMARY KEY,
  provider_id        text COLLATE "C" NOT NULL,
  customer_id        text COLLATE "C" NOT NULL,
  service_id         text COLLATE "C" NOT NULL,
  title              text NOT NULL,
  starts_at          timestamptz NOT NULL,
  ends_at            timestamptz NOT NULL,
  price_minor        bigint NOT NULL,
  currency           text NOT NULL,
  cancel_free_hours  bigint NOT NULL,
  cancel_fee_percent bigint NOT NULL,
  status             text COLLATE "C" NOT NULL,
  payment            text NOT NULL,
  fee_minor          bigint NOT NULL,
  expires_at         timestamptz,
  requested_at       timestamptz NOT NULL,
  customer_name      text NOT NULL,
  note               text NOT NULL,
  updated_at         timestamptz NOT NULL,
  version            bigint NOT NULL      -- the seq, in the provider's calendar, of the booking's last event
);
CREATE INDEX bookings_of_provider ON bookings (provider_id, starts_at, id);
CREATE INDEX bookings_of_customer ON bookings (customer_id, starts_at, id);
CREATE INDEX bookings_of_provider_in_status ON bookings (provider_id, status, starts_at, id);
CREATE INDEX bookings_of_customer_in_status ON bookings (customer_id, status, starts_at, id);

CREATE TABLE reviews (
  id            text COLLATE "C" PRIMARY KEY,
  booking_id    text COLLATE "C" NOT NULL,
  service_id    text COLLATE "C" NOT NULL,
  provider_id   text COLLATE "C" NOT NULL,
  customer_id   text COLLATE "C" NOT NULL,
  customer_name text NOT NULL,
  rating        bigint NOT NULL,
  comment       text NOT NULL,
  created_at    timestamptz NOT NULL,
  written_position bigint NOT NULL,       -- in the log: the order of lists
  reply         text,
  replied_at    timestamptz
);
CREATE INDEX reviews_of_service ON reviews (service_id, written_position);
CREATE INDEX reviews_of_provider ON reviews (provider_id, written_position);
