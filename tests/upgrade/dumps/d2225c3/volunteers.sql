CREATE FUNCTION volunteers.history_stays() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    BEGIN
      RAISE EXCEPTION '% is history: rows are added, never changed', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
    END $$;
CREATE FUNCTION volunteers.transfer_balances() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    DECLARE
      transfer uuid;
      legs_found bigint;
      total numeric;
      one_station boolean;
    BEGIN
      IF TG_TABLE_NAME = 'legs' THEN
        transfer := NEW.transfer_id;
      ELSE
        transfer := NEW.id;
      END IF;
      SELECT count(*), sum(l.amount), bool_and(a.station_id = t.station_id)
        INTO legs_found, total, one_station
        FROM legs l
        JOIN accounts a ON a.id = l.account_id
        JOIN transfers t ON t.id = l.transfer_id
        WHERE l.transfer_id = transfer;
      IF legs_found < 2 OR total <> 0 OR NOT one_station THEN
        RAISE EXCEPTION 'the legs of transfer % do not balance', transfer
          USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_transfers_balanced';
      END IF;
      RETURN NULL;
    END $$;
CREATE TABLE volunteers.accounts (
    id uuid NOT NULL,
    station_id uuid NOT NULL,
    version integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    kind character varying NOT NULL,
    owner_id uuid NOT NULL,
    posted bigint,
    held bigint,
    CONSTRAINT ck_accounts_available CHECK (((posted - held) >= 0)),
    CONSTRAINT ck_accounts_held CHECK ((held >= 0)),
    CONSTRAINT ck_accounts_kind CHECK (((kind)::text = ANY ((ARRAY['resident'::character varying, 'partner'::character varying, 'issuing'::character varying])::text[]))),
    CONSTRAINT ck_accounts_running_balance CHECK (
CASE
    WHEN ((kind)::text = 'issuing'::text) THEN ((posted IS NULL) AND (held IS NULL))
    ELSE ((posted IS NOT NULL) AND (held IS NOT NULL))
END)
);
CREATE TABLE volunteers.alembic_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE volunteers.answers (
    key bytea NOT NULL,
    fingerprint bytea NOT NULL,
    status smallint,
    body bytea,
    created_at timestamp with time zone NOT NULL
);
CREATE TABLE volunteers.duties (
    kind character varying NOT NULL,
    subject_id uuid NOT NULL,
    station_id uuid NOT NULL,
    resident_id uuid,
    title character varying NOT NULL,
    state character varying NOT NULL,
    until timestamp with time zone,
    version bigint NOT NULL,
    starts_at timestamp with time zone,
    event_id uuid,
    ends_at timestamp with time zone,
    CONSTRAINT ck_duties_kind CHECK (((kind)::text = ANY ((ARRAY['wish'::character varying, 'event'::character varying])::text[]))),
    CONSTRAINT ck_duties_open_has_owner CHECK ((((state)::text = 'closed'::text) OR (resident_id IS NOT NULL))),
    CONSTRAINT ck_duties_state CHECK (((state)::text = ANY ((ARRAY['open'::character varying, 'closed'::character varying])::text[])))
);
CREATE TABLE volunteers.inbox (
    consumer text NOT NULL,
    message_key uuid NOT NULL,
    type text NOT NULL,
    correlation uuid NOT NULL,
    state text NOT NULL,
    attempts smallint DEFAULT 0 NOT NULL,
    waits smallint DEFAULT 0 NOT NULL,
    body bytea,
    error text,
    due_at timestamp with time zone,
    received_at timestamp with time zone DEFAULT now() NOT NULL,
    handled_at timestamp with time zone,
    station_id uuid,
    retried_at timestamp with time zone,
    publisher text,
    CONSTRAINT ck_inbox_kept_with_body CHECK (((state <> ALL (ARRAY['retry'::text, 'parked'::text])) OR (body IS NOT NULL))),
    CONSTRAINT ck_inbox_retry_is_due CHECK (((state <> 'retry'::text) OR (due_at IS NOT NULL))),
    CONSTRAINT ck_inbox_state CHECK ((state = ANY (ARRAY['done'::text, 'retry'::text, 'parked'::text, 'skipped'::text])))
);
CREATE TABLE volunteers.jobs (
    name text NOT NULL,
    due_at timestamp with time zone NOT NULL,
    ran_at timestamp with time zone,
    error text
);
CREATE TABLE volunteers.judged (
    station_id uuid NOT NULL,
    type character varying NOT NULL,
    subject character varying NOT NULL,
    revision bigint NOT NULL,
    judged_at timestamp with time zone NOT NULL
);
CREATE TABLE volunteers.legs (
    id uuid NOT NULL,
    transfer_id uuid NOT NULL,
    account_id uuid NOT NULL,
    amount bigint NOT NULL,
    CONSTRAINT ck_legs_amount CHECK ((amount <> 0))
);
CREATE TABLE volunteers.outbox (
    lane smallint NOT NULL,
    id bigint NOT NULL,
    type text NOT NULL,
    subject text NOT NULL,
    correlation uuid NOT NULL,
    body bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0.02', autovacuum_vacuum_cost_delay='0');
ALTER TABLE volunteers.outbox ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME volunteers.outbox_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE volunteers.redrives (
    id uuid NOT NULL,
    station_id uuid,
    act text NOT NULL,
    message_key uuid,
    chosen jsonb NOT NULL,
    messages integer NOT NULL,
    who text NOT NULL,
    reason text NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT ck_redrives_act CHECK ((act = ANY (ARRAY['retry'::text, 'skip'::text, 'retry_all'::text, 'replay'::text, 'snapshot'::text])))
);
CREATE TABLE volunteers.rules (
    id uuid NOT NULL,
    station_id uuid,
    name character varying NOT NULL,
    version integer NOT NULL,
    message_type character varying NOT NULL,
    who character varying NOT NULL,
    who_kind character varying NOT NULL,
    paid_kinds text[] NOT NULL,
    amount_kind character varying NOT NULL,
    amount bigint NOT NULL,
    reason character varying NOT NULL,
    active boolean NOT NULL,
    valid_from timestamp with time zone,
    valid_until timestamp with time zone,
    CONSTRAINT ck_rules_amount CHECK ((amount > 0)),
    CONSTRAINT ck_rules_amount_kind CHECK (((amount_kind)::text = ANY ((ARRAY['flat'::character varying, 'by_hour'::character varying])::text[]))),
    CONSTRAINT ck_rules_valid CHECK ((valid_from < valid_until)),
    CONSTRAINT ck_rules_version CHECK ((version > 0))
);
CREATE TABLE volunteers.sent (
    lane smallint NOT NULL,
    id bigint NOT NULL,
    type text NOT NULL,
    subject text NOT NULL,
    correlation uuid NOT NULL,
    body bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    sent_at timestamp with time zone NOT NULL,
    publisher text
)
PARTITION BY RANGE (sent_at);
CREATE TABLE volunteers.sent_20261125 (
    lane smallint CONSTRAINT sent_lane_not_null NOT NULL,
    id bigint CONSTRAINT sent_id_not_null NOT NULL,
    type text CONSTRAINT sent_type_not_null NOT NULL,
    subject text CONSTRAINT sent_subject_not_null NOT NULL,
    correlation uuid CONSTRAINT sent_correlation_not_null NOT NULL,
    body bytea CONSTRAINT sent_body_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT sent_created_at_not_null NOT NULL,
    sent_at timestamp with time zone CONSTRAINT sent_sent_at_not_null NOT NULL,
    publisher text
);
CREATE TABLE volunteers.sent_20261126 (
    lane smallint CONSTRAINT sent_lane_not_null NOT NULL,
    id bigint CONSTRAINT sent_id_not_null NOT NULL,
    type text CONSTRAINT sent_type_not_null NOT NULL,
    subject text CONSTRAINT sent_subject_not_null NOT NULL,
    correlation uuid CONSTRAINT sent_correlation_not_null NOT NULL,
    body bytea CONSTRAINT sent_body_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT sent_created_at_not_null NOT NULL,
    sent_at timestamp with time zone CONSTRAINT sent_sent_at_not_null NOT NULL,
    publisher text
);
CREATE TABLE volunteers.sent_20261127 (
    lane smallint CONSTRAINT sent_lane_not_null NOT NULL,
    id bigint CONSTRAINT sent_id_not_null NOT NULL,
    type text CONSTRAINT sent_type_not_null NOT NULL,
    subject text CONSTRAINT sent_subject_not_null NOT NULL,
    correlation uuid CONSTRAINT sent_correlation_not_null NOT NULL,
    body bytea CONSTRAINT sent_body_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT sent_created_at_not_null NOT NULL,
    sent_at timestamp with time zone CONSTRAINT sent_sent_at_not_null NOT NULL,
    publisher text
);
CREATE TABLE volunteers.sent_20261128 (
    lane smallint CONSTRAINT sent_lane_not_null NOT NULL,
    id bigint CONSTRAINT sent_id_not_null NOT NULL,
    type text CONSTRAINT sent_type_not_null NOT NULL,
    subject text CONSTRAINT sent_subject_not_null NOT NULL,
    correlation uuid CONSTRAINT sent_correlation_not_null NOT NULL,
    body bytea CONSTRAINT sent_body_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT sent_created_at_not_null NOT NULL,
    sent_at timestamp with time zone CONSTRAINT sent_sent_at_not_null NOT NULL,
    publisher text
);
CREATE TABLE volunteers.sent_20261129 (
    lane smallint CONSTRAINT sent_lane_not_null NOT NULL,
    id bigint CONSTRAINT sent_id_not_null NOT NULL,
    type text CONSTRAINT sent_type_not_null NOT NULL,
    subject text CONSTRAINT sent_subject_not_null NOT NULL,
    correlation uuid CONSTRAINT sent_correlation_not_null NOT NULL,
    body bytea CONSTRAINT sent_body_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT sent_created_at_not_null NOT NULL,
    sent_at timestamp with time zone CONSTRAINT sent_sent_at_not_null NOT NULL,
    publisher text
);
CREATE TABLE volunteers.sent_20261130 (
    lane smallint CONSTRAINT sent_lane_not_null NOT NULL,
    id bigint CONSTRAINT sent_id_not_null NOT NULL,
    type text CONSTRAINT sent_type_not_null NOT NULL,
    subject text CONSTRAINT sent_subject_not_null NOT NULL,
    correlation uuid CONSTRAINT sent_correlation_not_null NOT NULL,
    body bytea CONSTRAINT sent_body_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT sent_created_at_not_null NOT NULL,
    sent_at timestamp with time zone CONSTRAINT sent_sent_at_not_null NOT NULL,
    publisher text
);
CREATE TABLE volunteers.sent_20261201 (
    lane smallint CONSTRAINT sent_lane_not_null NOT NULL,
    id bigint CONSTRAINT sent_id_not_null NOT NULL,
    type text CONSTRAINT sent_type_not_null NOT NULL,
    subject text CONSTRAINT sent_subject_not_null NOT NULL,
    correlation uuid CONSTRAINT sent_correlation_not_null NOT NULL,
    body bytea CONSTRAINT sent_body_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT sent_created_at_not_null NOT NULL,
    sent_at timestamp with time zone CONSTRAINT sent_sent_at_not_null NOT NULL,
    publisher text
);
CREATE TABLE volunteers.sent_20261202 (
    lane smallint CONSTRAINT sent_lane_not_null NOT NULL,
    id bigint CONSTRAINT sent_id_not_null NOT NULL,
    type text CONSTRAINT sent_type_not_null NOT NULL,
    subject text CONSTRAINT sent_subject_not_null NOT NULL,
    correlation uuid CONSTRAINT sent_correlation_not_null NOT NULL,
    body bytea CONSTRAINT sent_body_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT sent_created_at_not_null NOT NULL,
    sent_at timestamp with time zone CONSTRAINT sent_sent_at_not_null NOT NULL,
    publisher text
);
CREATE TABLE volunteers.sent_20261203 (
    lane smallint CONSTRAINT sent_lane_not_null NOT NULL,
    id bigint CONSTRAINT sent_id_not_null NOT NULL,
    type text CONSTRAINT sent_type_not_null NOT NULL,
    subject text CONSTRAINT sent_subject_not_null NOT NULL,
    correlation uuid CONSTRAINT sent_correlation_not_null NOT NULL,
    body bytea CONSTRAINT sent_body_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT sent_created_at_not_null NOT NULL,
    sent_at timestamp with time zone CONSTRAINT sent_sent_at_not_null NOT NULL,
    publisher text
);
CREATE TABLE volunteers.transfers (
    id uuid NOT NULL,
    station_id uuid NOT NULL,
    kind character varying NOT NULL,
    rule character varying NOT NULL,
    rule_version integer NOT NULL,
    cause_type character varying NOT NULL,
    cause_subject character varying NOT NULL,
    revision bigint NOT NULL,
    reason character varying NOT NULL,
    title character varying NOT NULL,
    correlation_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    reverses_id uuid,
    CONSTRAINT ck_transfers_kind CHECK (((kind)::text = ANY ((ARRAY['award'::character varying, 'reversal'::character varying])::text[]))),
    CONSTRAINT ck_transfers_reverses CHECK ((((kind)::text = 'reversal'::text) = (reverses_id IS NOT NULL)))
);
CREATE TABLE volunteers.volunteers (
    id uuid NOT NULL,
    station_id uuid NOT NULL,
    version integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    resident_id uuid NOT NULL,
    state character varying NOT NULL,
    skills text[] NOT NULL,
    times text[] NOT NULL,
    approved_at timestamp with time zone,
    CONSTRAINT ck_volunteers_approved_once CHECK ((((state)::text = 'applied'::text) OR (approved_at IS NOT NULL))),
    CONSTRAINT ck_volunteers_state CHECK (((state)::text = ANY ((ARRAY['applied'::character varying, 'approved'::character varying, 'suspended'::character varying, 'left'::character varying])::text[])))
);
ALTER TABLE ONLY volunteers.sent ATTACH PARTITION volunteers.sent_20261125 FOR VALUES FROM ('2026-11-25 00:00:00+00') TO ('2026-11-26 00:00:00+00');
ALTER TABLE ONLY volunteers.sent ATTACH PARTITION volunteers.sent_20261126 FOR VALUES FROM ('2026-11-26 00:00:00+00') TO ('2026-11-27 00:00:00+00');
ALTER TABLE ONLY volunteers.sent ATTACH PARTITION volunteers.sent_20261127 FOR VALUES FROM ('2026-11-27 00:00:00+00') TO ('2026-11-28 00:00:00+00');
ALTER TABLE ONLY volunteers.sent ATTACH PARTITION volunteers.sent_20261128 FOR VALUES FROM ('2026-11-28 00:00:00+00') TO ('2026-11-29 00:00:00+00');
ALTER TABLE ONLY volunteers.sent ATTACH PARTITION volunteers.sent_20261129 FOR VALUES FROM ('2026-11-29 00:00:00+00') TO ('2026-11-30 00:00:00+00');
ALTER TABLE ONLY volunteers.sent ATTACH PARTITION volunteers.sent_20261130 FOR VALUES FROM ('2026-11-30 00:00:00+00') TO ('2026-12-01 00:00:00+00');
ALTER TABLE ONLY volunteers.sent ATTACH PARTITION volunteers.sent_20261201 FOR VALUES FROM ('2026-12-01 00:00:00+00') TO ('2026-12-02 00:00:00+00');
ALTER TABLE ONLY volunteers.sent ATTACH PARTITION volunteers.sent_20261202 FOR VALUES FROM ('2026-12-02 00:00:00+00') TO ('2026-12-03 00:00:00+00');
ALTER TABLE ONLY volunteers.sent ATTACH PARTITION volunteers.sent_20261203 FOR VALUES FROM ('2026-12-03 00:00:00+00') TO ('2026-12-04 00:00:00+00');
INSERT INTO volunteers.accounts VALUES
	('fc6c52d0-5ea1-5899-8e9e-ecf6d70b97cd', '01a2159d-b0db-7226-8530-f5b5900dcc6e', 0, '2026-11-26 02:09:54.831819+00', 'issuing', '01a2159d-b0db-7226-8530-f5b5900dcc6e', NULL, NULL),
	('13a39873-1ce1-5488-99c2-b449497385f7', '01a2159d-b0db-7226-8530-f5b5900dcc6e', 1, '2026-11-26 02:09:54.831835+00', 'resident', '01a2159d-cbe8-7640-ae0a-7224894816b6', 20, 0),
	('d604fb25-6ea9-5e3d-9d31-68345ef3dd16', '01a2159d-b0db-7226-8530-f5b5900dcc6e', 1, '2026-11-26 02:09:55.699641+00', 'resident', '01a2159d-cfc2-7638-a8f5-0274fabcfba1', 5, 0);
INSERT INTO volunteers.alembic_version VALUES
	('0006');
INSERT INTO volunteers.duties VALUES
	('wish', '01a2159d-d1f3-7439-846e-b53bb66ed6f4', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-cbe8-7640-ae0a-7224894816b6', '想换一个灯泡', 'open', '2026-12-03 02:09:54.300715+00', 3, NULL, NULL, NULL),
	('wish', '01a2159d-d2d3-7142-8dcd-64bb05f4a14a', '01a2159d-b0db-7226-8530-f5b5900dcc6e', NULL, '想换一个灯泡', 'closed', NULL, 4, NULL, NULL, NULL),
	('wish', '01a2159d-d3c6-73f0-9bea-1a9a7e201055', '01a2159d-b0db-7226-8530-f5b5900dcc6e', NULL, '想换一个灯泡', 'closed', NULL, 5, NULL, NULL, NULL),
	('wish', '01a2159d-d4a0-74b6-b7eb-58d978cbe867', '01a2159d-b0db-7226-8530-f5b5900dcc6e', NULL, '想换一个灯泡', 'closed', NULL, 3, NULL, NULL, NULL),
	('wish', '01a2159d-d4f5-7340-9252-f5981eecff9b', '01a2159d-b0db-7226-8530-f5b5900dcc6e', NULL, '想换一个灯泡', 'closed', NULL, 3, NULL, NULL, NULL),
	('event', '01a2159d-d5fb-7393-9085-ed262ec8dae3', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-cbe8-7640-ae0a-7224894816b6', '楼道大扫除', 'open', NULL, 1, '2026-11-26 02:29:00+00', '01a2159d-d56a-777e-9b95-1d7dcf7b1ea6', '2026-11-26 04:29:00+00'),
	('event', '01a2159d-d62c-7797-920c-3534a75af7f2', '01a2159d-b0db-7226-8530-f5b5900dcc6e', NULL, '楼道大扫除', 'closed', NULL, 1, '2026-11-26 02:29:00+00', '01a2159d-d56a-777e-9b95-1d7dcf7b1ea6', '2026-11-26 04:29:00+00'),
	('event', '01a2159d-d662-74d7-83fd-8319d55af2c4', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-cbe8-7640-ae0a-7224894816b6', '楼道大扫除', 'open', NULL, 1, '2026-11-28 02:09:00+00', '01a2159d-d57f-769c-a615-899422c0565c', '2026-11-28 04:09:00+00'),
	('event', '01a2159d-d675-7270-b658-62ddbd08530c', '01a2159d-b0db-7226-8530-f5b5900dcc6e', NULL, '楼道大扫除', 'closed', NULL, 2, '2026-11-28 02:09:00+00', '01a2159d-d57f-769c-a615-899422c0565c', '2026-11-28 04:09:00+00'),
	('event', '01a2159d-d69d-7784-bfcd-a7d27439d0f4', '01a2159d-b0db-7226-8530-f5b5900dcc6e', NULL, '楼道大扫除', 'closed', NULL, 2, '2026-11-29 02:09:00+00', '01a2159d-d59c-7542-82ab-a864c5f00f6d', '2026-11-29 04:09:00+00'),
	('event', '01a2159d-d6ac-74d3-bf89-658c83675138', '01a2159d-b0db-7226-8530-f5b5900dcc6e', NULL, '楼道大扫除', 'closed', NULL, 2, '2026-11-29 02:09:00+00', '01a2159d-d59c-7542-82ab-a864c5f00f6d', '2026-11-29 04:09:00+00'),
	('event', '01a2159d-d6cd-7302-96c5-d796af054cbf', '01a2159d-b0db-7226-8530-f5b5900dcc6e', NULL, '楼道大扫除', 'closed', NULL, 3, '2026-11-26 02:29:00+00', '01a2159d-d56a-777e-9b95-1d7dcf7b1ea6', '2026-11-26 04:29:00+00'),
	('wish', '01a2159d-d973-736f-b6d0-073b5d16bce4', '01a2159d-b0db-7226-8530-f5b5900dcc6e', NULL, '想换一个灯泡', 'closed', NULL, 4, NULL, NULL, NULL),
	('wish', '01a2159d-da03-74ef-ac6e-1931b21d51e9', '01a2159d-b0db-7226-8530-f5b5900dcc6e', NULL, '想换一个灯泡', 'closed', NULL, 4, NULL, NULL, NULL);
INSERT INTO volunteers.inbox VALUES
	('volunteers', '6e611146-3a4e-5259-9c40-4ce6e2ff792b', 'linli.wish.claimed.v1', '01a2159d-d257-7599-9ef3-62329fd1ca55', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:54.380009+00', '2026-11-26 02:09:54.380009+00', NULL, NULL, NULL),
	('volunteers', 'f482a59d-7874-506f-9513-fb82c5a6ff70', 'linli.wish.claimed.v1', '01a2159d-d348-7151-84a1-a4fa0e8a259c', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:54.563717+00', '2026-11-26 02:09:54.563717+00', NULL, NULL, NULL),
	('volunteers', 'ccccea58-d499-5039-a025-b5d2114eca2b', 'linli.wish.delivered.v1', '01a2159d-d373-755c-9eb5-1580595f80fd', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:54.681304+00', '2026-11-26 02:09:54.681304+00', NULL, NULL, NULL),
	('volunteers', '8d69703e-b9a9-5863-bf6a-24200a080ebe', 'linli.wish.claimed.v1', '01a2159d-d413-719e-b71a-b10556f10fd9', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:54.754786+00', '2026-11-26 02:09:54.754786+00', NULL, NULL, NULL),
	('volunteers', '389a4bb5-8abd-5ead-bf50-71f660a39b17', 'linli.wish.delivered.v1', '01a2159d-d42d-71a7-9a8b-636096545889', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:54.781411+00', '2026-11-26 02:09:54.781411+00', NULL, NULL, NULL),
	('volunteers', '9ae5f031-ad5d-512a-9964-32a41ffe0cef', 'linli.wish.fulfilled.v1', '01a2159d-d44d-72ab-8cb7-b24cd85403bd', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:54.807155+00', '2026-11-26 02:09:54.807155+00', NULL, NULL, NULL),
	('volunteers', '69f466e9-fa78-5fa5-9219-6ab278b63032', 'linli.wish.withdrawn.v1', '01a2159d-d4d5-75ff-b382-eb8b4ba475f1', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:54.939852+00', '2026-11-26 02:09:54.939852+00', NULL, NULL, NULL),
	('volunteers', '03307a0a-9353-5306-b623-d8272e2d70f3', 'linli.wish.answered.v1', '01a2159d-d521-7348-823a-2fa7cf828da1', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:54.997931+00', '2026-11-26 02:09:54.997931+00', NULL, NULL, NULL),
	('volunteers', 'b01cf7e0-3e48-5352-bcf1-603f0ffec0b7', 'linli.event.joined.v1', '01a2159d-d5e7-75ca-9d93-93a3a99b962d', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:55.22453+00', '2026-11-26 02:09:55.22453+00', NULL, NULL, NULL),
	('volunteers', 'bee6a6be-6c15-5d4d-8332-a68e18b46510', 'linli.event.joined.v1', '01a2159d-d611-7050-a804-487bbd333f74', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:55.269582+00', '2026-11-26 02:09:55.269582+00', NULL, NULL, NULL),
	('volunteers', '82b3250c-673c-5b5f-af0b-01f49f698109', 'linli.event.joined.v1', '01a2159d-d658-7520-88d9-daff3a04b78a', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:55.311836+00', '2026-11-26 02:09:55.311836+00', NULL, NULL, NULL),
	('volunteers', '25392a53-2a9c-5bbb-8329-d4c243e87c09', 'linli.event.joined.v1', '01a2159d-d66c-76fa-b95b-85a7b4a033ea', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:55.334444+00', '2026-11-26 02:09:55.334444+00', NULL, NULL, NULL),
	('volunteers', '6027d80c-cbf0-578d-8df1-e9ace0c9e80a', 'linli.event.joined.v1', '01a2159d-d692-727d-8036-179955a8acd5', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:55.370279+00', '2026-11-26 02:09:55.370279+00', NULL, NULL, NULL),
	('volunteers', '2f977ee5-213f-53fa-890c-c60048d2c439', 'linli.event.joined.v1', '01a2159d-d6a5-72de-b9d8-23eaa5ae3771', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:55.400638+00', '2026-11-26 02:09:55.400638+00', NULL, NULL, NULL),
	('volunteers', '813e22d5-3698-59a2-b552-0d94528a0c91', 'linli.event.joined.v1', '01a2159d-d6ba-75d0-bf8e-c1dd1ee68bb1', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:55.459409+00', '2026-11-26 02:09:55.459409+00', NULL, NULL, NULL),
	('volunteers', '13ec7cb7-5a00-53c6-b62d-2e7048ba57b9', 'linli.event.left.v1', '01a2159d-d6e2-733f-8de5-2b8224571583', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:55.500463+00', '2026-11-26 02:09:55.500463+00', NULL, NULL, NULL),
	('volunteers', 'b8b3fc27-8a9c-56eb-a64e-9b0932babb9b', 'linli.event.left.v1', '01a2159d-d71a-767e-8c20-2ae25c254585', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:55.555399+00', '2026-11-26 02:09:55.555399+00', NULL, NULL, NULL),
	('volunteers', 'f7bb236b-92fe-5ecf-b26b-f6594d633bc7', 'linli.event.left.v1', '01a2159d-d71a-767e-8c20-2ae25c254585', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:55.555399+00', '2026-11-26 02:09:55.555399+00', NULL, NULL, NULL),
	('volunteers', 'b85dde58-ae27-5525-959b-484067dfa759', 'linli.event.attended.v1', '01a2159d-d7a9-74aa-ab38-3fd1e5780c60', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:55.66381+00', '2026-11-26 02:09:55.66381+00', NULL, NULL, NULL),
	('volunteers', 'c580c8df-5a24-5b7a-91da-467e312b8508', 'linli.wish.claimed.v1', '01a2159d-d9a7-7442-a236-fcdaf2c32d88', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:56.172447+00', '2026-11-26 02:09:56.172447+00', NULL, NULL, NULL),
	('volunteers', '59eb07e3-c62f-547a-9851-c8d9417c9dd3', 'linli.wish.delivered.v1', '01a2159d-d9c4-7083-b2ef-5c42c361024f', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:56.228413+00', '2026-11-26 02:09:56.228413+00', NULL, NULL, NULL),
	('volunteers', '3543c89c-0aa2-5a3f-9f23-ae467156226f', 'linli.wish.claimed.v1', '01a2159d-da6f-73a9-97b7-b3b3b46be2c5', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:56.407897+00', '2026-11-26 02:09:56.407897+00', NULL, NULL, NULL),
	('volunteers', '865b4157-a703-5dad-947a-ed517794b785', 'linli.wish.delivered.v1', '01a2159d-daa5-75f3-8be9-cc9800223448', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:56.478132+00', '2026-11-26 02:09:56.478132+00', NULL, NULL, NULL),
	('volunteers', 'bbf69a5f-860e-59bd-ab01-9a965a688daf', 'linli.wish.fulfilled.v1', '01a2159d-db33-762e-9a46-299f77555f59', 'retry', 1, 0, '{"specversion":"1.0","id":"01a2159d-db4d-7258-9109-6471b1228319","type":"linli.wish.fulfilled.v1","source":"/services/intake","subject":"wishes/01a2159d-d973-736f-b6d0-073b5d16bce4","time":"2026-11-26T02:09:56.557492+00:00","datacontenttype":"application/json","dataschema":"urn:linli:contract:linli.wish.fulfilled.v1","station":"01a2159d-b0db-7226-8530-f5b5900dcc6e","sequence":"000000000005","correlationid":"01a2159d-db33-762e-9a46-299f77555f59","data":{"wish_id":"01a2159d-d973-736f-b6d0-073b5d16bce4","resident_id":"01a2159d-ca81-7091-a062-5010047a346b","title":"\346\203\263\346\215\242\344\270\200\344\270\252\347\201\257\346\263\241","taker_kind":"volunteer","taker_id":"01a2159d-cbe8-7640-ae0a-7224894816b6","minutes":30,"revision":1}}', 'ProgrammingError: permission denied for table judged', '2026-11-26 02:09:58.512717+00', '2026-11-26 02:09:56.619739+00', NULL, '01a2159d-b0db-7226-8530-f5b5900dcc6e', NULL, NULL);
INSERT INTO volunteers.jobs VALUES
	('answers.forget', '2026-11-26 03:09:40.744409+00', '2026-11-26 02:09:40.744405+00', NULL),
	('bus.partitions', '2026-11-26 03:09:41.200267+00', '2026-11-26 02:09:41.200264+00', NULL),
	('bus.purge-inbox', '2026-11-26 03:09:41.279424+00', '2026-11-26 02:09:41.27942+00', NULL);
INSERT INTO volunteers.judged VALUES
	('01a2159d-b0db-7226-8530-f5b5900dcc6e', 'linli.wish.fulfilled.v1', 'wishes/01a2159d-d3c6-73f0-9bea-1a9a7e201055', 1, '2026-11-26 02:09:54.81375+00'),
	('01a2159d-b0db-7226-8530-f5b5900dcc6e', 'linli.event.attended.v1', 'participations/01a2159d-d6cd-7302-96c5-d796af054cbf', 1, '2026-11-26 02:09:55.672992+00');
INSERT INTO volunteers.legs VALUES
	('01a2159d-d491-7638-8178-1aeaae90cc98', 'bd7dc03a-c768-5808-89c8-43527fdb1b95', 'fc6c52d0-5ea1-5899-8e9e-ecf6d70b97cd', -20),
	('01a2159d-d491-7638-8178-1aeb020d3703', 'bd7dc03a-c768-5808-89c8-43527fdb1b95', '13a39873-1ce1-5488-99c2-b449497385f7', 20),
	('01a2159d-d7f5-7361-8656-d29292429d79', 'f525be3a-b9df-5eb9-b88f-82d816ebbf40', 'fc6c52d0-5ea1-5899-8e9e-ecf6d70b97cd', -5),
	('01a2159d-d7f5-7361-8656-d2937b0b88bb', 'f525be3a-b9df-5eb9-b88f-82d816ebbf40', 'd604fb25-6ea9-5e3d-9d31-68345ef3dd16', 5);
INSERT INTO volunteers.rules VALUES
	('01900000-0000-7000-8000-000000000001', NULL, 'wish-fulfilled', 1, 'linli.wish.fulfilled.v1', 'taker_id', 'taker_kind', '{volunteer}', 'flat', 20, 'A wish came true', true, NULL, NULL),
	('01900000-0000-7000-8000-000000000002', NULL, 'event-helper', 1, 'linli.event.attended.v1', 'resident_id', 'role', '{helper}', 'by_hour', 10, 'Helped at an event', true, NULL, NULL),
	('01900000-0000-7000-8000-000000000003', NULL, 'event-guest', 1, 'linli.event.attended.v1', 'resident_id', 'role', '{guest}', 'flat', 5, 'Came to an event', true, NULL, NULL);
INSERT INTO volunteers.sent_20261126 VALUES
	(7, 1, 'linli.volunteer.applied.v1', 'volunteers/01a2159d-ccf2-72db-bcfc-2ef9ca363b41', '01a2159d-cc3c-7436-ae0a-5f9ca788a27b', '{"specversion":"1.0","id":"01a2159d-cd00-75fd-bc1c-4b85b584ff1b","type":"linli.volunteer.applied.v1","source":"/services/volunteers","subject":"volunteers/01a2159d-ccf2-72db-bcfc-2ef9ca363b41","time":"2026-11-26T02:09:52.896063+00:00","datacontenttype":"application/json","dataschema":"urn:linli:contract:linli.volunteer.applied.v1","station":"01a2159d-b0db-7226-8530-f5b5900dcc6e","sequence":"000000000001","correlationid":"01a2159d-cc3c-7436-ae0a-5f9ca788a27b","data":{"volunteer_id":"01a2159d-ccf2-72db-bcfc-2ef9ca363b41","resident_id":"01a2159d-cbe8-7640-ae0a-7224894816b6"}}', '2026-11-26 02:09:52.869541+00', '2026-11-26 02:09:52.911799+00', 'volunteers'),
	(7, 2, 'linli.volunteer.approved.v1', 'volunteers/01a2159d-ccf2-72db-bcfc-2ef9ca363b41', '01a2159d-cd16-76fb-9e20-0e0c9682611c', '{"specversion":"1.0","id":"01a2159d-cd83-71af-bb27-a34e9250506d","type":"linli.volunteer.approved.v1","source":"/services/volunteers","subject":"volunteers/01a2159d-ccf2-72db-bcfc-2ef9ca363b41","time":"2026-11-26T02:09:53.028027+00:00","datacontenttype":"application/json","dataschema":"urn:linli:contract:linli.volunteer.approved.v1","station":"01a2159d-b0db-7226-8530-f5b5900dcc6e","sequence":"000000000002","correlationid":"01a2159d-cd16-76fb-9e20-0e0c9682611c","data":{"volunteer_id":"01a2159d-ccf2-72db-bcfc-2ef9ca363b41","resident_id":"01a2159d-cbe8-7640-ae0a-7224894816b6"}}', '2026-11-26 02:09:52.970907+00', '2026-11-26 02:09:53.179106+00', 'volunteers'),
	(3, 3, 'linli.volunteer.applied.v1', 'volunteers/01a2159d-cf8f-72d2-9539-8c5a00cc945c', '01a2159d-cf7a-7136-971d-7b43afb3cab6', '{"specversion":"1.0","id":"01a2159d-cf93-75c5-bc93-1915c22cb40f","type":"linli.volunteer.applied.v1","source":"/services/volunteers","subject":"volunteers/01a2159d-cf8f-72d2-9539-8c5a00cc945c","time":"2026-11-26T02:09:53.555565+00:00","datacontenttype":"application/json","dataschema":"urn:linli:contract:linli.volunteer.applied.v1","station":"01a2159d-b0db-7226-8530-f5b5900dcc6e","sequence":"000000000001","correlationid":"01a2159d-cf7a-7136-971d-7b43afb3cab6","data":{"volunteer_id":"01a2159d-cf8f-72d2-9539-8c5a00cc945c","resident_id":"01a2159d-cf04-74aa-8baf-509c61bae14e"}}', '2026-11-26 02:09:53.542603+00', '2026-11-26 02:09:53.57608+00', 'volunteers'),
	(11, 4, 'linli.points.awarded.v1', 'accounts/13a39873-1ce1-5488-99c2-b449497385f7', '01a2159d-d44d-72ab-8cb7-b24cd85403bd', '{"specversion":"1.0","id":"01a2159d-d49a-70c8-9b14-a877084de98e","type":"linli.points.awarded.v1","source":"/services/volunteers","subject":"accounts/13a39873-1ce1-5488-99c2-b449497385f7","time":"2026-11-26T02:09:54.842842+00:00","datacontenttype":"application/json","dataschema":"urn:linli:contract:linli.points.awarded.v1","station":"01a2159d-b0db-7226-8530-f5b5900dcc6e","sequence":"000000000001","correlationid":"01a2159d-d44d-72ab-8cb7-b24cd85403bd","causationid":"01a2159d-d457-73fc-8574-0af985506bd3","data":{"account_id":"13a39873-1ce1-5488-99c2-b449497385f7","owner_kind":"resident","owner_id":"01a2159d-cbe8-7640-ae0a-7224894816b6","transfer_id":"bd7dc03a-c768-5808-89c8-43527fdb1b95","amount":20,"balance":20,"balance_version":1,"rule":"wish-fulfilled","wish_id":"01a2159d-d3c6-73f0-9bea-1a9a7e201055","cause_subject":"wishes/01a2159d-d3c6-73f0-9bea-1a9a7e201055","title":"\346\203\263\346\215\242\344\270\200\344\270\252\347\201\257\346\263\241"}}', '2026-11-26 02:09:54.807304+00', '2026-11-26 02:09:54.858142+00', 'volunteers'),
	(13, 5, 'linli.points.awarded.v1', 'accounts/d604fb25-6ea9-5e3d-9d31-68345ef3dd16', '01a2159d-d7a9-74aa-ab38-3fd1e5780c60', '{"specversion":"1.0","id":"01a2159d-d803-762f-b892-59b5b8ba7480","type":"linli.points.awarded.v1","source":"/services/volunteers","subject":"accounts/d604fb25-6ea9-5e3d-9d31-68345ef3dd16","time":"2026-11-26T02:09:55.715330+00:00","datacontenttype":"application/json","dataschema":"urn:linli:contract:linli.points.awarded.v1","station":"01a2159d-b0db-7226-8530-f5b5900dcc6e","sequence":"000000000001","correlationid":"01a2159d-d7a9-74aa-ab38-3fd1e5780c60","causationid":"01a2159d-d7b7-777c-8cfd-fbe5f3eb2c26","data":{"account_id":"d604fb25-6ea9-5e3d-9d31-68345ef3dd16","owner_kind":"resident","owner_id":"01a2159d-cfc2-7638-a8f5-0274fabcfba1","transfer_id":"f525be3a-b9df-5eb9-b88f-82d816ebbf40","amount":5,"balance":5,"balance_version":1,"rule":"event-guest","wish_id":null,"cause_subject":"participations/01a2159d-d6cd-7302-96c5-d796af054cbf","title":"\346\245\274\351\201\223\345\244\247\346\211\253\351\231\244"}}', '2026-11-26 02:09:55.666738+00', '2026-11-26 02:09:55.732194+00', 'volunteers');
INSERT INTO volunteers.transfers VALUES
	('bd7dc03a-c768-5808-89c8-43527fdb1b95', '01a2159d-b0db-7226-8530-f5b5900dcc6e', 'award', 'wish-fulfilled', 1, 'linli.wish.fulfilled.v1', 'wishes/01a2159d-d3c6-73f0-9bea-1a9a7e201055', 1, 'A wish came true', '想换一个灯泡', '01a2159d-d44d-72ab-8cb7-b24cd85403bd', '2026-11-26 02:09:54.827927+00', NULL),
	('f525be3a-b9df-5eb9-b88f-82d816ebbf40', '01a2159d-b0db-7226-8530-f5b5900dcc6e', 'award', 'event-guest', 1, 'linli.event.attended.v1', 'participations/01a2159d-d6cd-7302-96c5-d796af054cbf', 1, 'Came to an event', '楼道大扫除', '01a2159d-d7a9-74aa-ab38-3fd1e5780c60', '2026-11-26 02:09:55.684252+00', NULL);
INSERT INTO volunteers.volunteers VALUES
	('01a2159d-ccf2-72db-bcfc-2ef9ca363b41', '01a2159d-b0db-7226-8530-f5b5900dcc6e', 2, '2026-11-26 02:09:52.882343+00', '01a2159d-cbe8-7640-ae0a-7224894816b6', 'approved', '{修水龙头}', '{}', '2026-11-26 02:09:53.010743+00'),
	('01a2159d-cf8f-72d2-9539-8c5a00cc945c', '01a2159d-b0db-7226-8530-f5b5900dcc6e', 1, '2026-11-26 02:09:53.551992+00', '01a2159d-cf04-74aa-8baf-509c61bae14e', 'applied', '{理发}', '{}', NULL);
SELECT pg_catalog.setval('volunteers.outbox_id_seq', 5, true);
ALTER TABLE ONLY volunteers.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY volunteers.accounts
    ADD CONSTRAINT pk_accounts PRIMARY KEY (id);
ALTER TABLE ONLY volunteers.answers
    ADD CONSTRAINT pk_answers PRIMARY KEY (key);
ALTER TABLE ONLY volunteers.duties
    ADD CONSTRAINT pk_duties PRIMARY KEY (kind, subject_id);
ALTER TABLE ONLY volunteers.inbox
    ADD CONSTRAINT pk_inbox PRIMARY KEY (consumer, message_key);
ALTER TABLE ONLY volunteers.jobs
    ADD CONSTRAINT pk_jobs PRIMARY KEY (name);
ALTER TABLE ONLY volunteers.judged
    ADD CONSTRAINT pk_judged PRIMARY KEY (station_id, type, subject, revision);
ALTER TABLE ONLY volunteers.legs
    ADD CONSTRAINT pk_legs PRIMARY KEY (id);
ALTER TABLE ONLY volunteers.outbox
    ADD CONSTRAINT pk_outbox PRIMARY KEY (lane, id);
ALTER TABLE ONLY volunteers.redrives
    ADD CONSTRAINT pk_redrives PRIMARY KEY (id);
ALTER TABLE ONLY volunteers.rules
    ADD CONSTRAINT pk_rules PRIMARY KEY (id);
ALTER TABLE ONLY volunteers.transfers
    ADD CONSTRAINT pk_transfers PRIMARY KEY (id);
ALTER TABLE ONLY volunteers.volunteers
    ADD CONSTRAINT pk_volunteers PRIMARY KEY (id);
ALTER TABLE ONLY volunteers.accounts
    ADD CONSTRAINT uq_accounts_station_id_kind_owner_id UNIQUE (station_id, kind, owner_id);
ALTER TABLE ONLY volunteers.legs
    ADD CONSTRAINT uq_legs_transfer_id_account_id UNIQUE (transfer_id, account_id);
ALTER TABLE ONLY volunteers.rules
    ADD CONSTRAINT uq_rules_station_id_name_version UNIQUE NULLS NOT DISTINCT (station_id, name, version);
ALTER TABLE ONLY volunteers.transfers
    ADD CONSTRAINT uq_transfers_reverses_id UNIQUE (reverses_id);
ALTER TABLE ONLY volunteers.volunteers
    ADD CONSTRAINT uq_volunteers_station_id_resident_id UNIQUE (station_id, resident_id);
CREATE INDEX ix_accounts_station_id ON volunteers.accounts USING btree (station_id);
CREATE INDEX ix_answers_created_at ON volunteers.answers USING btree (created_at);
CREATE INDEX ix_duties_station_id_resident_id ON volunteers.duties USING btree (station_id, resident_id) WHERE ((state)::text = 'open'::text);
CREATE INDEX ix_inbox_correlation ON volunteers.inbox USING btree (correlation);
CREATE INDEX ix_inbox_done ON volunteers.inbox USING btree (handled_at) WHERE (state = 'done'::text);
CREATE INDEX ix_inbox_kept ON volunteers.inbox USING btree (state, due_at) WHERE (state <> 'done'::text);
CREATE INDEX ix_inbox_station ON volunteers.inbox USING btree (station_id, received_at, message_key) WHERE (state <> 'done'::text);
CREATE INDEX ix_legs_account_id_id ON volunteers.legs USING btree (account_id, id);
CREATE INDEX ix_redrives_station ON volunteers.redrives USING btree (station_id, id);
CREATE INDEX ix_sent_correlation ON ONLY volunteers.sent USING btree (correlation);
CREATE INDEX ix_sent_sent_at ON ONLY volunteers.sent USING brin (sent_at);
CREATE INDEX ix_transfers_station_id_cause_subject ON volunteers.transfers USING btree (station_id, cause_subject);
CREATE INDEX ix_volunteers_station_id ON volunteers.volunteers USING btree (station_id);
CREATE INDEX sent_20261125_correlation_idx ON volunteers.sent_20261125 USING btree (correlation);
CREATE INDEX sent_20261125_sent_at_idx ON volunteers.sent_20261125 USING brin (sent_at);
CREATE INDEX sent_20261126_correlation_idx ON volunteers.sent_20261126 USING btree (correlation);
CREATE INDEX sent_20261126_sent_at_idx ON volunteers.sent_20261126 USING brin (sent_at);
CREATE INDEX sent_20261127_correlation_idx ON volunteers.sent_20261127 USING btree (correlation);
CREATE INDEX sent_20261127_sent_at_idx ON volunteers.sent_20261127 USING brin (sent_at);
CREATE INDEX sent_20261128_correlation_idx ON volunteers.sent_20261128 USING btree (correlation);
CREATE INDEX sent_20261128_sent_at_idx ON volunteers.sent_20261128 USING brin (sent_at);
CREATE INDEX sent_20261129_correlation_idx ON volunteers.sent_20261129 USING btree (correlation);
CREATE INDEX sent_20261129_sent_at_idx ON volunteers.sent_20261129 USING brin (sent_at);
CREATE INDEX sent_20261130_correlation_idx ON volunteers.sent_20261130 USING btree (correlation);
CREATE INDEX sent_20261130_sent_at_idx ON volunteers.sent_20261130 USING brin (sent_at);
CREATE INDEX sent_20261201_correlation_idx ON volunteers.sent_20261201 USING btree (correlation);
CREATE INDEX sent_20261201_sent_at_idx ON volunteers.sent_20261201 USING brin (sent_at);
CREATE INDEX sent_20261202_correlation_idx ON volunteers.sent_20261202 USING btree (correlation);
CREATE INDEX sent_20261202_sent_at_idx ON volunteers.sent_20261202 USING brin (sent_at);
CREATE INDEX sent_20261203_correlation_idx ON volunteers.sent_20261203 USING btree (correlation);
CREATE INDEX sent_20261203_sent_at_idx ON volunteers.sent_20261203 USING brin (sent_at);
ALTER INDEX volunteers.ix_sent_correlation ATTACH PARTITION volunteers.sent_20261125_correlation_idx;
ALTER INDEX volunteers.ix_sent_sent_at ATTACH PARTITION volunteers.sent_20261125_sent_at_idx;
ALTER INDEX volunteers.ix_sent_correlation ATTACH PARTITION volunteers.sent_20261126_correlation_idx;
ALTER INDEX volunteers.ix_sent_sent_at ATTACH PARTITION volunteers.sent_20261126_sent_at_idx;
ALTER INDEX volunteers.ix_sent_correlation ATTACH PARTITION volunteers.sent_20261127_correlation_idx;
ALTER INDEX volunteers.ix_sent_sent_at ATTACH PARTITION volunteers.sent_20261127_sent_at_idx;
ALTER INDEX volunteers.ix_sent_correlation ATTACH PARTITION volunteers.sent_20261128_correlation_idx;
ALTER INDEX volunteers.ix_sent_sent_at ATTACH PARTITION volunteers.sent_20261128_sent_at_idx;
ALTER INDEX volunteers.ix_sent_correlation ATTACH PARTITION volunteers.sent_20261129_correlation_idx;
ALTER INDEX volunteers.ix_sent_sent_at ATTACH PARTITION volunteers.sent_20261129_sent_at_idx;
ALTER INDEX volunteers.ix_sent_correlation ATTACH PARTITION volunteers.sent_20261130_correlation_idx;
ALTER INDEX volunteers.ix_sent_sent_at ATTACH PARTITION volunteers.sent_20261130_sent_at_idx;
ALTER INDEX volunteers.ix_sent_correlation ATTACH PARTITION volunteers.sent_20261201_correlation_idx;
ALTER INDEX volunteers.ix_sent_sent_at ATTACH PARTITION volunteers.sent_20261201_sent_at_idx;
ALTER INDEX volunteers.ix_sent_correlation ATTACH PARTITION volunteers.sent_20261202_correlation_idx;
ALTER INDEX volunteers.ix_sent_sent_at ATTACH PARTITION volunteers.sent_20261202_sent_at_idx;
ALTER INDEX volunteers.ix_sent_correlation ATTACH PARTITION volunteers.sent_20261203_correlation_idx;
ALTER INDEX volunteers.ix_sent_sent_at ATTACH PARTITION volunteers.sent_20261203_sent_at_idx;
CREATE TRIGGER history_stays BEFORE DELETE OR UPDATE OR TRUNCATE ON volunteers.legs FOR EACH STATEMENT EXECUTE FUNCTION volunteers.history_stays();
CREATE TRIGGER history_stays BEFORE DELETE OR UPDATE OR TRUNCATE ON volunteers.transfers FOR EACH STATEMENT EXECUTE FUNCTION volunteers.history_stays();
CREATE CONSTRAINT TRIGGER transfer_balances AFTER INSERT ON volunteers.legs DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION volunteers.transfer_balances();
CREATE CONSTRAINT TRIGGER transfer_balances AFTER INSERT ON volunteers.transfers DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION volunteers.transfer_balances();
ALTER TABLE ONLY volunteers.legs
    ADD CONSTRAINT fk_legs_account_id FOREIGN KEY (account_id) REFERENCES volunteers.accounts(id);
ALTER TABLE ONLY volunteers.legs
    ADD CONSTRAINT fk_legs_transfer_id FOREIGN KEY (transfer_id) REFERENCES volunteers.transfers(id);
ALTER TABLE ONLY volunteers.transfers
    ADD CONSTRAINT fk_transfers_reverses_id FOREIGN KEY (reverses_id) REFERENCES volunteers.transfers(id);
