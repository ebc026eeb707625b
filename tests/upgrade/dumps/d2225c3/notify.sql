CREATE TABLE notify.alembic_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE notify.answers (
    key bytea NOT NULL,
    fingerprint bytea NOT NULL,
    status smallint,
    body bytea,
    created_at timestamp with time zone NOT NULL
);
CREATE TABLE notify.appointments (
    participation_id uuid NOT NULL,
    station_id uuid NOT NULL,
    resident_id uuid NOT NULL,
    event_id uuid NOT NULL,
    title character varying NOT NULL,
    place character varying NOT NULL,
    role character varying NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    utc_offset interval NOT NULL,
    state character varying NOT NULL,
    remind_at timestamp with time zone,
    reminded_at timestamp with time zone,
    correlation uuid NOT NULL,
    version bigint NOT NULL,
    CONSTRAINT ck_appointments_state CHECK (((state)::text = ANY ((ARRAY['coming'::character varying, 'over'::character varying])::text[])))
);
CREATE TABLE notify.deliveries (
    id uuid NOT NULL,
    station_id uuid NOT NULL,
    recipient_id uuid NOT NULL,
    channel character varying NOT NULL,
    cause uuid NOT NULL,
    template character varying NOT NULL,
    language character varying NOT NULL,
    params jsonb NOT NULL,
    sealed jsonb,
    address_sealed character varying,
    subject character varying NOT NULL,
    correlation uuid NOT NULL,
    state character varying NOT NULL,
    attempts smallint NOT NULL,
    via character varying,
    reason character varying,
    created_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone,
    expires_at timestamp with time zone,
    sent_at timestamp with time zone,
    read_at timestamp with time zone,
    causation character varying,
    traceparent character varying,
    CONSTRAINT ck_deliveries_channel CHECK (((channel)::text = ANY ((ARRAY['inbox'::character varying, 'sms'::character varying])::text[]))),
    CONSTRAINT ck_deliveries_due CHECK ((((state)::text = ANY ((ARRAY['queued'::character varying, 'leased'::character varying])::text[])) = (due_at IS NOT NULL))),
    CONSTRAINT ck_deliveries_language CHECK (((language)::text = ANY ((ARRAY['zh'::character varying, 'en'::character varying])::text[]))),
    CONSTRAINT ck_deliveries_state CHECK (((state)::text = ANY ((ARRAY['queued'::character varying, 'leased'::character varying, 'sent'::character varying, 'failed'::character varying])::text[])))
);
CREATE TABLE notify.inbox (
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
CREATE TABLE notify.jobs (
    name text NOT NULL,
    due_at timestamp with time zone NOT NULL,
    ran_at timestamp with time zone,
    error text
);
CREATE TABLE notify.outbox (
    lane smallint NOT NULL,
    id bigint NOT NULL,
    type text NOT NULL,
    subject text NOT NULL,
    correlation uuid NOT NULL,
    body bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0.02', autovacuum_vacuum_cost_delay='0');
ALTER TABLE notify.outbox ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME notify.outbox_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE notify.recipients (
    resident_id uuid NOT NULL,
    station_id uuid NOT NULL,
    phone_sealed character varying,
    language character varying NOT NULL,
    version bigint NOT NULL,
    CONSTRAINT ck_recipients_language CHECK (((language)::text = ANY ((ARRAY['zh'::character varying, 'en'::character varying])::text[])))
);
CREATE TABLE notify.redrives (
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
CREATE TABLE notify.sent (
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
CREATE TABLE notify.sent_20261125 (
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
CREATE TABLE notify.sent_20261126 (
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
CREATE TABLE notify.sent_20261127 (
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
CREATE TABLE notify.sent_20261128 (
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
CREATE TABLE notify.sent_20261129 (
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
CREATE TABLE notify.sent_20261130 (
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
CREATE TABLE notify.sent_20261201 (
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
CREATE TABLE notify.sent_20261202 (
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
CREATE TABLE notify.sent_20261203 (
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
ALTER TABLE ONLY notify.sent ATTACH PARTITION notify.sent_20261125 FOR VALUES FROM ('2026-11-25 00:00:00+00') TO ('2026-11-26 00:00:00+00');
ALTER TABLE ONLY notify.sent ATTACH PARTITION notify.sent_20261126 FOR VALUES FROM ('2026-11-26 00:00:00+00') TO ('2026-11-27 00:00:00+00');
ALTER TABLE ONLY notify.sent ATTACH PARTITION notify.sent_20261127 FOR VALUES FROM ('2026-11-27 00:00:00+00') TO ('2026-11-28 00:00:00+00');
ALTER TABLE ONLY notify.sent ATTACH PARTITION notify.sent_20261128 FOR VALUES FROM ('2026-11-28 00:00:00+00') TO ('2026-11-29 00:00:00+00');
ALTER TABLE ONLY notify.sent ATTACH PARTITION notify.sent_20261129 FOR VALUES FROM ('2026-11-29 00:00:00+00') TO ('2026-11-30 00:00:00+00');
ALTER TABLE ONLY notify.sent ATTACH PARTITION notify.sent_20261130 FOR VALUES FROM ('2026-11-30 00:00:00+00') TO ('2026-12-01 00:00:00+00');
ALTER TABLE ONLY notify.sent ATTACH PARTITION notify.sent_20261201 FOR VALUES FROM ('2026-12-01 00:00:00+00') TO ('2026-12-02 00:00:00+00');
ALTER TABLE ONLY notify.sent ATTACH PARTITION notify.sent_20261202 FOR VALUES FROM ('2026-12-02 00:00:00+00') TO ('2026-12-03 00:00:00+00');
ALTER TABLE ONLY notify.sent ATTACH PARTITION notify.sent_20261203 FOR VALUES FROM ('2026-12-03 00:00:00+00') TO ('2026-12-04 00:00:00+00');
INSERT INTO notify.alembic_version VALUES
	('0006');
INSERT INTO notify.appointments VALUES
	('01a2159d-d5fb-7393-9085-ed262ec8dae3', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-cbe8-7640-ae0a-7224894816b6', '01a2159d-d56a-777e-9b95-1d7dcf7b1ea6', '楼道大扫除', '3 栋楼下', 'helper', '2026-11-26 02:29:00+00', '08:00:00', 'coming', NULL, NULL, '01a2159d-d5e7-75ca-9d93-93a3a99b962d', 1),
	('01a2159d-d62c-7797-920c-3534a75af7f2', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-cb4f-776a-99d0-783f3774ea19', '01a2159d-d56a-777e-9b95-1d7dcf7b1ea6', '楼道大扫除', '3 栋楼下', 'guest', '2026-11-26 02:29:00+00', '08:00:00', 'coming', NULL, NULL, '01a2159d-d611-7050-a804-487bbd333f74', 1),
	('01a2159d-d662-74d7-83fd-8319d55af2c4', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-cbe8-7640-ae0a-7224894816b6', '01a2159d-d57f-769c-a615-899422c0565c', '楼道大扫除', '3 栋楼下', 'helper', '2026-11-28 02:09:00+00', '08:00:00', 'coming', '2026-11-27 10:00:00+00', NULL, '01a2159d-d658-7520-88d9-daff3a04b78a', 1),
	('01a2159d-d675-7270-b658-62ddbd08530c', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-cb4f-776a-99d0-783f3774ea19', '01a2159d-d57f-769c-a615-899422c0565c', '楼道大扫除', '3 栋楼下', 'guest', '2026-11-28 02:09:00+00', '08:00:00', 'over', '2026-11-27 10:00:00+00', NULL, '01a2159d-d6e2-733f-8de5-2b8224571583', 2),
	('01a2159d-d69d-7784-bfcd-a7d27439d0f4', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-cbe8-7640-ae0a-7224894816b6', '01a2159d-d59c-7542-82ab-a864c5f00f6d', '楼道大扫除', '3 栋楼下', 'helper', '2026-11-29 02:09:00+00', '08:00:00', 'over', '2026-11-28 10:00:00+00', NULL, '01a2159d-d71a-767e-8c20-2ae25c254585', 2),
	('01a2159d-d6ac-74d3-bf89-658c83675138', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-cb4f-776a-99d0-783f3774ea19', '01a2159d-d59c-7542-82ab-a864c5f00f6d', '楼道大扫除', '3 栋楼下', 'guest', '2026-11-29 02:09:00+00', '08:00:00', 'over', '2026-11-28 10:00:00+00', NULL, '01a2159d-d71a-767e-8c20-2ae25c254585', 2),
	('01a2159d-d6cd-7302-96c5-d796af054cbf', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-cfc2-7638-a8f5-0274fabcfba1', '01a2159d-d56a-777e-9b95-1d7dcf7b1ea6', '楼道大扫除', '3 栋楼下', 'guest', '2026-11-26 02:29:00+00', '08:00:00', 'over', NULL, NULL, '01a2159d-d7a9-74aa-ab38-3fd1e5780c60', 3);
INSERT INTO notify.deliveries VALUES
	('01a2159d-cd61-72f7-914c-2be9da141d9c', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-cbe8-7640-ae0a-7224894816b6', 'inbox', '5a7454f2-a958-5133-aba0-3c7ed462fe1e', 'volunteer.applied', 'zh', '{}', NULL, NULL, 'volunteers/01a2159d-ccf2-72db-bcfc-2ef9ca363b41', '01a2159d-cc3c-7436-ae0a-5f9ca788a27b', 'sent', 0, NULL, NULL, '2026-11-26 02:09:53.009702+00', NULL, NULL, '2026-11-26 02:09:53.009702+00', NULL, '01a2159d-cd00-75fd-bc1c-4b85b584ff1b', NULL),
	('01a2159d-ce30-7743-86bb-f08a8099b893', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-cbe8-7640-ae0a-7224894816b6', 'inbox', 'a3ffefa4-7ac9-5eb6-8a88-0570988e63bb', 'volunteer.approved', 'zh', '{}', NULL, NULL, 'volunteers/01a2159d-ccf2-72db-bcfc-2ef9ca363b41', '01a2159d-cd16-76fb-9e20-0e0c9682611c', 'sent', 0, NULL, NULL, '2026-11-26 02:09:53.203991+00', NULL, NULL, '2026-11-26 02:09:53.203991+00', NULL, '01a2159d-cd83-71af-bb27-a34e9250506d', NULL),
	('01a2159d-ce30-7743-86bb-f08b038e41c9', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-cbe8-7640-ae0a-7224894816b6', 'sms', 'a3ffefa4-7ac9-5eb6-8a88-0570988e63bb', 'volunteer.approved', 'zh', '{}', NULL, 'gAAAAABrB5Tw-Pw5d-R2OAz2QrHd7VjyH73Oypfx-Cxj0gSQVoSDTKUuuFwnde1BWFMShL2jlSFAbXeacnCkR17f0AqcuAFvAA==', 'volunteers/01a2159d-ccf2-72db-bcfc-2ef9ca363b41', '01a2159d-cd16-76fb-9e20-0e0c9682611c', 'sent', 1, 'on-screen', NULL, '2026-11-26 02:09:53.203991+00', NULL, NULL, '2026-11-26 02:09:53.265523+00', NULL, '01a2159d-cd83-71af-bb27-a34e9250506d', NULL),
	('01a2159d-cfbd-71d4-8213-170c561d7dd2', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-cf04-74aa-8baf-509c61bae14e', 'inbox', '23130151-e7fe-553d-b471-7fc510cf2595', 'volunteer.applied', 'zh', '{}', NULL, NULL, 'volunteers/01a2159d-cf8f-72d2-9539-8c5a00cc945c', '01a2159d-cf7a-7136-971d-7b43afb3cab6', 'sent', 0, NULL, NULL, '2026-11-26 02:09:53.600378+00', NULL, NULL, '2026-11-26 02:09:53.600378+00', NULL, '01a2159d-cf93-75c5-bc93-1915c22cb40f', NULL),
	('01a2159d-d07b-75e5-a55f-c918500b15ae', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-cfc2-7638-a8f5-0274fabcfba1', 'sms', '816e3f88-6b5c-5a95-a256-07e1ddf75fff', 'sign-in.code', 'zh', '{"expires_at": "2026-11-26T02:14:53.718918Z"}', '{"code": "gAAAAABrB5TxAW2lFbTL0g_ST7THcyl98mmAk5Om_QyVBeSgZqi3NMcn8j6EiN5gWA1KG6KWYKwgssG_Dpu7FxTop9wEShVXkQ=="}', 'gAAAAABrB5TxvxEPNXUV7rq2lc7rpfbDIhytSb-CwBuqJW8gr0t1mqhYHJ7ThHI9mLraakDjBTlmuQ7MMYj0zGTIUVqVlR7vWg==', 'sign-in-codes/01a2159d-d036-7746-902b-ba76fdddff92', '01a2159d-d02a-74e3-b3f3-c39284bb5eee', 'sent', 1, 'on-screen', NULL, '2026-11-26 02:09:53.787842+00', NULL, '2026-11-26 02:14:53.718918+00', '2026-11-26 02:09:53.829394+00', NULL, '01a2159d-d03c-74a5-bf89-ae6205b304ac', NULL),
	('01a2159d-d169-7496-acf8-7bd7826c1e84', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-ca81-7091-a062-5010047a346b', 'inbox', '1a1c4a90-f867-5277-bb32-a83580fe882f', 'wish.posted', 'zh', '{"title": "想换一个灯泡"}', NULL, NULL, 'wishes/01a2159d-d12a-72b1-a2ab-2e554d1f452c', '01a2159d-d116-7392-9cce-d1e00113647a', 'sent', 0, NULL, NULL, '2026-11-26 02:09:54.026423+00', NULL, NULL, '2026-11-26 02:09:54.026423+00', NULL, '01a2159d-d131-7237-a740-3336d4c019d5', NULL),
	('01a2159d-d1ab-7672-b618-ed9b0f627535', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-ca81-7091-a062-5010047a346b', 'inbox', '2fda3755-2234-5011-820d-55d1951c831c', 'wish.posted', 'zh', '{"title": "想换一个灯泡"}', NULL, NULL, 'wishes/01a2159d-d168-7119-9528-b18c94ec9639', '01a2159d-d153-729b-8971-1f7f7d0dd9e3', 'sent', 0, NULL, NULL, '2026-11-26 02:09:54.096779+00', NULL, NULL, '2026-11-26 02:09:54.096779+00', NULL, '01a2159d-d16a-7095-a795-de954cb5faf2', NULL),
	('01a2159d-d1e9-7640-b92b-8fd50eb9ee53', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-ca81-7091-a062-5010047a346b', 'inbox', 'a0c040ce-fee7-5697-a82d-2b0f5ca2eca1', 'wish.opened', 'zh', '{"title": "想换一个灯泡"}', NULL, NULL, 'wishes/01a2159d-d168-7119-9528-b18c94ec9639', '01a2159d-d17f-707c-a947-515ce89ce17d', 'sent', 0, NULL, NULL, '2026-11-26 02:09:54.164729+00', NULL, NULL, '2026-11-26 02:09:54.164729+00', NULL, '01a2159d-d19c-7267-84c9-b1254cd30832', NULL),
	('01a2159d-d228-72c5-95b5-0cfbe1fbe713', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-ca81-7091-a062-5010047a346b', 'inbox', '845f8fdc-e13c-58ae-b553-e226bc6ba4a7', 'wish.posted', 'zh', '{"title": "想换一个灯泡"}', NULL, NULL, 'wishes/01a2159d-d1f3-7439-846e-b53bb66ed6f4', '01a2159d-d1cb-7389-a271-6503217f187d', 'sent', 0, NULL, NULL, '2026-11-26 02:09:54.220316+00', NULL, NULL, '2026-11-26 02:09:54.220316+00', NULL, '01a2159d-d1f5-7529-9f8b-ce3d63bbd77b', NULL),
	('01a2159d-d267-73bf-9f60-d092c3b9ea13', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-ca81-7091-a062-5010047a346b', 'inbox', '74755bf5-7328-59ef-ade0-967083cb86af', 'wish.opened', 'zh', '{"title": "想换一个灯泡"}', NULL, NULL, 'wishes/01a2159d-d1f3-7439-846e-b53bb66ed6f4', '01a2159d-d218-7663-93e1-2cba9ea374e9', 'sent', 0, NULL, NULL, '2026-11-26 02:09:54.283508+00', NULL, NULL, '2026-11-26 02:09:54.283508+00', NULL, '01a2159d-d239-77f1-b212-92a45cecf88b', NULL),
	('01a2159d-d2d7-720d-8e2e-10a74616f882', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-ca81-7091-a062-5010047a346b', 'inbox', 'a34ac9f2-efca-5c5a-a747-60a385e043ac', 'wish.claimed.resident', 'zh', '{"title": "想换一个灯泡", "taker_kind": "volunteer"}', NULL, NULL, 'wishes/01a2159d-d1f3-7439-846e-b53bb66ed6f4', '01a2159d-d257-7599-9ef3-62329fd1ca55', 'sent', 0, NULL, NULL, '2026-11-26 02:09:54.398112+00', NULL, NULL, '2026-11-26 02:09:54.398112+00', NULL, '01a2159d-d27e-712c-9d05-30ee23d190a8', NULL),
	('01a2159d-d2d7-720d-8e2e-10a9ecbc0736', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-cbe8-7640-ae0a-7224894816b6', 'inbox', 'd91d3335-8528-50e2-8d42-8ec4cfb79511', 'wish.claimed.taker', 'zh', '{"title": "想换一个灯泡", "lease_until": "2026-12-03T02:09:54.300715Z"}', NULL, NULL, 'wishes/01a2159d-d1f3-7439-846e-b53bb66ed6f4', '01a2159d-d257-7599-9ef3-62329fd1ca55', 'sent', 0, NULL, NULL, '2026-11-26 02:09:54.398112+00', NULL, NULL, '2026-11-26 02:09:54.398112+00', NULL, '01a2159d-d27e-712c-9d05-30ee23d190a8', NULL),
	('01a2159d-d2d7-720d-8e2e-10a83e4b6f4e', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-ca81-7091-a062-5010047a346b', 'sms', 'a34ac9f2-efca-5c5a-a747-60a385e043ac', 'wish.claimed.resident', 'zh', '{"title": "想换一个灯泡", "taker_kind": "volunteer"}', NULL, 'gAAAAABrB5TwIMu9d-2NtpG9n5OL-t8Z8Mc-ltQcFh5GDJLERb93_ThJqOfkE9k1NZnlnBK5e4b1OHLpojK_8H6szLmlHRfr5Q==', 'wishes/01a2159d-d1f3-7439-846e-b53bb66ed6f4', '01a2159d-d257-7599-9ef3-62329fd1ca55', 'sent', 1, 'on-screen', NULL, '2026-11-26 02:09:54.398112+00', NULL, NULL, '2026-11-26 02:09:54.455397+00', NULL, '01a2159d-d27e-712c-9d05-30ee23d190a8', NULL),
	('01a2159d-d324-76a4-bf18-e7fd746deb2e', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-ca81-7091-a062-5010047a346b', 'inbox', 'e8d680fc-0fd8-5556-a445-331cc0d71123', 'wish.posted', 'zh', '{"title": "想换一个灯泡"}', NULL, NULL, 'wishes/01a2159d-d2d3-7142-8dcd-64bb05f4a14a', '01a2159d-d2ab-75bd-8bb5-de9e836bfb18', 'sent', 0, NULL, NULL, '2026-11-26 02:09:54.47069+00', NULL, NULL, '2026-11-26 02:09:54.47069+00', NULL, '01a2159d-d2dc-7286-96ac-9000dbc4ba81', NULL),
	('01a2159d-d35b-75f7-bfef-de2eb24be460', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-ca81-7091-a062-5010047a346b', 'inbox', 'f95871b1-ef7f-5868-a43d-904e485233f9', 'wish.opened', 'zh', '{"title": "想换一个灯泡"}', NULL, NULL, 'wishes/01a2159d-d2d3-7142-8dcd-64bb05f4a14a', '01a2159d-d309-72c8-ad01-5881f8edacfc', 'sent', 0, NULL, NULL, '2026-11-26 02:09:54.524408+00', NULL, NULL, '2026-11-26 02:09:54.524408+00', NULL, '01a2159d-d32c-741c-9ebb-4962c6603def', NULL),
	('01a2159d-d389-73d7-92f5-1e2cceb81eb8', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-ca81-7091-a062-5010047a346b', 'inbox', '08bf3c3b-45e0-5f4a-9168-3075be20bffd', 'wish.claimed.resident', 'zh', '{"title": "想换一个灯泡", "taker_kind": "volunteer"}', NULL, NULL, 'wishes/01a2159d-d2d3-7142-8dcd-64bb05f4a14a', '01a2159d-d348-7151-84a1-a4fa0e8a259c', 'sent', 0, NULL, NULL, '2026-11-26 02:09:54.575436+00', NULL, NULL, '2026-11-26 02:09:54.575436+00', NULL, '01a2159d-d35b-75f7-bfef-de2fe132e4c8', NULL),
	('01a2159d-d389-73d7-92f5-1e2d911368ef', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-ca81-7091-a062-5010047a346b', 'sms', '08bf3c3b-45e0-5f4a-9168-3075be20bffd', 'wish.claimed.resident', 'zh', '{"title": "想换一个灯泡", "taker_kind": "volunteer"}', NULL, 'gAAAAABrB5TwIMu9d-2NtpG9n5OL-t8Z8Mc-ltQcFh5GDJLERb93_ThJqOfkE9k1NZnlnBK5e4b1OHLpojK_8H6szLmlHRfr5Q==', 'wishes/01a2159d-d2d3-7142-8dcd-64bb05f4a14a', '01a2159d-d348-7151-84a1-a4fa0e8a259c', 'sent', 1, 'on-screen', NULL, '2026-11-26 02:09:54.575436+00', NULL, NULL, '2026-11-26 02:09:54.619726+00', NULL, '01a2159d-d35b-75f7-bfef-de2fe132e4c8', NULL),
	('01a2159d-d40a-748a-9899-5cd58f8e9b6d', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-ca81-7091-a062-5010047a346b', 'inbox', '7fadaa77-7dd6-5ae3-808c-c3febd68d75a', 'wish.posted', 'zh', '{"title": "想换一个灯泡"}', NULL, NULL, 'wishes/01a2159d-d3c6-73f0-9bea-1a9a7e201055', '01a2159d-d3b0-71a1-9647-86c9a0fdbb22', 'sent', 0, NULL, NULL, '2026-11-26 02:09:54.699382+00', NULL, NULL, '2026-11-26 02:09:54.699382+00', NULL, '01a2159d-d3cb-7266-b1a8-bfee89453f86', NULL),
	('01a2159d-d40a-748a-9899-5cd38cb718f8', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-ca81-7091-a062-5010047a346b', 'inbox', '9e95fdb5-cb51-5558-a755-ffa997ade1eb', 'wish.delivered', 'zh', '{"title": "想换一个灯泡"}', NULL, NULL, 'wishes/01a2159d-d2d3-7142-8dcd-64bb05f4a14a', '01a2159d-d373-755c-9eb5-1580595f80fd', 'sent', 0, NULL, NULL, '2026-11-26 02:09:54.699382+00', NULL, NULL, '2026-11-26 02:09:54.699382+00', NULL, '01a2159d-d388-704c-a9d2-fe851830c070', NULL),
	('01a2159d-d40a-748a-9899-5cd4d5880158', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-ca81-7091-a062-5010047a346b', 'sms', '9e95fdb5-cb51-5558-a755-ffa997ade1eb', 'wish.delivered', 'zh', '{"title": "想换一个灯泡"}', NULL, 'gAAAAABrB5TwIMu9d-2NtpG9n5OL-t8Z8Mc-ltQcFh5GDJLERb93_ThJqOfkE9k1NZnlnBK5e4b1OHLpojK_8H6szLmlHRfr5Q==', 'wishes/01a2159d-d2d3-7142-8dcd-64bb05f4a14a', '01a2159d-d373-755c-9eb5-1580595f80fd', 'sent', 1, 'on-screen', NULL, '2026-11-26 02:09:54.699382+00', NULL, NULL, '2026-11-26 02:09:54.717567+00', NULL, '01a2159d-d388-704c-a9d2-fe851830c070', NULL),
	('01a2159d-d444-75d1-9745-32eedd74cf73', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-ca81-7091-a062-5010047a346b', 'inbox', 'b8efdd04-d4ae-5f74-8b4a-bf7fc72ff035', 'wish.claimed.resident', 'zh', '{"title": "想换一个灯泡", "taker_kind": "volunteer"}', NULL, NULL, 'wishes/01a2159d-d3c6-73f0-9bea-1a9a7e201055', '01a2159d-d413-719e-b71a-b10556f10fd9', 'sent', 0, NULL, NULL, '2026-11-26 02:09:54.757067+00', NULL, NULL, '2026-11-26 02:09:54.757067+00', NULL, '01a2159d-d41f-75c3-b2b2-01deb987f6ed', NULL),
	('01a2159d-d444-75d1-9745-32f081942229', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-cbe8-7640-ae0a-7224894816b6', 'inbox', 'c1d7d3fa-db14-5060-aff7-134551be1a81', 'wish.claimed.taker', 'zh', '{"title": "想换一个灯泡", "lease_until": "2026-12-03T02:09:54.718540Z"}', NULL, NULL, 'wishes/01a2159d-d3c6-73f0-9bea-1a9a7e201055', '01a2159d-d413-719e-b71a-b10556f10fd9', 'sent', 0, NULL, NULL, '2026-11-26 02:09:54.757067+00', NULL, NULL, '2026-11-26 02:09:54.757067+00', NULL, '01a2159d-d41f-75c3-b2b2-01deb987f6ed', NULL),
	('01a2159d-d444-75d1-9745-32ef09804e88', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-ca81-7091-a062-5010047a346b', 'sms', 'b8efdd04-d4ae-5f74-8b4a-bf7fc72ff035', 'wish.claimed.resident', 'zh', '{"title": "想换一个灯泡", "taker_kind": "volunteer"}', NULL, 'gAAAAABrB5TwIMu9d-2NtpG9n5OL-t8Z8Mc-ltQcFh5GDJLERb93_ThJqOfkE9k1NZnlnBK5e4b1OHLpojK_8H6szLmlHRfr5Q==', 'wishes/01a2159d-d3c6-73f0-9bea-1a9a7e201055', '01a2159d-d413-719e-b71a-b10556f10fd9', 'sent', 1, 'on-screen', NULL, '2026-11-26 02:09:54.757067+00', NULL, NULL, '2026-11-26 02:09:54.774705+00', NULL, '01a2159d-d41f-75c3-b2b2-01deb987f6ed', NULL),
	('01a2159d-d389-73d7-92f5-1e2ed3ffabb9', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-cbe8-7640-ae0a-7224894816b6', 'inbox', '7b6ddb5a-08ef-5c28-9b30-75bccb589f31', 'wish.claimed.taker', 'zh', '{"title": "想换一个灯泡", "lease_until": "2026-12-03T02:09:54.521853Z"}', NULL, NULL, 'wishes/01a2159d-d2d3-7142-8dcd-64bb05f4a14a', '01a2159d-d348-7151-84a1-a4fa0e8a259c', 'sent', 0, NULL, NULL, '2026-11-26 02:09:54.575436+00', NULL, NULL, '2026-11-26 02:09:54.575436+00', NULL, '01a2159d-d35b-75f7-bfef-de2fe132e4c8', NULL),
	('01a2159d-d42a-7695-8089-0d00de9fc890', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-ca81-7091-a062-5010047a346b', 'inbox', '4e7aa69c-1503-5bb1-bc70-791c619cd444', 'wish.opened', 'zh', '{"title": "想换一个灯泡"}', NULL, NULL, 'wishes/01a2159d-d3c6-73f0-9bea-1a9a7e201055', '01a2159d-d3de-71cb-b9b9-3d6b72e202cf', 'sent', 0, NULL, NULL, '2026-11-26 02:09:54.735209+00', NULL, NULL, '2026-11-26 02:09:54.735209+00', NULL, '01a2159d-d3ef-7668-8894-04f0e255986e', NULL),
	('01a2159d-d463-7228-b91f-f177fb376f59', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-ca81-7091-a062-5010047a346b', 'inbox', 'cbec178e-db5c-5ca7-a64a-154183ca313b', 'wish.delivered', 'zh', '{"title": "想换一个灯泡"}', NULL, NULL, 'wishes/01a2159d-d3c6-73f0-9bea-1a9a7e201055', '01a2159d-d42d-71a7-9a8b-636096545889', 'sent', 0, NULL, NULL, '2026-11-26 02:09:54.789578+00', NULL, NULL, '2026-11-26 02:09:54.789578+00', NULL, '01a2159d-d434-71e5-ae08-c8e8ac795bfc', NULL),
	('01a2159d-d463-7228-b91f-f1783f2e8413', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-ca81-7091-a062-5010047a346b', 'sms', 'cbec178e-db5c-5ca7-a64a-154183ca313b', 'wish.delivered', 'zh', '{"title": "想换一个灯泡"}', NULL, 'gAAAAABrB5TwIMu9d-2NtpG9n5OL-t8Z8Mc-ltQcFh5GDJLERb93_ThJqOfkE9k1NZnlnBK5e4b1OHLpojK_8H6szLmlHRfr5Q==', 'wishes/01a2159d-d3c6-73f0-9bea-1a9a7e201055', '01a2159d-d42d-71a7-9a8b-636096545889', 'sent', 1, 'on-screen', NULL, '2026-11-26 02:09:54.789578+00', NULL, NULL, '2026-11-26 02:09:54.799308+00', NULL, '01a2159d-d434-71e5-ae08-c8e8ac795bfc', NULL),
	('01a2159d-d488-762d-8790-e6deb91a5c11', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-ca81-7091-a062-5010047a346b', 'inbox', '65d05790-1e39-516f-92a0-fabd9acf60d4', 'wish.posted', 'zh', '{"title": "想换一个灯泡"}', NULL, NULL, 'wishes/01a2159d-d46a-728c-8d82-5f0047daabe3', '01a2159d-d464-74fc-ba49-5a068d9c89a2', 'sent', 0, NULL, NULL, '2026-11-26 02:09:54.825819+00', NULL, NULL, '2026-11-26 02:09:54.825819+00', NULL, '01a2159d-d46b-747d-b3d0-8bc37c662664', NULL),
	('01a2159d-d4c1-7295-aa97-4580f3ef0ffd', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-cbe8-7640-ae0a-7224894816b6', 'inbox', '8af1d3a1-b932-5ac8-b02d-d74520df0da3', 'points.awarded', 'zh', '{"title": "想换一个灯泡", "amount": 20, "balance": 20}', NULL, NULL, 'wishes/01a2159d-d3c6-73f0-9bea-1a9a7e201055', '01a2159d-d44d-72ab-8cb7-b24cd85403bd', 'sent', 0, NULL, NULL, '2026-11-26 02:09:54.88213+00', NULL, NULL, '2026-11-26 02:09:54.88213+00', NULL, '01a2159d-d49a-70c8-9b14-a877084de98e', NULL),
	('01a2159d-d4e3-74bb-b4cc-e410c9f31eee', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-ca81-7091-a062-5010047a346b', 'inbox', '8227b241-d2f2-519a-84ed-26f507c18a97', 'wish.opened', 'zh', '{"title": "想换一个灯泡"}', NULL, NULL, 'wishes/01a2159d-d4a0-74b6-b7eb-58d978cbe867', '01a2159d-d4b9-74cf-9df7-b3bb6273aaef', 'sent', 0, NULL, NULL, '2026-11-26 02:09:54.916751+00', NULL, NULL, '2026-11-26 02:09:54.916751+00', NULL, '01a2159d-d4cb-724e-a2f4-63ab88164d16', NULL),
	('01a2159d-d512-7155-8a58-453fb2209b7f', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-ca81-7091-a062-5010047a346b', 'inbox', '3c5a590d-9a71-5bd3-9db6-c1894157f434', 'wish.posted', 'zh', '{"title": "想换一个灯泡"}', NULL, NULL, 'wishes/01a2159d-d4f5-7340-9252-f5981eecff9b', '01a2159d-d4eb-7504-956b-f223063f4d9d', 'sent', 0, NULL, NULL, '2026-11-26 02:09:54.964844+00', NULL, NULL, '2026-11-26 02:09:54.964844+00', NULL, '01a2159d-d4f6-7155-9237-66b73c45d576', NULL),
	('01a2159d-d537-71c1-b2dd-74afa0993972', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-ca81-7091-a062-5010047a346b', 'inbox', 'f84a35a0-e354-5bf0-861d-6a53875b642c', 'wish.answered', 'zh', '{"title": "想换一个灯泡"}', NULL, NULL, 'wishes/01a2159d-d4f5-7340-9252-f5981eecff9b', '01a2159d-d521-7348-823a-2fa7cf828da1', 'sent', 0, NULL, NULL, '2026-11-26 02:09:55.003445+00', NULL, NULL, '2026-11-26 02:09:55.003445+00', NULL, '01a2159d-d52a-756c-8428-a5adabc4fcc3', NULL),
	('01a2159d-d537-71c1-b2dd-74b0d10be1d1', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-ca81-7091-a062-5010047a346b', 'sms', 'f84a35a0-e354-5bf0-861d-6a53875b642c', 'wish.answered', 'zh', '{"title": "想换一个灯泡"}', NULL, 'gAAAAABrB5TwIMu9d-2NtpG9n5OL-t8Z8Mc-ltQcFh5GDJLERb93_ThJqOfkE9k1NZnlnBK5e4b1OHLpojK_8H6szLmlHRfr5Q==', 'wishes/01a2159d-d4f5-7340-9252-f5981eecff9b', '01a2159d-d521-7348-823a-2fa7cf828da1', 'sent', 1, 'on-screen', NULL, '2026-11-26 02:09:55.003445+00', NULL, NULL, '2026-11-26 02:09:55.024462+00', NULL, '01a2159d-d52a-756c-8428-a5adabc4fcc3', NULL),
	('01a2159d-d632-7423-9646-ec4f23a830cd', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-cbe8-7640-ae0a-7224894816b6', 'inbox', 'c9c709df-abee-54c2-a3c3-9498f3b46e45', 'event.joined', 'zh', '{"role": "helper", "place": "3 栋楼下", "title": "楼道大扫除", "starts_at": "2026-11-26T10:29:00+08:00"}', NULL, NULL, 'events/01a2159d-d56a-777e-9b95-1d7dcf7b1ea6', '01a2159d-d5e7-75ca-9d93-93a3a99b962d', 'sent', 0, NULL, NULL, '2026-11-26 02:09:55.251025+00', NULL, '2026-11-26 02:29:00+00', '2026-11-26 02:09:55.251025+00', NULL, '01a2159d-d5fd-77be-a945-d1d404bc2921', NULL),
	('01a2159d-d632-7423-9646-ec50bc06c54e', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-cbe8-7640-ae0a-7224894816b6', 'sms', 'ff1fac2e-dc00-5a51-b7ef-2deb78c63810', 'event.joined', 'zh', '{"role": "helper", "place": "3 栋楼下", "title": "楼道大扫除", "starts_at": "2026-11-26T10:29:00+08:00"}', NULL, 'gAAAAABrB5Tw-Pw5d-R2OAz2QrHd7VjyH73Oypfx-Cxj0gSQVoSDTKUuuFwnde1BWFMShL2jlSFAbXeacnCkR17f0AqcuAFvAA==', 'events/01a2159d-d56a-777e-9b95-1d7dcf7b1ea6', '01a2159d-d5e7-75ca-9d93-93a3a99b962d', 'sent', 1, 'on-screen', NULL, '2026-11-26 02:09:55.251025+00', NULL, '2026-11-26 02:29:00+00', '2026-11-26 02:09:55.267796+00', NULL, '01a2159d-d5fd-77be-a945-d1d404bc2921', NULL),
	('01a2159d-d67a-77ce-af85-ba8ca30791e3', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-cbe8-7640-ae0a-7224894816b6', 'inbox', '6033487f-a023-5e1a-b455-2291cd04b568', 'event.joined', 'zh', '{"role": "helper", "place": "3 栋楼下", "title": "楼道大扫除", "starts_at": "2026-11-28T10:09:00+08:00"}', NULL, NULL, 'events/01a2159d-d57f-769c-a615-899422c0565c', '01a2159d-d658-7520-88d9-daff3a04b78a', 'sent', 0, NULL, NULL, '2026-11-26 02:09:55.32331+00', NULL, '2026-11-28 02:09:00+00', '2026-11-26 02:09:55.32331+00', NULL, '01a2159d-d663-7688-87a4-580d667e730e', NULL),
	('01a2159d-d67a-77ce-af85-ba8d1ef98f03', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-cbe8-7640-ae0a-7224894816b6', 'sms', '8e1f7b9e-9d57-59c9-a8e5-56c568d9f115', 'event.joined', 'zh', '{"role": "helper", "place": "3 栋楼下", "title": "楼道大扫除", "starts_at": "2026-11-28T10:09:00+08:00"}', NULL, 'gAAAAABrB5Tw-Pw5d-R2OAz2QrHd7VjyH73Oypfx-Cxj0gSQVoSDTKUuuFwnde1BWFMShL2jlSFAbXeacnCkR17f0AqcuAFvAA==', 'events/01a2159d-d57f-769c-a615-899422c0565c', '01a2159d-d658-7520-88d9-daff3a04b78a', 'sent', 1, 'on-screen', NULL, '2026-11-26 02:09:55.32331+00', NULL, '2026-11-28 02:09:00+00', '2026-11-26 02:09:55.333504+00', NULL, '01a2159d-d663-7688-87a4-580d667e730e', NULL),
	('01a2159d-d6b2-7477-952c-32ed5ddab3b9', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-cbe8-7640-ae0a-7224894816b6', 'inbox', '39a50b7b-478a-5ad8-ba8f-d025d0584394', 'event.joined', 'zh', '{"role": "helper", "place": "3 栋楼下", "title": "楼道大扫除", "starts_at": "2026-11-29T10:09:00+08:00"}', NULL, NULL, 'events/01a2159d-d59c-7542-82ab-a864c5f00f6d', '01a2159d-d692-727d-8036-179955a8acd5', 'sent', 0, NULL, NULL, '2026-11-26 02:09:55.383583+00', NULL, '2026-11-29 02:09:00+00', '2026-11-26 02:09:55.383583+00', NULL, '01a2159d-d69e-7215-b08a-2c31c8196f82', NULL),
	('01a2159d-d6b2-7477-952c-32ee776de308', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-cbe8-7640-ae0a-7224894816b6', 'sms', 'fa0fb3b4-2139-5d79-87fa-6dea606b40c9', 'event.joined', 'zh', '{"role": "helper", "place": "3 栋楼下", "title": "楼道大扫除", "starts_at": "2026-11-29T10:09:00+08:00"}', NULL, 'gAAAAABrB5Tw-Pw5d-R2OAz2QrHd7VjyH73Oypfx-Cxj0gSQVoSDTKUuuFwnde1BWFMShL2jlSFAbXeacnCkR17f0AqcuAFvAA==', 'events/01a2159d-d59c-7542-82ab-a864c5f00f6d', '01a2159d-d692-727d-8036-179955a8acd5', 'sent', 1, 'on-screen', NULL, '2026-11-26 02:09:55.383583+00', NULL, '2026-11-29 02:09:00+00', '2026-11-26 02:09:55.412367+00', NULL, '01a2159d-d69e-7215-b08a-2c31c8196f82', NULL),
	('01a2159d-d713-727d-a338-e1cb821af131', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-cfc2-7638-a8f5-0274fabcfba1', 'inbox', '8e47f654-4f52-51af-925e-77ca212f4217', 'event.joined', 'zh', '{"role": "guest", "place": "3 栋楼下", "title": "楼道大扫除", "starts_at": "2026-11-26T10:29:00+08:00"}', NULL, NULL, 'events/01a2159d-d56a-777e-9b95-1d7dcf7b1ea6', '01a2159d-d6ba-75d0-bf8e-c1dd1ee68bb1', 'sent', 0, NULL, NULL, '2026-11-26 02:09:55.482108+00', NULL, '2026-11-26 02:29:00+00', '2026-11-26 02:09:55.482108+00', NULL, '01a2159d-d6cf-7279-b275-6b54ec61b69f', NULL),
	('01a2159d-d713-727d-a338-e1cc15cbeb22', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-cfc2-7638-a8f5-0274fabcfba1', 'sms', '71edc947-6ded-5b80-85d9-68db087b6415', 'event.joined', 'zh', '{"role": "guest", "place": "3 栋楼下", "title": "楼道大扫除", "starts_at": "2026-11-26T10:29:00+08:00"}', NULL, 'gAAAAABrB5TxvxEPNXUV7rq2lc7rpfbDIhytSb-CwBuqJW8gr0t1mqhYHJ7ThHI9mLraakDjBTlmuQ7MMYj0zGTIUVqVlR7vWg==', 'events/01a2159d-d56a-777e-9b95-1d7dcf7b1ea6', '01a2159d-d6ba-75d0-bf8e-c1dd1ee68bb1', 'sent', 1, 'on-screen', NULL, '2026-11-26 02:09:55.482108+00', NULL, '2026-11-26 02:29:00+00', '2026-11-26 02:09:55.511946+00', NULL, '01a2159d-d6cf-7279-b275-6b54ec61b69f', NULL),
	('01a2159d-d77b-7384-835e-f1ee2b0b980f', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-cb4f-776a-99d0-783f3774ea19', 'inbox', 'be693b8f-56ec-5025-beca-0d6893fbec81', 'event.cancelled', 'zh', '{"role": "guest", "place": "3 栋楼下", "title": "楼道大扫除", "words": "天气预报说有雨", "starts_at": "2026-11-29T10:09:00+08:00"}', NULL, NULL, 'events/01a2159d-d59c-7542-82ab-a864c5f00f6d', '01a2159d-d71a-767e-8c20-2ae25c254585', 'sent', 0, NULL, NULL, '2026-11-26 02:09:55.583092+00', NULL, '2026-11-29 02:09:00+00', '2026-11-26 02:09:55.583092+00', NULL, '01a2159d-d742-71fe-abd8-9c53e936e260', NULL),
	('01a2159d-d479-7133-8178-e46882664180', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-cbe8-7640-ae0a-7224894816b6', 'inbox', '1f930aab-537b-50e6-adc1-44ad50fe054e', 'wish.fulfilled', 'zh', '{"title": "想换一个灯泡"}', NULL, NULL, 'wishes/01a2159d-d3c6-73f0-9bea-1a9a7e201055', '01a2159d-d44d-72ab-8cb7-b24cd85403bd', 'sent', 0, NULL, NULL, '2026-11-26 02:09:54.811852+00', NULL, NULL, '2026-11-26 02:09:54.811852+00', NULL, '01a2159d-d457-73fc-8574-0af985506bd3', NULL),
	('01a2159d-d4ab-716f-873f-897e397ce050', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-ca81-7091-a062-5010047a346b', 'inbox', 'd0c33e2f-7d05-513a-965d-16fc0ecee3c9', 'wish.declined', 'zh', '{"title": "想换一个灯泡"}', NULL, NULL, 'wishes/01a2159d-d46a-728c-8d82-5f0047daabe3', '01a2159d-d475-71bc-9d72-0ca9b14c7ce4', 'sent', 0, NULL, NULL, '2026-11-26 02:09:54.861081+00', NULL, NULL, '2026-11-26 02:09:54.861081+00', NULL, '01a2159d-d485-7614-8911-23647b70cc0c', NULL),
	('01a2159d-d4ab-716f-873f-897f2b6702d7', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-ca81-7091-a062-5010047a346b', 'sms', 'd0c33e2f-7d05-513a-965d-16fc0ecee3c9', 'wish.declined', 'zh', '{"title": "想换一个灯泡"}', NULL, 'gAAAAABrB5TwIMu9d-2NtpG9n5OL-t8Z8Mc-ltQcFh5GDJLERb93_ThJqOfkE9k1NZnlnBK5e4b1OHLpojK_8H6szLmlHRfr5Q==', 'wishes/01a2159d-d46a-728c-8d82-5f0047daabe3', '01a2159d-d475-71bc-9d72-0ca9b14c7ce4', 'sent', 1, 'on-screen', NULL, '2026-11-26 02:09:54.861081+00', NULL, NULL, '2026-11-26 02:09:54.887903+00', NULL, '01a2159d-d485-7614-8911-23647b70cc0c', NULL),
	('01a2159d-d4d1-7413-a327-ec0208e8a7e2', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-ca81-7091-a062-5010047a346b', 'inbox', 'e78ab499-1746-5c40-b96f-8d1b9b493948', 'wish.posted', 'zh', '{"title": "想换一个灯泡"}', NULL, NULL, 'wishes/01a2159d-d4a0-74b6-b7eb-58d978cbe867', '01a2159d-d496-71a1-83f7-ea6886661064', 'sent', 0, NULL, NULL, '2026-11-26 02:09:54.898455+00', NULL, NULL, '2026-11-26 02:09:54.898455+00', NULL, '01a2159d-d4a1-7163-a2f6-3b352b781659', NULL),
	('01a2159d-d50a-7625-ac06-72d1ec6d70ad', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-ca81-7091-a062-5010047a346b', 'inbox', '65caef54-3e9d-5a33-a3d5-6d660c4d3de6', 'wish.withdrawn.resident', 'zh', '{"title": "想换一个灯泡"}', NULL, NULL, 'wishes/01a2159d-d4a0-74b6-b7eb-58d978cbe867', '01a2159d-d4d5-75ff-b382-eb8b4ba475f1', 'sent', 0, NULL, NULL, '2026-11-26 02:09:54.956664+00', NULL, NULL, '2026-11-26 02:09:54.956664+00', NULL, '01a2159d-d4db-72e8-a3e2-0dd7bc6b964f', NULL),
	('01a2159d-d523-7415-b22c-fd12b2698317', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-ca81-7091-a062-5010047a346b', 'inbox', 'e782fcc4-7fe6-59e2-a48d-a3df78e04cdd', 'wish.opened', 'zh', '{"title": "想换一个灯泡"}', NULL, NULL, 'wishes/01a2159d-d4f5-7340-9252-f5981eecff9b', '01a2159d-d509-74b6-b307-d0095a608d67', 'sent', 0, NULL, NULL, '2026-11-26 02:09:54.980245+00', NULL, NULL, '2026-11-26 02:09:54.980245+00', NULL, '01a2159d-d513-716b-aa03-32b5ea595c99', NULL),
	('01a2159d-d65a-721f-bc9e-a9e2ba0c7080', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-cb4f-776a-99d0-783f3774ea19', 'inbox', '2aa66619-43c9-50b5-8fb2-0fa57cb7ec63', 'event.joined', 'zh', '{"role": "guest", "place": "3 栋楼下", "title": "楼道大扫除", "starts_at": "2026-11-26T10:29:00+08:00"}', NULL, NULL, 'events/01a2159d-d56a-777e-9b95-1d7dcf7b1ea6', '01a2159d-d611-7050-a804-487bbd333f74', 'sent', 0, NULL, NULL, '2026-11-26 02:09:55.291964+00', NULL, '2026-11-26 02:29:00+00', '2026-11-26 02:09:55.291964+00', NULL, '01a2159d-d62e-735b-8f5e-e104145cad20', NULL),
	('01a2159d-d65b-77f7-a28f-44ca3a2920e0', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-cb4f-776a-99d0-783f3774ea19', 'sms', 'c08077b3-fd50-5a7e-a2d3-8deda1a0254b', 'event.joined', 'zh', '{"role": "guest", "place": "3 栋楼下", "title": "楼道大扫除", "starts_at": "2026-11-26T10:29:00+08:00"}', NULL, 'gAAAAABrB5TwCHp2zYqpMhNgUE8YveS1RSzWn0ck7kgiwhXNjUVkGDR-ObpwaZzII_42ulcNJClAtrOVZhMPhPXtZjdtbUOWQg==', 'events/01a2159d-d56a-777e-9b95-1d7dcf7b1ea6', '01a2159d-d611-7050-a804-487bbd333f74', 'sent', 1, 'on-screen', NULL, '2026-11-26 02:09:55.291964+00', NULL, '2026-11-26 02:29:00+00', '2026-11-26 02:09:55.302283+00', NULL, '01a2159d-d62e-735b-8f5e-e104145cad20', NULL),
	('01a2159d-d68f-75de-9719-e66029b297e6', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-cb4f-776a-99d0-783f3774ea19', 'inbox', '5627ed84-6089-59da-90f7-273da72cc654', 'event.joined', 'zh', '{"role": "guest", "place": "3 栋楼下", "title": "楼道大扫除", "starts_at": "2026-11-28T10:09:00+08:00"}', NULL, NULL, 'events/01a2159d-d57f-769c-a615-899422c0565c', '01a2159d-d66c-76fa-b95b-85a7b4a033ea', 'sent', 0, NULL, NULL, '2026-11-26 02:09:55.346273+00', NULL, '2026-11-28 02:09:00+00', '2026-11-26 02:09:55.346273+00', NULL, '01a2159d-d676-728f-b395-4e830fc40ed3', NULL),
	('01a2159d-d68f-75de-9719-e66172b1e454', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-cb4f-776a-99d0-783f3774ea19', 'sms', '1cea8b17-a79c-5a28-9eb7-c841412bf60d', 'event.joined', 'zh', '{"role": "guest", "place": "3 栋楼下", "title": "楼道大扫除", "starts_at": "2026-11-28T10:09:00+08:00"}', NULL, 'gAAAAABrB5TwCHp2zYqpMhNgUE8YveS1RSzWn0ck7kgiwhXNjUVkGDR-ObpwaZzII_42ulcNJClAtrOVZhMPhPXtZjdtbUOWQg==', 'events/01a2159d-d57f-769c-a615-899422c0565c', '01a2159d-d66c-76fa-b95b-85a7b4a033ea', 'sent', 1, 'on-screen', NULL, '2026-11-26 02:09:55.346273+00', NULL, '2026-11-28 02:09:00+00', '2026-11-26 02:09:55.359436+00', NULL, '01a2159d-d676-728f-b395-4e830fc40ed3', NULL),
	('01a2159d-d6db-7678-84e3-47dae28db776', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-cb4f-776a-99d0-783f3774ea19', 'inbox', 'f4597df6-dfaf-546f-b3fa-1e0f89a3d171', 'event.joined', 'zh', '{"role": "guest", "place": "3 栋楼下", "title": "楼道大扫除", "starts_at": "2026-11-29T10:09:00+08:00"}', NULL, NULL, 'events/01a2159d-d59c-7542-82ab-a864c5f00f6d', '01a2159d-d6a5-72de-b9d8-23eaa5ae3771', 'sent', 0, NULL, NULL, '2026-11-26 02:09:55.421306+00', NULL, '2026-11-29 02:09:00+00', '2026-11-26 02:09:55.421306+00', NULL, '01a2159d-d6ad-70f0-b37b-68a976a70817', NULL),
	('01a2159d-d6db-7678-84e3-47db8a2b73f8', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-cb4f-776a-99d0-783f3774ea19', 'sms', '2615ffdc-1578-5dfa-9879-25663707eb61', 'event.joined', 'zh', '{"role": "guest", "place": "3 栋楼下", "title": "楼道大扫除", "starts_at": "2026-11-29T10:09:00+08:00"}', NULL, 'gAAAAABrB5TwCHp2zYqpMhNgUE8YveS1RSzWn0ck7kgiwhXNjUVkGDR-ObpwaZzII_42ulcNJClAtrOVZhMPhPXtZjdtbUOWQg==', 'events/01a2159d-d59c-7542-82ab-a864c5f00f6d', '01a2159d-d6a5-72de-b9d8-23eaa5ae3771', 'sent', 1, 'on-screen', NULL, '2026-11-26 02:09:55.421306+00', NULL, '2026-11-29 02:09:00+00', '2026-11-26 02:09:55.453554+00', NULL, '01a2159d-d6ad-70f0-b37b-68a976a70817', NULL),
	('01a2159d-d743-7669-ba35-55dd96f0d571', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-cb4f-776a-99d0-783f3774ea19', 'inbox', '22d014ce-6cb8-57ef-aa27-2df9cafab588', 'event.left', 'zh', '{"role": "guest", "place": "3 栋楼下", "title": "楼道大扫除", "starts_at": "2026-11-28T10:09:00+08:00"}', NULL, NULL, 'events/01a2159d-d57f-769c-a615-899422c0565c', '01a2159d-d6e2-733f-8de5-2b8224571583', 'sent', 0, NULL, NULL, '2026-11-26 02:09:55.527362+00', NULL, '2026-11-28 02:09:00+00', '2026-11-26 02:09:55.527362+00', NULL, '01a2159d-d709-7114-bc5b-7e02f5eba97a', NULL),
	('01a2159d-d990-7742-a581-63d6ab431ce7', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-ca81-7091-a062-5010047a346b', 'inbox', '0acfa34e-72ae-587a-8b22-6b4c9650d1c9', 'wish.posted', 'zh', '{"title": "想换一个灯泡"}', NULL, NULL, 'wishes/01a2159d-d973-736f-b6d0-073b5d16bce4', '01a2159d-d96f-73de-989b-1f6da48575e0', 'sent', 0, NULL, NULL, '2026-11-26 02:09:56.11491+00', NULL, NULL, '2026-11-26 02:09:56.11491+00', NULL, '01a2159d-d975-7470-b62e-b597ff31a5aa', NULL),
	('01a2159d-d9ce-7219-affa-d2c6ec638345', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-ca81-7091-a062-5010047a346b', 'inbox', '5d6ce598-5a16-53d3-ba80-b6c768985656', 'wish.claimed.resident', 'zh', '{"title": "想换一个灯泡", "taker_kind": "volunteer"}', NULL, NULL, 'wishes/01a2159d-d973-736f-b6d0-073b5d16bce4', '01a2159d-d9a7-7442-a236-fcdaf2c32d88', 'sent', 0, NULL, NULL, '2026-11-26 02:09:56.179714+00', NULL, NULL, '2026-11-26 02:09:56.179714+00', NULL, '01a2159d-d9b5-7300-ac11-90af7b945b44', NULL),
	('01a2159d-d9ce-7219-affa-d2c8840586ce', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-cbe8-7640-ae0a-7224894816b6', 'inbox', '398c4284-92fc-52ff-9696-34d07c0c369d', 'wish.claimed.taker', 'zh', '{"title": "想换一个灯泡", "lease_until": "2026-12-03T02:09:56.147790Z"}', NULL, NULL, 'wishes/01a2159d-d973-736f-b6d0-073b5d16bce4', '01a2159d-d9a7-7442-a236-fcdaf2c32d88', 'sent', 0, NULL, NULL, '2026-11-26 02:09:56.179714+00', NULL, NULL, '2026-11-26 02:09:56.179714+00', NULL, '01a2159d-d9b5-7300-ac11-90af7b945b44', NULL),
	('01a2159d-d9ce-7219-affa-d2c75d99e599', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-ca81-7091-a062-5010047a346b', 'sms', '5d6ce598-5a16-53d3-ba80-b6c768985656', 'wish.claimed.resident', 'zh', '{"title": "想换一个灯泡", "taker_kind": "volunteer"}', NULL, 'gAAAAABrB5TwIMu9d-2NtpG9n5OL-t8Z8Mc-ltQcFh5GDJLERb93_ThJqOfkE9k1NZnlnBK5e4b1OHLpojK_8H6szLmlHRfr5Q==', 'wishes/01a2159d-d973-736f-b6d0-073b5d16bce4', '01a2159d-d9a7-7442-a236-fcdaf2c32d88', 'sent', 1, 'on-screen', NULL, '2026-11-26 02:09:56.179714+00', NULL, NULL, '2026-11-26 02:09:56.210528+00', NULL, '01a2159d-d9b5-7300-ac11-90af7b945b44', NULL),
	('01a2159d-da51-76d7-82aa-07ed14f312d5', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-ca81-7091-a062-5010047a346b', 'inbox', '6fbfd1e2-0acf-5759-a186-9488edace88a', 'wish.posted', 'zh', '{"title": "想换一个灯泡"}', NULL, NULL, 'wishes/01a2159d-da03-74ef-ac6e-1931b21d51e9', '01a2159d-d9e9-7237-896c-4f42fde0107f', 'sent', 0, NULL, NULL, '2026-11-26 02:09:56.31139+00', NULL, NULL, '2026-11-26 02:09:56.31139+00', NULL, '01a2159d-da07-73ca-88e0-7a272f76a393', NULL),
	('01a2159d-dac3-7384-bb27-3f960b4f5b02', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-ca81-7091-a062-5010047a346b', 'inbox', 'f01c8972-5934-59fb-a39e-4210bc13784e', 'wish.claimed.resident', 'zh', '{"title": "想换一个灯泡", "taker_kind": "volunteer"}', NULL, NULL, 'wishes/01a2159d-da03-74ef-ac6e-1931b21d51e9', '01a2159d-da6f-73a9-97b7-b3b3b46be2c5', 'sent', 0, NULL, NULL, '2026-11-26 02:09:56.424304+00', NULL, NULL, '2026-11-26 02:09:56.424304+00', NULL, '01a2159d-da8b-73b7-8d84-8c13ead996e5', NULL),
	('01a2159d-dac3-7384-bb27-3f98caf80bb6', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-cbe8-7640-ae0a-7224894816b6', 'inbox', '11e09229-2efe-5306-9706-ba7b7c17d513', 'wish.claimed.taker', 'zh', '{"title": "想换一个灯泡", "lease_until": "2026-12-03T02:09:56.353902Z"}', NULL, NULL, 'wishes/01a2159d-da03-74ef-ac6e-1931b21d51e9', '01a2159d-da6f-73a9-97b7-b3b3b46be2c5', 'sent', 0, NULL, NULL, '2026-11-26 02:09:56.424304+00', NULL, NULL, '2026-11-26 02:09:56.424304+00', NULL, '01a2159d-da8b-73b7-8d84-8c13ead996e5', NULL),
	('01a2159d-dac3-7384-bb27-3f97483dedf8', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-ca81-7091-a062-5010047a346b', 'sms', 'f01c8972-5934-59fb-a39e-4210bc13784e', 'wish.claimed.resident', 'zh', '{"title": "想换一个灯泡", "taker_kind": "volunteer"}', NULL, 'gAAAAABrB5TwIMu9d-2NtpG9n5OL-t8Z8Mc-ltQcFh5GDJLERb93_ThJqOfkE9k1NZnlnBK5e4b1OHLpojK_8H6szLmlHRfr5Q==', 'wishes/01a2159d-da03-74ef-ac6e-1931b21d51e9', '01a2159d-da6f-73a9-97b7-b3b3b46be2c5', 'sent', 1, 'on-screen', NULL, '2026-11-26 02:09:56.424304+00', NULL, NULL, '2026-11-26 02:09:56.463657+00', NULL, '01a2159d-da8b-73b7-8d84-8c13ead996e5', NULL),
	('01a2159d-db7c-74a9-9ee6-c402d4c61c0c', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-cbe8-7640-ae0a-7224894816b6', 'inbox', 'e05689bc-0dd2-5a6b-ac5d-ad76c4c27a9c', 'wish.fulfilled', 'zh', '{"title": "想换一个灯泡"}', NULL, NULL, 'wishes/01a2159d-d973-736f-b6d0-073b5d16bce4', '01a2159d-db33-762e-9a46-299f77555f59', 'sent', 0, NULL, NULL, '2026-11-26 02:09:56.605352+00', NULL, NULL, '2026-11-26 02:09:56.605352+00', NULL, '01a2159d-db4d-7258-9109-6471b1228319', NULL),
	('01a2159d-d77b-7384-835e-f1f017530d27', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-cbe8-7640-ae0a-7224894816b6', 'inbox', '900a5091-4ad9-5f4b-9e7c-585b5861d369', 'event.cancelled', 'zh', '{"role": "helper", "place": "3 栋楼下", "title": "楼道大扫除", "words": "天气预报说有雨", "starts_at": "2026-11-29T10:09:00+08:00"}', NULL, NULL, 'events/01a2159d-d59c-7542-82ab-a864c5f00f6d', '01a2159d-d71a-767e-8c20-2ae25c254585', 'sent', 0, NULL, NULL, '2026-11-26 02:09:55.583092+00', NULL, '2026-11-29 02:09:00+00', '2026-11-26 02:09:55.583092+00', NULL, '01a2159d-d742-71fe-abd8-9c527a99098a', NULL),
	('01a2159d-d77b-7384-835e-f1efc58eef49', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-cb4f-776a-99d0-783f3774ea19', 'sms', '95281eb3-af3d-5b21-86f9-58eafc393542', 'event.cancelled', 'zh', '{"role": "guest", "place": "3 栋楼下", "title": "楼道大扫除", "words": "天气预报说有雨", "starts_at": "2026-11-29T10:09:00+08:00"}', NULL, 'gAAAAABrB5TwCHp2zYqpMhNgUE8YveS1RSzWn0ck7kgiwhXNjUVkGDR-ObpwaZzII_42ulcNJClAtrOVZhMPhPXtZjdtbUOWQg==', 'events/01a2159d-d59c-7542-82ab-a864c5f00f6d', '01a2159d-d71a-767e-8c20-2ae25c254585', 'sent', 1, 'on-screen', NULL, '2026-11-26 02:09:55.583092+00', NULL, '2026-11-29 02:09:00+00', '2026-11-26 02:09:55.607422+00', NULL, '01a2159d-d742-71fe-abd8-9c53e936e260', NULL),
	('01a2159d-d77b-7384-835e-f1f1bf6d56b0', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-cbe8-7640-ae0a-7224894816b6', 'sms', 'eb1a9c97-35e0-5288-93fc-17597c8e1c80', 'event.cancelled', 'zh', '{"role": "helper", "place": "3 栋楼下", "title": "楼道大扫除", "words": "天气预报说有雨", "starts_at": "2026-11-29T10:09:00+08:00"}', NULL, 'gAAAAABrB5Tw-Pw5d-R2OAz2QrHd7VjyH73Oypfx-Cxj0gSQVoSDTKUuuFwnde1BWFMShL2jlSFAbXeacnCkR17f0AqcuAFvAA==', 'events/01a2159d-d59c-7542-82ab-a864c5f00f6d', '01a2159d-d71a-767e-8c20-2ae25c254585', 'sent', 1, 'on-screen', NULL, '2026-11-26 02:09:55.583092+00', NULL, '2026-11-29 02:09:00+00', '2026-11-26 02:09:55.611854+00', NULL, '01a2159d-d742-71fe-abd8-9c527a99098a', NULL),
	('01a2159d-d822-70fb-b06a-30b5df6ebbcc', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-cfc2-7638-a8f5-0274fabcfba1', 'inbox', 'c2cba27c-1468-58a8-9fb7-bac335c9ad1a', 'points.awarded.event', 'zh', '{"title": "楼道大扫除", "amount": 5, "balance": 5}', NULL, NULL, 'participations/01a2159d-d6cd-7302-96c5-d796af054cbf', '01a2159d-d7a9-74aa-ab38-3fd1e5780c60', 'sent', 0, NULL, NULL, '2026-11-26 02:09:55.751737+00', NULL, NULL, '2026-11-26 02:09:55.751737+00', NULL, '01a2159d-d803-762f-b892-59b5b8ba7480', NULL),
	('01a2159d-d9b2-740c-8bbc-cd3d8c266339', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-ca81-7091-a062-5010047a346b', 'inbox', '0f58e4c9-cd20-5e14-8939-9ce5f4c87c5e', 'wish.opened', 'zh', '{"title": "想换一个灯泡"}', NULL, NULL, 'wishes/01a2159d-d973-736f-b6d0-073b5d16bce4', '01a2159d-d984-777f-97fc-7283edaccfb7', 'sent', 0, NULL, NULL, '2026-11-26 02:09:56.147256+00', NULL, NULL, '2026-11-26 02:09:56.147256+00', NULL, '01a2159d-d994-7202-bf4d-e7270dab11ba', NULL),
	('01a2159d-da08-743a-9234-880a161515af', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-ca81-7091-a062-5010047a346b', 'inbox', '9222a6e6-db4e-516d-b6b0-bb4539f207a5', 'wish.delivered', 'zh', '{"title": "想换一个灯泡"}', NULL, NULL, 'wishes/01a2159d-d973-736f-b6d0-073b5d16bce4', '01a2159d-d9c4-7083-b2ef-5c42c361024f', 'sent', 0, NULL, NULL, '2026-11-26 02:09:56.233695+00', NULL, NULL, '2026-11-26 02:09:56.233695+00', NULL, '01a2159d-d9d6-73f1-9526-a5eda0097e24', NULL),
	('01a2159d-da08-743a-9234-880bcc2fe06d', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-ca81-7091-a062-5010047a346b', 'sms', '9222a6e6-db4e-516d-b6b0-bb4539f207a5', 'wish.delivered', 'zh', '{"title": "想换一个灯泡"}', NULL, 'gAAAAABrB5TwIMu9d-2NtpG9n5OL-t8Z8Mc-ltQcFh5GDJLERb93_ThJqOfkE9k1NZnlnBK5e4b1OHLpojK_8H6szLmlHRfr5Q==', 'wishes/01a2159d-d973-736f-b6d0-073b5d16bce4', '01a2159d-d9c4-7083-b2ef-5c42c361024f', 'sent', 1, 'on-screen', NULL, '2026-11-26 02:09:56.233695+00', NULL, NULL, '2026-11-26 02:09:56.280985+00', NULL, '01a2159d-d9d6-73f1-9526-a5eda0097e24', NULL),
	('01a2159d-da7f-7557-8a76-0b70afe97886', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-ca81-7091-a062-5010047a346b', 'inbox', '0c8ff4af-7fd2-516f-881b-5ca8cdf69daf', 'wish.opened', 'zh', '{"title": "想换一个灯泡"}', NULL, NULL, 'wishes/01a2159d-da03-74ef-ac6e-1931b21d51e9', '01a2159d-da30-752e-a48e-ff0204d9f8ae', 'sent', 0, NULL, NULL, '2026-11-26 02:09:56.353538+00', NULL, NULL, '2026-11-26 02:09:56.353538+00', NULL, '01a2159d-da4f-7125-8e13-a762cdacd088', NULL),
	('01a2159d-db08-7739-918f-0dde52dc88ab', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-ca81-7091-a062-5010047a346b', 'inbox', 'c6854bc0-d19e-545a-8a2d-c37d4362f35b', 'wish.delivered', 'zh', '{"title": "想换一个灯泡"}', NULL, NULL, 'wishes/01a2159d-da03-74ef-ac6e-1931b21d51e9', '01a2159d-daa5-75f3-8be9-cc9800223448', 'sent', 0, NULL, NULL, '2026-11-26 02:09:56.490593+00', NULL, NULL, '2026-11-26 02:09:56.490593+00', NULL, '01a2159d-dac5-7645-a862-a8a79dfd7a7d', NULL),
	('01a2159d-db08-7739-918f-0ddf33307b4b', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-ca81-7091-a062-5010047a346b', 'sms', 'c6854bc0-d19e-545a-8a2d-c37d4362f35b', 'wish.delivered', 'zh', '{"title": "想换一个灯泡"}', NULL, 'gAAAAABrB5TwIMu9d-2NtpG9n5OL-t8Z8Mc-ltQcFh5GDJLERb93_ThJqOfkE9k1NZnlnBK5e4b1OHLpojK_8H6szLmlHRfr5Q==', 'wishes/01a2159d-da03-74ef-ac6e-1931b21d51e9', '01a2159d-daa5-75f3-8be9-cc9800223448', 'sent', 1, 'on-screen', NULL, '2026-11-26 02:09:56.490593+00', NULL, NULL, '2026-11-26 02:09:56.517297+00', NULL, '01a2159d-dac5-7645-a862-a8a79dfd7a7d', NULL);
INSERT INTO notify.inbox VALUES
	('notify', '9dc151e7-c325-59b0-b5e6-3cd31debce50', 'linli.resident.registered.v1', '01a2159d-ca4b-7438-be70-ae1ed5e343d3', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:52.358587+00', '2026-11-26 02:09:52.358587+00', NULL, NULL, NULL),
	('notify', '4a5efccd-0de2-59e0-8ef0-98fc6f4dfad3', 'linli.resident.registered.v1', '01a2159d-cb2c-7247-aeb4-ef6d186e12fe', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:52.542972+00', '2026-11-26 02:09:52.542972+00', NULL, NULL, NULL),
	('notify', '70b96bf4-d4b4-5440-a252-cf93c65a47c0', 'linli.resident.registered.v1', '01a2159d-cbd3-7437-bca3-246b5d5be43f', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:52.645773+00', '2026-11-26 02:09:52.645773+00', NULL, NULL, NULL),
	('notify', '0ed1b336-e978-552c-9804-09cbd93155d7', 'linli.volunteer.applied.v1', '01a2159d-cc3c-7436-ae0a-5f9ca788a27b', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:52.986498+00', '2026-11-26 02:09:52.986498+00', NULL, NULL, NULL),
	('notify', '9571b517-0877-5251-81f1-9df7b7e9bce0', 'linli.volunteer.approved.v1', '01a2159d-cd16-76fb-9e20-0e0c9682611c', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:53.198762+00', '2026-11-26 02:09:53.198762+00', NULL, NULL, NULL),
	('notify', '0afd9ad3-0f18-559b-a6ba-59596512a036', 'linli.resident.registered.v1', '01a2159d-cef7-7354-826d-75f3ecf28567', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:53.450985+00', '2026-11-26 02:09:53.450985+00', NULL, NULL, NULL),
	('notify', 'e2a71f26-5ffb-5baf-baf9-b5773df822d4', 'linli.volunteer.applied.v1', '01a2159d-cf7a-7136-971d-7b43afb3cab6', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:53.588453+00', '2026-11-26 02:09:53.588453+00', NULL, NULL, NULL),
	('notify', '0d212c02-842d-56a2-bd7d-cfbbfaf3e054', 'linli.resident.registered.v1', '01a2159d-cfa9-7398-8caf-e99870141a02', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:53.641099+00', '2026-11-26 02:09:53.641099+00', NULL, NULL, NULL),
	('notify', 'e7d3b6cc-136c-525e-8dc7-d0a1cc54538a', 'linli.sign-in-code.issued.v1', '01a2159d-d02a-74e3-b3f3-c39284bb5eee', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:53.765969+00', '2026-11-26 02:09:53.765969+00', NULL, NULL, NULL),
	('notify', '53c0c1ed-2b61-5183-b5cd-e591301b8d65', 'linli.wish.posted.v1', '01a2159d-d116-7392-9cce-d1e00113647a', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:54.023233+00', '2026-11-26 02:09:54.023233+00', NULL, NULL, NULL),
	('notify', '1e9053aa-6f55-58ca-b545-272436b74e80', 'linli.wish.posted.v1', '01a2159d-d153-729b-8971-1f7f7d0dd9e3', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:54.087543+00', '2026-11-26 02:09:54.087543+00', NULL, NULL, NULL),
	('notify', '98efa227-9ba6-5732-8727-6e0f594502f9', 'linli.wish.opened.v1', '01a2159d-d17f-707c-a947-515ce89ce17d', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:54.147901+00', '2026-11-26 02:09:54.147901+00', NULL, NULL, NULL),
	('notify', '6e0659b2-acf0-5eeb-9f25-c3933aaa61ce', 'linli.wish.posted.v1', '01a2159d-d1cb-7389-a271-6503217f187d', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:54.209234+00', '2026-11-26 02:09:54.209234+00', NULL, NULL, NULL),
	('notify', '5b0765e7-1f92-5cca-8b73-9e0d173db148', 'linli.wish.opened.v1', '01a2159d-d218-7663-93e1-2cba9ea374e9', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:54.276059+00', '2026-11-26 02:09:54.276059+00', NULL, NULL, NULL),
	('notify', '6e611146-3a4e-5259-9c40-4ce6e2ff792b', 'linli.wish.claimed.v1', '01a2159d-d257-7599-9ef3-62329fd1ca55', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:54.381462+00', '2026-11-26 02:09:54.381462+00', NULL, NULL, NULL),
	('notify', '93cb01a9-fb6d-5a73-9a3c-1fb92e09efa1', 'linli.wish.posted.v1', '01a2159d-d2ab-75bd-8bb5-de9e836bfb18', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:54.459517+00', '2026-11-26 02:09:54.459517+00', NULL, NULL, NULL),
	('notify', '632180b4-b4bc-5310-90d7-8397b04ef7de', 'linli.wish.opened.v1', '01a2159d-d309-72c8-ad01-5881f8edacfc', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:54.520762+00', '2026-11-26 02:09:54.520762+00', NULL, NULL, NULL),
	('notify', 'f482a59d-7874-506f-9513-fb82c5a6ff70', 'linli.wish.claimed.v1', '01a2159d-d348-7151-84a1-a4fa0e8a259c', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:54.564169+00', '2026-11-26 02:09:54.564169+00', NULL, NULL, NULL),
	('notify', 'ccccea58-d499-5039-a025-b5d2114eca2b', 'linli.wish.delivered.v1', '01a2159d-d373-755c-9eb5-1580595f80fd', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:54.683627+00', '2026-11-26 02:09:54.683627+00', NULL, NULL, NULL),
	('notify', 'e6f5a2d8-2be8-546f-91a7-334ec7707812', 'linli.wish.posted.v1', '01a2159d-d3b0-71a1-9647-86c9a0fdbb22', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:54.683627+00', '2026-11-26 02:09:54.683627+00', NULL, NULL, NULL),
	('notify', '37e51780-c971-578a-91dd-f3fa8cd6a0f9', 'linli.wish.opened.v1', '01a2159d-d3de-71cb-b9b9-3d6b72e202cf', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:54.726805+00', '2026-11-26 02:09:54.726805+00', NULL, NULL, NULL),
	('notify', '8d69703e-b9a9-5863-bf6a-24200a080ebe', 'linli.wish.claimed.v1', '01a2159d-d413-719e-b71a-b10556f10fd9', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:54.755572+00', '2026-11-26 02:09:54.755572+00', NULL, NULL, NULL),
	('notify', '389a4bb5-8abd-5ead-bf50-71f660a39b17', 'linli.wish.delivered.v1', '01a2159d-d42d-71a7-9a8b-636096545889', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:54.781687+00', '2026-11-26 02:09:54.781687+00', NULL, NULL, NULL),
	('notify', '9ae5f031-ad5d-512a-9964-32a41ffe0cef', 'linli.wish.fulfilled.v1', '01a2159d-d44d-72ab-8cb7-b24cd85403bd', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:54.807447+00', '2026-11-26 02:09:54.807447+00', NULL, NULL, NULL),
	('notify', '4cdedb4c-433d-52d4-a455-95c24aa2a9ea', 'linli.wish.posted.v1', '01a2159d-d464-74fc-ba49-5a068d9c89a2', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:54.817679+00', '2026-11-26 02:09:54.817679+00', NULL, NULL, NULL),
	('notify', 'a1d85425-1384-590e-8cb7-0aa9b3e09fe6', 'linli.wish.declined.v1', '01a2159d-d475-71bc-9d72-0ca9b14c7ce4', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:54.857366+00', '2026-11-26 02:09:54.857366+00', NULL, NULL, NULL),
	('notify', 'bd6b871d-85bc-50b8-a6fd-412cc5a5c4f7', 'linli.points.awarded.v1', '01a2159d-d44d-72ab-8cb7-b24cd85403bd', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:54.874856+00', '2026-11-26 02:09:54.874856+00', NULL, NULL, NULL),
	('notify', 'ba3aafb6-b44a-5346-b388-26a74e2b9670', 'linli.wish.posted.v1', '01a2159d-d496-71a1-83f7-ea6886661064', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:54.896713+00', '2026-11-26 02:09:54.896713+00', NULL, NULL, NULL),
	('notify', '78cfd75f-c4be-5589-b696-85194c81f013', 'linli.wish.opened.v1', '01a2159d-d4b9-74cf-9df7-b3bb6273aaef', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:54.912824+00', '2026-11-26 02:09:54.912824+00', NULL, NULL, NULL),
	('notify', '69f466e9-fa78-5fa5-9219-6ab278b63032', 'linli.wish.withdrawn.v1', '01a2159d-d4d5-75ff-b382-eb8b4ba475f1', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:54.940199+00', '2026-11-26 02:09:54.940199+00', NULL, NULL, NULL),
	('notify', 'dba0f2e9-a1b1-5e51-b753-713490fad8af', 'linli.wish.posted.v1', '01a2159d-d4eb-7504-956b-f223063f4d9d', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:54.960571+00', '2026-11-26 02:09:54.960571+00', NULL, NULL, NULL),
	('notify', '853dafe6-b236-5202-afc5-5a0b00b9ea74', 'linli.wish.opened.v1', '01a2159d-d509-74b6-b307-d0095a608d67', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:54.975312+00', '2026-11-26 02:09:54.975312+00', NULL, NULL, NULL),
	('notify', '03307a0a-9353-5306-b623-d8272e2d70f3', 'linli.wish.answered.v1', '01a2159d-d521-7348-823a-2fa7cf828da1', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:54.998223+00', '2026-11-26 02:09:54.998223+00', NULL, NULL, NULL),
	('notify', 'b01cf7e0-3e48-5352-bcf1-603f0ffec0b7', 'linli.event.joined.v1', '01a2159d-d5e7-75ca-9d93-93a3a99b962d', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:55.224839+00', '2026-11-26 02:09:55.224839+00', NULL, NULL, NULL),
	('notify', 'bee6a6be-6c15-5d4d-8332-a68e18b46510', 'linli.event.joined.v1', '01a2159d-d611-7050-a804-487bbd333f74', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:55.27239+00', '2026-11-26 02:09:55.27239+00', NULL, NULL, NULL),
	('notify', '82b3250c-673c-5b5f-af0b-01f49f698109', 'linli.event.joined.v1', '01a2159d-d658-7520-88d9-daff3a04b78a', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:55.312096+00', '2026-11-26 02:09:55.312096+00', NULL, NULL, NULL),
	('notify', '25392a53-2a9c-5bbb-8329-d4c243e87c09', 'linli.event.joined.v1', '01a2159d-d66c-76fa-b95b-85a7b4a033ea', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:55.334681+00', '2026-11-26 02:09:55.334681+00', NULL, NULL, NULL),
	('notify', '6027d80c-cbf0-578d-8df1-e9ace0c9e80a', 'linli.event.joined.v1', '01a2159d-d692-727d-8036-179955a8acd5', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:55.37051+00', '2026-11-26 02:09:55.37051+00', NULL, NULL, NULL),
	('notify', '2f977ee5-213f-53fa-890c-c60048d2c439', 'linli.event.joined.v1', '01a2159d-d6a5-72de-b9d8-23eaa5ae3771', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:55.400863+00', '2026-11-26 02:09:55.400863+00', NULL, NULL, NULL),
	('notify', '813e22d5-3698-59a2-b552-0d94528a0c91', 'linli.event.joined.v1', '01a2159d-d6ba-75d0-bf8e-c1dd1ee68bb1', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:55.460277+00', '2026-11-26 02:09:55.460277+00', NULL, NULL, NULL),
	('notify', '13ec7cb7-5a00-53c6-b62d-2e7048ba57b9', 'linli.event.left.v1', '01a2159d-d6e2-733f-8de5-2b8224571583', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:55.500724+00', '2026-11-26 02:09:55.500724+00', NULL, NULL, NULL),
	('notify', 'b8b3fc27-8a9c-56eb-a64e-9b0932babb9b', 'linli.event.left.v1', '01a2159d-d71a-767e-8c20-2ae25c254585', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:55.555644+00', '2026-11-26 02:09:55.555644+00', NULL, NULL, NULL),
	('notify', 'f7bb236b-92fe-5ecf-b26b-f6594d633bc7', 'linli.event.left.v1', '01a2159d-d71a-767e-8c20-2ae25c254585', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:55.555644+00', '2026-11-26 02:09:55.555644+00', NULL, NULL, NULL),
	('notify', 'b85dde58-ae27-5525-959b-484067dfa759', 'linli.event.attended.v1', '01a2159d-d7a9-74aa-ab38-3fd1e5780c60', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:55.664159+00', '2026-11-26 02:09:55.664159+00', NULL, NULL, NULL),
	('notify', '06eff13d-8cf2-5f88-a191-01fe1d967ada', 'linli.points.awarded.v1', '01a2159d-d7a9-74aa-ab38-3fd1e5780c60', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:55.744759+00', '2026-11-26 02:09:55.744759+00', NULL, NULL, NULL),
	('notify', '572ee130-c89a-52b0-b70a-bd4fe5a5d11e', 'linli.wish.posted.v1', '01a2159d-d96f-73de-989b-1f6da48575e0', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:56.109095+00', '2026-11-26 02:09:56.109095+00', NULL, NULL, NULL),
	('notify', '08530f22-61a8-580b-89db-2db724883f10', 'linli.wish.opened.v1', '01a2159d-d984-777f-97fc-7283edaccfb7', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:56.144834+00', '2026-11-26 02:09:56.144834+00', NULL, NULL, NULL),
	('notify', 'c580c8df-5a24-5b7a-91da-467e312b8508', 'linli.wish.claimed.v1', '01a2159d-d9a7-7442-a236-fcdaf2c32d88', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:56.172712+00', '2026-11-26 02:09:56.172712+00', NULL, NULL, NULL),
	('notify', '59eb07e3-c62f-547a-9851-c8d9417c9dd3', 'linli.wish.delivered.v1', '01a2159d-d9c4-7083-b2ef-5c42c361024f', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:56.228672+00', '2026-11-26 02:09:56.228672+00', NULL, NULL, NULL),
	('notify', '984c39ab-7c7d-50b0-9f44-3f7c4230b1a5', 'linli.wish.posted.v1', '01a2159d-d9e9-7237-896c-4f42fde0107f', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:56.294893+00', '2026-11-26 02:09:56.294893+00', NULL, NULL, NULL),
	('notify', '101c12d8-e91f-5ddf-a36e-608b89e4935e', 'linli.wish.opened.v1', '01a2159d-da30-752e-a48e-ff0204d9f8ae', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:56.347494+00', '2026-11-26 02:09:56.347494+00', NULL, NULL, NULL),
	('notify', '3543c89c-0aa2-5a3f-9f23-ae467156226f', 'linli.wish.claimed.v1', '01a2159d-da6f-73a9-97b7-b3b3b46be2c5', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:56.408204+00', '2026-11-26 02:09:56.408204+00', NULL, NULL, NULL),
	('notify', '865b4157-a703-5dad-947a-ed517794b785', 'linli.wish.delivered.v1', '01a2159d-daa5-75f3-8be9-cc9800223448', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:56.478411+00', '2026-11-26 02:09:56.478411+00', NULL, NULL, NULL),
	('notify', 'bbf69a5f-860e-59bd-ab01-9a965a688daf', 'linli.wish.fulfilled.v1', '01a2159d-db33-762e-9a46-299f77555f59', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:56.592463+00', '2026-11-26 02:09:56.592463+00', NULL, NULL, NULL);
INSERT INTO notify.jobs VALUES
	('answers.forget', '2026-11-26 03:09:40.745932+00', '2026-11-26 02:09:40.74593+00', NULL),
	('appointments.forget', '2026-11-26 03:09:40.813925+00', '2026-11-26 02:09:40.813922+00', NULL),
	('appointments.remind', '2026-11-26 02:10:40.88512+00', '2026-11-26 02:09:40.885117+00', NULL),
	('bus.partitions', '2026-11-26 03:09:41.177714+00', '2026-11-26 02:09:41.177712+00', NULL),
	('bus.purge-inbox', '2026-11-26 03:09:41.261695+00', '2026-11-26 02:09:41.261693+00', NULL),
	('deliveries.forget-secrets', '2026-11-26 02:10:41.332706+00', '2026-11-26 02:09:41.332702+00', NULL);
INSERT INTO notify.recipients VALUES
	('01a2159d-ca81-7091-a062-5010047a346b', '01a2159d-b0db-7226-8530-f5b5900dcc6e', 'gAAAAABrB5TwIMu9d-2NtpG9n5OL-t8Z8Mc-ltQcFh5GDJLERb93_ThJqOfkE9k1NZnlnBK5e4b1OHLpojK_8H6szLmlHRfr5Q==', 'zh', 1),
	('01a2159d-cb4f-776a-99d0-783f3774ea19', '01a2159d-b0db-7226-8530-f5b5900dcc6e', 'gAAAAABrB5TwCHp2zYqpMhNgUE8YveS1RSzWn0ck7kgiwhXNjUVkGDR-ObpwaZzII_42ulcNJClAtrOVZhMPhPXtZjdtbUOWQg==', 'zh', 1),
	('01a2159d-cbe8-7640-ae0a-7224894816b6', '01a2159d-b0db-7226-8530-f5b5900dcc6e', 'gAAAAABrB5Tw-Pw5d-R2OAz2QrHd7VjyH73Oypfx-Cxj0gSQVoSDTKUuuFwnde1BWFMShL2jlSFAbXeacnCkR17f0AqcuAFvAA==', 'zh', 1),
	('01a2159d-cf04-74aa-8baf-509c61bae14e', '01a2159d-b0db-7226-8530-f5b5900dcc6e', 'gAAAAABrB5TxkBbzWwWNeYImRKCBbyaKGgLoubWgBglFtTwW53TMHrIu52yhR0BpDCCIkX6xlS5mT8dSwroV5MP1MaHPGWUO-A==', 'zh', 1),
	('01a2159d-cfc2-7638-a8f5-0274fabcfba1', '01a2159d-b0db-7226-8530-f5b5900dcc6e', 'gAAAAABrB5TxvxEPNXUV7rq2lc7rpfbDIhytSb-CwBuqJW8gr0t1mqhYHJ7ThHI9mLraakDjBTlmuQ7MMYj0zGTIUVqVlR7vWg==', 'zh', 1);
SELECT pg_catalog.setval('notify.outbox_id_seq', 1, false);
ALTER TABLE ONLY notify.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY notify.answers
    ADD CONSTRAINT pk_answers PRIMARY KEY (key);
ALTER TABLE ONLY notify.appointments
    ADD CONSTRAINT pk_appointments PRIMARY KEY (participation_id);
ALTER TABLE ONLY notify.deliveries
    ADD CONSTRAINT pk_deliveries PRIMARY KEY (id);
ALTER TABLE ONLY notify.inbox
    ADD CONSTRAINT pk_inbox PRIMARY KEY (consumer, message_key);
ALTER TABLE ONLY notify.jobs
    ADD CONSTRAINT pk_jobs PRIMARY KEY (name);
ALTER TABLE ONLY notify.outbox
    ADD CONSTRAINT pk_outbox PRIMARY KEY (lane, id);
ALTER TABLE ONLY notify.recipients
    ADD CONSTRAINT pk_recipients PRIMARY KEY (resident_id);
ALTER TABLE ONLY notify.redrives
    ADD CONSTRAINT pk_redrives PRIMARY KEY (id);
ALTER TABLE ONLY notify.deliveries
    ADD CONSTRAINT uq_deliveries_recipient_id_channel_cause UNIQUE (recipient_id, channel, cause);
CREATE INDEX ix_answers_created_at ON notify.answers USING btree (created_at);
CREATE INDEX ix_appointments_due ON notify.appointments USING btree (remind_at) WHERE (((state)::text = 'coming'::text) AND (reminded_at IS NULL));
CREATE INDEX ix_appointments_starts_at ON notify.appointments USING btree (starts_at);
CREATE INDEX ix_deliveries_addressed ON notify.deliveries USING btree (created_at) WHERE (address_sealed IS NOT NULL);
CREATE INDEX ix_deliveries_correlation ON notify.deliveries USING btree (correlation);
CREATE INDEX ix_deliveries_due ON notify.deliveries USING btree (due_at) WHERE (due_at IS NOT NULL);
CREATE INDEX ix_deliveries_inbox ON notify.deliveries USING btree (station_id, recipient_id, channel, id);
CREATE INDEX ix_deliveries_sealed ON notify.deliveries USING btree (expires_at) WHERE (sealed IS NOT NULL);
CREATE INDEX ix_deliveries_station_id_id ON notify.deliveries USING btree (station_id, id);
CREATE INDEX ix_deliveries_unread ON notify.deliveries USING btree (station_id, recipient_id, channel) WHERE (read_at IS NULL);
CREATE INDEX ix_inbox_correlation ON notify.inbox USING btree (correlation);
CREATE INDEX ix_inbox_done ON notify.inbox USING btree (handled_at) WHERE (state = 'done'::text);
CREATE INDEX ix_inbox_kept ON notify.inbox USING btree (state, due_at) WHERE (state <> 'done'::text);
CREATE INDEX ix_inbox_station ON notify.inbox USING btree (station_id, received_at, message_key) WHERE (state <> 'done'::text);
CREATE INDEX ix_redrives_station ON notify.redrives USING btree (station_id, id);
CREATE INDEX ix_sent_correlation ON ONLY notify.sent USING btree (correlation);
CREATE INDEX ix_sent_sent_at ON ONLY notify.sent USING brin (sent_at);
CREATE INDEX sent_20261125_correlation_idx ON notify.sent_20261125 USING btree (correlation);
CREATE INDEX sent_20261125_sent_at_idx ON notify.sent_20261125 USING brin (sent_at);
CREATE INDEX sent_20261126_correlation_idx ON notify.sent_20261126 USING btree (correlation);
CREATE INDEX sent_20261126_sent_at_idx ON notify.sent_20261126 USING brin (sent_at);
CREATE INDEX sent_20261127_correlation_idx ON notify.sent_20261127 USING btree (correlation);
CREATE INDEX sent_20261127_sent_at_idx ON notify.sent_20261127 USING brin (sent_at);
CREATE INDEX sent_20261128_correlation_idx ON notify.sent_20261128 USING btree (correlation);
CREATE INDEX sent_20261128_sent_at_idx ON notify.sent_20261128 USING brin (sent_at);
CREATE INDEX sent_20261129_correlation_idx ON notify.sent_20261129 USING btree (correlation);
CREATE INDEX sent_20261129_sent_at_idx ON notify.sent_20261129 USING brin (sent_at);
CREATE INDEX sent_20261130_correlation_idx ON notify.sent_20261130 USING btree (correlation);
CREATE INDEX sent_20261130_sent_at_idx ON notify.sent_20261130 USING brin (sent_at);
CREATE INDEX sent_20261201_correlation_idx ON notify.sent_20261201 USING btree (correlation);
CREATE INDEX sent_20261201_sent_at_idx ON notify.sent_20261201 USING brin (sent_at);
CREATE INDEX sent_20261202_correlation_idx ON notify.sent_20261202 USING btree (correlation);
CREATE INDEX sent_20261202_sent_at_idx ON notify.sent_20261202 USING brin (sent_at);
CREATE INDEX sent_20261203_correlation_idx ON notify.sent_20261203 USING btree (correlation);
CREATE INDEX sent_20261203_sent_at_idx ON notify.sent_20261203 USING brin (sent_at);
ALTER INDEX notify.ix_sent_correlation ATTACH PARTITION notify.sent_20261125_correlation_idx;
ALTER INDEX notify.ix_sent_sent_at ATTACH PARTITION notify.sent_20261125_sent_at_idx;
ALTER INDEX notify.ix_sent_correlation ATTACH PARTITION notify.sent_20261126_correlation_idx;
ALTER INDEX notify.ix_sent_sent_at ATTACH PARTITION notify.sent_20261126_sent_at_idx;
ALTER INDEX notify.ix_sent_correlation ATTACH PARTITION notify.sent_20261127_correlation_idx;
ALTER INDEX notify.ix_sent_sent_at ATTACH PARTITION notify.sent_20261127_sent_at_idx;
ALTER INDEX notify.ix_sent_correlation ATTACH PARTITION notify.sent_20261128_correlation_idx;
ALTER INDEX notify.ix_sent_sent_at ATTACH PARTITION notify.sent_20261128_sent_at_idx;
ALTER INDEX notify.ix_sent_correlation ATTACH PARTITION notify.sent_20261129_correlation_idx;
ALTER INDEX notify.ix_sent_sent_at ATTACH PARTITION notify.sent_20261129_sent_at_idx;
ALTER INDEX notify.ix_sent_correlation ATTACH PARTITION notify.sent_20261130_correlation_idx;
ALTER INDEX notify.ix_sent_sent_at ATTACH PARTITION notify.sent_20261130_sent_at_idx;
ALTER INDEX notify.ix_sent_correlation ATTACH PARTITION notify.sent_20261201_correlation_idx;
ALTER INDEX notify.ix_sent_sent_at ATTACH PARTITION notify.sent_20261201_sent_at_idx;
ALTER INDEX notify.ix_sent_correlation ATTACH PARTITION notify.sent_20261202_correlation_idx;
ALTER INDEX notify.ix_sent_sent_at ATTACH PARTITION notify.sent_20261202_sent_at_idx;
ALTER INDEX notify.ix_sent_correlation ATTACH PARTITION notify.sent_20261203_correlation_idx;
ALTER INDEX notify.ix_sent_sent_at ATTACH PARTITION notify.sent_20261203_sent_at_idx;
