CREATE TABLE intake.accounts (
    id uuid NOT NULL,
    station_id uuid NOT NULL,
    version integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    username character varying NOT NULL,
    display_name character varying NOT NULL,
    role character varying NOT NULL,
    language character varying NOT NULL,
    password_hash character varying NOT NULL,
    CONSTRAINT ck_accounts_language CHECK (((language)::text = ANY ((ARRAY['zh'::character varying, 'en'::character varying])::text[]))),
    CONSTRAINT ck_accounts_role CHECK (((role)::text = ANY ((ARRAY['staff'::character varying, 'admin'::character varying, 'operator'::character varying, 'partner'::character varying])::text[])))
);
CREATE TABLE intake.alembic_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE intake.answers (
    key bytea NOT NULL,
    fingerprint bytea NOT NULL,
    status smallint,
    body bytea,
    created_at timestamp with time zone NOT NULL
);
CREATE TABLE intake.api_keys (
    publisher_id uuid NOT NULL,
    key_hash bytea NOT NULL,
    types character varying[],
    issued_by uuid NOT NULL,
    ended_by uuid,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    id uuid NOT NULL,
    station_id uuid NOT NULL,
    version integer NOT NULL,
    created_at timestamp with time zone NOT NULL
);
CREATE TABLE intake.buildings (
    id uuid NOT NULL,
    station_id uuid NOT NULL,
    version integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    number character varying NOT NULL,
    name character varying NOT NULL,
    units integer NOT NULL
);
CREATE TABLE intake.events (
    kind character varying NOT NULL,
    title character varying NOT NULL,
    summary character varying NOT NULL,
    place character varying NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    time_zone character varying NOT NULL,
    helper_places integer NOT NULL,
    guest_places integer NOT NULL,
    helpers integer NOT NULL,
    guests integer NOT NULL,
    partner_id uuid,
    state character varying NOT NULL,
    reason character varying,
    result character varying,
    id uuid NOT NULL,
    station_id uuid NOT NULL,
    version integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT ck_events_guests CHECK (((guests >= 0) AND (guests <= guest_places))),
    CONSTRAINT ck_events_helpers CHECK (((helpers >= 0) AND (helpers <= helper_places))),
    CONSTRAINT ck_events_places CHECK (((helper_places + guest_places) > 0)),
    CONSTRAINT ck_events_state CHECK (((state)::text = ANY ((ARRAY['draft'::character varying, 'published'::character varying, 'closed'::character varying, 'cancelled'::character varying, 'dropped'::character varying])::text[]))),
    CONSTRAINT ck_events_times CHECK ((starts_at < ends_at))
);
CREATE TABLE intake.grants (
    publisher_id uuid NOT NULL,
    may character varying NOT NULL,
    type character varying NOT NULL,
    trusted boolean NOT NULL,
    CONSTRAINT ck_grants_may CHECK (((may)::text = ANY ((ARRAY['publish'::character varying, 'read'::character varying])::text[]))),
    CONSTRAINT ck_grants_trusted CHECK ((((may)::text = 'publish'::text) OR (NOT trusted)))
);
CREATE TABLE intake.homes (
    id uuid NOT NULL,
    station_id uuid NOT NULL,
    version integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    building_id uuid NOT NULL,
    unit integer NOT NULL,
    number character varying NOT NULL
);
CREATE TABLE intake.households (
    id uuid NOT NULL,
    station_id uuid NOT NULL,
    version integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    home_id uuid NOT NULL,
    own boolean NOT NULL,
    registered_with character varying,
    office_phone character varying,
    CONSTRAINT ck_households_office CHECK (((NOT own) OR (office_phone IS NULL))),
    CONSTRAINT ck_households_registration CHECK ((own = (registered_with IS NULL)))
);
CREATE TABLE intake.inbox (
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
CREATE TABLE intake.jobs (
    name text NOT NULL,
    due_at timestamp with time zone NOT NULL,
    ran_at timestamp with time zone,
    error text
);
CREATE TABLE intake.outbox (
    lane smallint NOT NULL,
    id bigint NOT NULL,
    type text NOT NULL,
    subject text NOT NULL,
    correlation uuid NOT NULL,
    body bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0.02', autovacuum_vacuum_cost_delay='0');
ALTER TABLE intake.outbox ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME intake.outbox_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE intake.participations (
    event_id uuid NOT NULL,
    resident_id uuid NOT NULL,
    role character varying NOT NULL,
    state character varying NOT NULL,
    joined_at timestamp with time zone NOT NULL,
    checked_in_at timestamp with time zone,
    checked_out_at timestamp with time zone,
    minutes integer,
    id uuid NOT NULL,
    station_id uuid NOT NULL,
    version integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT ck_participations_attendance CHECK (((((state)::text = 'attended'::text) = (minutes IS NOT NULL)) AND (((state)::text = ANY ((ARRAY['present'::character varying, 'attended'::character varying])::text[])) = (checked_in_at IS NOT NULL)))),
    CONSTRAINT ck_participations_minutes CHECK ((minutes >= 0)),
    CONSTRAINT ck_participations_role CHECK (((role)::text = ANY ((ARRAY['helper'::character varying, 'guest'::character varying])::text[]))),
    CONSTRAINT ck_participations_state CHECK (((state)::text = ANY ((ARRAY['joined'::character varying, 'present'::character varying, 'attended'::character varying, 'missed'::character varying, 'left'::character varying, 'cancelled'::character varying])::text[])))
);
CREATE TABLE intake.party_members (
    resident_id uuid NOT NULL,
    membership character varying NOT NULL,
    reported boolean NOT NULL,
    joined_on date,
    id uuid NOT NULL,
    station_id uuid NOT NULL,
    version integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT ck_party_members_membership CHECK (((membership)::text = ANY ((ARRAY['estate'::character varying, 'elsewhere'::character varying])::text[]))),
    CONSTRAINT ck_party_members_reported CHECK (((NOT reported) OR ((membership)::text = 'elsewhere'::text)))
);
CREATE TABLE intake.photos (
    id uuid NOT NULL,
    station_id uuid NOT NULL,
    wish_id uuid NOT NULL,
    made_by uuid NOT NULL,
    may_be_public boolean NOT NULL,
    width integer NOT NULL,
    height integer NOT NULL,
    content bytea NOT NULL,
    created_at timestamp with time zone NOT NULL
);
ALTER TABLE ONLY intake.photos ALTER COLUMN content SET STORAGE EXTERNAL;
CREATE TABLE intake.publishers (
    name character varying NOT NULL,
    account_id uuid NOT NULL,
    password_hash character varying,
    password_by uuid,
    granted_at timestamp with time zone,
    granted_by uuid,
    id uuid NOT NULL,
    station_id uuid NOT NULL,
    version integer NOT NULL,
    created_at timestamp with time zone NOT NULL
);
CREATE TABLE intake.redrives (
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
CREATE TABLE intake.residents (
    id uuid NOT NULL,
    station_id uuid NOT NULL,
    version integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    household_id uuid,
    name character varying NOT NULL,
    phone_sealed character varying,
    phone_lookup bytea,
    birth_year integer,
    language character varying NOT NULL,
    is_head boolean NOT NULL,
    CONSTRAINT ck_residents_language CHECK (((language)::text = ANY ((ARRAY['zh'::character varying, 'en'::character varying])::text[]))),
    CONSTRAINT ck_residents_phone CHECK (((phone_sealed IS NULL) = (phone_lookup IS NULL)))
);
CREATE TABLE intake.reveals (
    id uuid NOT NULL,
    station_id uuid NOT NULL,
    resident_id uuid NOT NULL,
    revealed_by uuid NOT NULL,
    reason character varying NOT NULL,
    revealed_at timestamp with time zone NOT NULL
);
CREATE TABLE intake.sent (
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
CREATE TABLE intake.sent_20261125 (
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
CREATE TABLE intake.sent_20261126 (
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
CREATE TABLE intake.sent_20261127 (
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
CREATE TABLE intake.sent_20261128 (
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
CREATE TABLE intake.sent_20261129 (
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
CREATE TABLE intake.sent_20261130 (
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
CREATE TABLE intake.sent_20261201 (
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
CREATE TABLE intake.sent_20261202 (
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
CREATE TABLE intake.sent_20261203 (
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
CREATE TABLE intake.sessions (
    token_hash bytea NOT NULL,
    station_id uuid NOT NULL,
    resident_id uuid,
    account_id uuid,
    began_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT ck_sessions_one_person CHECK (((resident_id IS NULL) <> (account_id IS NULL)))
);
CREATE TABLE intake.sign_in_codes (
    id uuid NOT NULL,
    station_id uuid NOT NULL,
    version integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    phone_lookup bytea NOT NULL,
    resident_id uuid,
    code_hash bytea NOT NULL,
    tries integer NOT NULL,
    used boolean NOT NULL,
    expires_at timestamp with time zone NOT NULL
);
CREATE TABLE intake.slips (
    id uuid NOT NULL,
    station_id uuid NOT NULL,
    resident_id uuid NOT NULL,
    code_hash bytea NOT NULL,
    issued_by uuid NOT NULL,
    issued_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone
);
CREATE TABLE intake.stations (
    id uuid NOT NULL,
    code character varying NOT NULL,
    name_zh character varying NOT NULL,
    name_en character varying NOT NULL,
    community_zh character varying NOT NULL,
    community_en character varying NOT NULL,
    phone character varying NOT NULL,
    time_zone character varying NOT NULL,
    demo boolean NOT NULL,
    created_at timestamp with time zone NOT NULL
);
CREATE TABLE intake.tries (
    key bytea NOT NULL,
    count integer NOT NULL,
    since timestamp with time zone NOT NULL
);
CREATE TABLE intake.volunteers (
    volunteer_id uuid NOT NULL,
    station_id uuid NOT NULL,
    resident_id uuid NOT NULL,
    state character varying NOT NULL,
    version bigint NOT NULL,
    CONSTRAINT ck_volunteers_state CHECK (((state)::text = ANY ((ARRAY['applied'::character varying, 'approved'::character varying])::text[])))
);
CREATE TABLE intake.wish_steps (
    wish_id uuid NOT NULL,
    version integer NOT NULL,
    station_id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    hand character varying NOT NULL,
    person uuid NOT NULL,
    on_behalf_of uuid,
    from_state character varying,
    to_state character varying NOT NULL,
    note character varying,
    correlation_id uuid,
    CONSTRAINT ck_wish_steps_hand CHECK (((hand)::text = ANY ((ARRAY['resident'::character varying, 'volunteer'::character varying, 'partner'::character varying, 'desk'::character varying, 'system'::character varying])::text[])))
);
CREATE TABLE intake.wishes (
    resident_id uuid NOT NULL,
    title character varying NOT NULL,
    details character varying NOT NULL,
    state character varying NOT NULL,
    open_since timestamp with time zone,
    taker_kind character varying,
    taker_id uuid,
    lease_until timestamp with time zone,
    delivered_by uuid,
    delivered_at timestamp with time zone,
    delivery_note character varying,
    minutes integer,
    confirmations integer NOT NULL,
    fulfilled_at timestamp with time zone,
    thanks character varying,
    photos_public boolean NOT NULL,
    answer character varying,
    id uuid NOT NULL,
    station_id uuid NOT NULL,
    version integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT ck_wishes_minutes CHECK (((minutes >= 1) AND (minutes <= 1440))),
    CONSTRAINT ck_wishes_own_wish CHECK ((taker_id <> resident_id)),
    CONSTRAINT ck_wishes_state CHECK (((state)::text = ANY ((ARRAY['posted'::character varying, 'open'::character varying, 'claimed'::character varying, 'delivered'::character varying, 'fulfilled'::character varying, 'declined'::character varying, 'withdrawn'::character varying, 'answered'::character varying])::text[]))),
    CONSTRAINT ck_wishes_taker CHECK ((((taker_id IS NOT NULL) = ((state)::text = ANY ((ARRAY['claimed'::character varying, 'delivered'::character varying, 'fulfilled'::character varying])::text[]))) AND ((taker_kind IS NULL) = (taker_id IS NULL)))),
    CONSTRAINT ck_wishes_taker_kind CHECK (((taker_kind)::text = ANY ((ARRAY['volunteer'::character varying, 'partner'::character varying, 'station'::character varying])::text[])))
);
ALTER TABLE ONLY intake.sent ATTACH PARTITION intake.sent_20261125 FOR VALUES FROM ('2026-11-25 00:00:00+00') TO ('2026-11-26 00:00:00+00');
ALTER TABLE ONLY intake.sent ATTACH PARTITION intake.sent_20261126 FOR VALUES FROM ('2026-11-26 00:00:00+00') TO ('2026-11-27 00:00:00+00');
ALTER TABLE ONLY intake.sent ATTACH PARTITION intake.sent_20261127 FOR VALUES FROM ('2026-11-27 00:00:00+00') TO ('2026-11-28 00:00:00+00');
ALTER TABLE ONLY intake.sent ATTACH PARTITION intake.sent_20261128 FOR VALUES FROM ('2026-11-28 00:00:00+00') TO ('2026-11-29 00:00:00+00');
ALTER TABLE ONLY intake.sent ATTACH PARTITION intake.sent_20261129 FOR VALUES FROM ('2026-11-29 00:00:00+00') TO ('2026-11-30 00:00:00+00');
ALTER TABLE ONLY intake.sent ATTACH PARTITION intake.sent_20261130 FOR VALUES FROM ('2026-11-30 00:00:00+00') TO ('2026-12-01 00:00:00+00');
ALTER TABLE ONLY intake.sent ATTACH PARTITION intake.sent_20261201 FOR VALUES FROM ('2026-12-01 00:00:00+00') TO ('2026-12-02 00:00:00+00');
ALTER TABLE ONLY intake.sent ATTACH PARTITION intake.sent_20261202 FOR VALUES FROM ('2026-12-02 00:00:00+00') TO ('2026-12-03 00:00:00+00');
ALTER TABLE ONLY intake.sent ATTACH PARTITION intake.sent_20261203 FOR VALUES FROM ('2026-12-03 00:00:00+00') TO ('2026-12-04 00:00:00+00');
INSERT INTO intake.accounts VALUES
	('01a2159d-b374-760d-890a-5fa57e5305cd', '01a2159d-b0db-7226-8530-f5b5900dcc6e', 1, '2026-11-26 02:09:46.356945+00', 'admin', 'admin', 'admin', 'zh', '$argon2id$v=19$m=65536,t=3,p=4$0Ef8RvSH7RY9xI/T9ONOdg$gZ1Si61M+yMNLpXE0sZPhiK0vKYLARA82dlIH3LRryw'),
	('01a2159d-c280-741f-914c-fa6a1dfcb156', '01a2159d-b0db-7226-8530-f5b5900dcc6e', 1, '2026-11-26 02:09:50.208052+00', 'desk', '演示·desk', 'staff', 'zh', '$argon2id$v=19$m=65536,t=3,p=4$kPqc1hg9II3CL2+47pUpzg$TE5EVYwYlVN27ynz8bG91VbOSOOkZlnjGoS7vcgBKGE'),
	('01a2159d-c752-7657-ad37-ad572cdc1b58', '01a2159d-b0db-7226-8530-f5b5900dcc6e', 1, '2026-11-26 02:09:51.442543+00', 'partner', '演示·partner', 'partner', 'zh', '$argon2id$v=19$m=65536,t=3,p=4$Vks0ohGhGkGmVGU7XDq2WQ$bVZQjo7b3NDjCcVDtzB/AYEvPzoqCoL9DnECn+9gSqs');
INSERT INTO intake.alembic_version VALUES
	('0009');
INSERT INTO intake.answers VALUES
	('\216}\024/\2334v\241.R\325@ui''\030\317\325\234Y\346\036\312\271\213\201\205\277t\241\303\267', '\372\367\205r\257w\347\002\332\344uwu\236\025F\360\345\236\231\001\322\304 \320\002\254\215\277Q\225\363', 200, 'gAAAAABrB5T0tIE3_yWBVMApQkl3x5zxOdgjxh66eF00062aWsDhAqvHtAKtADFBn1ZidovrS48LmttTRpHeAT9OH-uJxIrhXW9mhXtsd1dRNo58H6l-Hsh9k6NIy6xNWN0VBPnlMpRuuH4CJ-Ppnqi08RgxJi8WaljKKeO42gsPqPnB-eYExrhTJK_TZ6hHh6R-thItYCLAhNPrgYijRU__JaXVt43Y09EgRvLX6e146o7NBdZbxAlIH8FSBEBF_ZPpAv0Sy9Mkz1w46tWiEPnC-IP_-5Cw3czXj-2LrilJk2vUG_l6OtG8NFgrLAGBoySHJm4X-rU5G0ztIjoprffeA_rnoEc339pg7kV5VegxcQRY2-upJp-3hNLcVQhIcuGTkej8r4XCTXZ5ZPsOtP3OUk9WvhnFc7QUPV9pSby8c7HDG_-biz3v9eHkllgm2wOwADcVg7QBMamZYzbQ5lHRfYIGvKTuCOhh-BZHrPSQ6NUj-91uN6Ux2Xw3MEbKRdJsrwPT0jr-EH9TD3t0sWoEOPdcC8aBDea03ExxARtV0VZ3sbU0_05FEepuArn9ZjlMOKu0PepHR5igyxUYQgWN_LBb3EPHWbKNKsBE_FP7KVVm63CLPYVSrBx-hmFw9qMEksoQLZS69AlS6eGioQ-UznPpQmGhjM9IiXsD0MAYyvg7m4gn1CZY4vWjtCTQ9ENKb91q6PdjztHl49DIZGeng2IPHDl8FZgxY01M_gbirUA8V4etk26Yp4pDRoInCIM5tu84gWm5q_XTtq4PZQLk_3v_CK7frjAMvVhZq7NlhukrcgichybcDX9fv15h-d1FcN1bcH00Gd-tw32Ty23K7MyhhHb7gg==', '2026-11-26 02:09:56.109973+00'),
	('\210\244j\273\002R\330\315\271E\260\255\207$9\313''\241\3116\3015)\363b\377ZP\371\224+h', '\216\026\305\013\317\242\241=\005\356\245\315+\031M\212db\025@<4\357\307\341\252\011\221\225*\014G', 200, 'gAAAAABrB5T02phhy5Di6qY2wOCXZBeb8ERtNLZreQUrTgn3pESiWk_iYTbkZUkwCdBdvEPWQ1OyPls0ARjzOLIQkLPI9l6SbEIi1Qznc5z9SC7NTYmBHxMdaCEoCIVmtIxNedwo9KjlwNSXbaMb-nEH8vDzO_Qw54PYjqgLzC7D5wHa63W48ZKF_FFS4FLyv2P6FATQUN0cEwcAz-BUNF0N03i3m1O1cSD9SH73gLG7lM0xbF0CTRfepgNQaLmYeSL_hBv8bWGrOurzE6uiqbHboAzVlIoXBlTz-xq5o-1L1Dgrz1lteDWljAYlsChTZxyfZ-ne4HgbSibyoJErv0GyMjTrDOSWNMJTotgyX0ricLx7pegeJ0-AQQ6YwDZYDvk9rz-XT7OoO58uX6AwRl_jxE6THCmJLxI_aowgns2ut3bhzgvow34WOmnwUTycT9RzI_UsrRWGJ2FZrz0uOe8sokTgVxgWjWm52KiIG-6wPX9AAni7pJZlgSh0Gj-sH0eiTcrZjn8yDq7dVRAPzoLix2ad9hBaT9GRlbj4OL43eumXpIncfzoLzesWTIk4vdUa8jfo3BVnO3lb0nhHJu75pWY5Bh-13bf-AzdP8YjvuUjdx1zPmo-FbiEJO88OL2x-mM41ZYG8ac41_Ev8s3Nwe2ga2jfpqSR4IzJTtKGTgnqdLVHJiCwR87y16LHS3qZu-GjKn4Lm-Y8IEoQguJDp2-8Hk04hcP_3Ex5GXPDMek5rNIOhYlw5N_a3SmXT3xXbdLf8SS-RiOw2eK3_KnbfIZZXYeLVLo3zDsMgMwIRWXlKAoFxCccLlqT-HZoLwiLZfuhPBAp_MKwWHCXHe-PHpZGXyPxwBI69nc_OtkasU_GYcLAumkrNd4Q7xOYseXYuXUtLDsSkJtl7cF4gkmkL_PU33pSoJxr7NKIdDPlokWCmVUbcyu8=', '2026-11-26 02:09:56.144425+00'),
	('\275\030*"{Z\271\032\271un\223\372 m\351_c\023\3645t\276\201\251\372\210L\271\305ac', '\327r&\200=\263o\300\027\036\031\307\312\250\023Y)\320\273C\253\205\003\342\270\211\224\244Qh\340z', 200, 'gAAAAABrB5T0j8fdgY57WBwT62Y6lGc9mhoVlKNe1fOltaO7kUuhRjIlCZ_PhE9Gm54scsGRmLz1bdJ3q5ZkZV3yH_jT3F2qUEmzCoPU2SKjmRx3Ud0fpIpin-QdUi99tBVuj3aGTvSu5tPSxMYarXFcnH1XtexmMAFAJutyzklH03ANRvQg5tiBvF02EtsQI_niqOtYmaUwusVbQQLa4WQRcJSHX3L9Cdo_CK3TsRXhyVPlwUiyKQo92lTuRwOxKpo0sVeWZN8rj2fXhFZIqMdeES3iO6FvW2sNE-kUnlsz2Y345n7rlGulqM2b4OrJZVfPhAiqOMemKdWKVvgwjfRqOgKIlcV_lKmch3_kYJ_VY8i4uILaoz0_5xXHijx9I2E1BoaHhrYuB1vPflTv3ucfGmI2c61CRqoGcMgRl4nTWBJmLNZRkFn24wahvi1aBnl0D_9Xr_CgH48U93ZgaZnmx1X072ogCmJ7kaJRcQA18b03otzAfh52sggIpUPcFLOfYt0YvwjAmSAUts6slXcp5qAl54nahHhXMmWmOWgrPheYsctZIrzbxfhTmGMhLY81WPmHfNEfsuH553c2XFJEXaFYtsnMUYfbemUfHqwTHJwJnIe-r-s_w3S0v6bmTPeRpqzxp2lbL--NxH-0KbC3jJQI3gfWd0Uo7Zdt-awXa8wTISzq4DjLRYnhQHMjVq8zz5b7S75PtNzBir57ak-oDX5qrGxjbzstfBrO6s1As2-2ZjqTR9Ou-ZG0NAcOU_0Z_aDPvaxKztad28AZGpXEUHSK-iBWvJNHmXtLllXrM84QYh7qa6A7rdyOtSvhI8rxX9lGqVS5FE9TXXXL429gvPdKIGfAX6Eg1VxvqZwJgdrBnTvZf0RSKp3-lJVk-pKQl-TSLJn4FhIMBdpolgRDBs10Johy41hcbwuSKkKRqJrzoM9iSBo=', '2026-11-26 02:09:56.180472+00'),
	('\237d\025*\322u\206\215\332A\245\256:\241\213\333\221\010m\246S\361\226\262\357H\326\305\200CN\037', '\005A\024\326:]E\233\270\212\377C\023\354t\367\004Z\303"\342\207++j\021S\014\367\325\023S', 201, 'gAAAAABrB5T0bVzpk4TL0ojlztzoW59UThFio8gAC4isJDrwbsMWVDPH9vC_ypdtXXysSpBJvb7-xcHFOpzxMiBhCIsTQvy-beYDcFy-WgfPAwPMb21uBM7If2SWK0q6jQ358KsIu-7fUXnLGsit0lmSG62ujgSfXHC-fXFOZorkELHl3uITv9X8N2Vw278Y8lY1TWRSAUfQGszYdh7B98JgpNp_GLL_26tguMPoeKoPjnTd3iUfMN4DdJBbNKeeXUAXcpQuMYfrsExhbVb9PPHSDW22j-9fb77RM7tD8oluazf0Qdzzs56Chz1PDU4YZePU1p_20wJcTk-kxCFxSIMQXnBHX4gWnD01PwzTNUI3ylaawriiG_9R4N3ytNgb2pFbkiPOqFw58aYF4nn234jsjZNRf9BHPQy3w01meGPwZOEj8PlFufL021zO7NQIHp_AJ2v-brqVLn6o7_6Tc_gNsdZrLV4l-uJWIwn1FQmpWa3rUuvCrp1KdymVIuZNm7OBiOLnYZB023AO6iAO4addnau98izmfXuDqMzIMwn2guqRa1E_Fesw08YQGAT_nPd1K_VFJ6aX2CxM0zUVFSLDaPwLlJjUMBy6lYoJfTVpXlXgwLvnfkQRBj3s6EF26M_F27P_g60JHcLK7IgZgxMHjwIhLIqCAZrzBSgMUEpt_ucaCi83daXsI0oz75ZeBkLJS242BCPL9xb-01OfnRdHyYOR4ggyYE4SVhFtcqKum5lHFAf3BXuZko-wV82nDIE2myYVDaTbB1f6XljBVmqouHwocxUWw5gnxpD5yUGGWzyZxTkwjXtYir_hL2Yzc5sUTHUFhvof', '2026-11-26 02:09:56.212295+00'),
	('\314@h]\377\356\013\246i\204]\005\006\015~c\364U6\271\217\2324=tA\370Y\320\367\002\335', '\005A\024\326:]E\233\270\212\377C\023\354t\367\004Z\303"\342\207++j\021S\014\367\325\023S', 201, 'gAAAAABrB5T0ZJ2oI3Hs3LYb0kBqoz-xoYQczTpN6EzxEUzDMU0rEC49Lre3myNXLx9gW4qUJh40uUXXtBI97su7DZzxwmYpWdvH6Xj4VrSXZjHNdjBDdvG2DBj1ZoqCsHhbunPbbuvq0oZaPnKbq0nheQGvxdKjo7NmNLy4LJffF93QamHiQeCf4ojoOaUc4BnsfXWXuhAH9rLo3X0kC5X0wYJoLY0MSBtOihisdmPCeHl_Wm8pkybP79meMlA3Z2ko51KxyeE2yYZghu4ZGdlBzbYqZAYNdzoRo8CA0pSkm6bFlELRr8I0s9_SabJ2wWuMMcQl229Kt-miz9QlFXeyqiCEOMx49yJx6T5SsKR5fWtbXTO1M1ZjlpNL-sxSdm5pUAQoJKNh-OmpQcyEkK49DP7b-TxdaR9PTSTuuSWA5E1-vgR-fjm_txbNDiKdYeD9jpDwjXqelIb7q0WWhxoBmgudqhy0yX1vIam2CllzoOggGcImulB4Q6I0X0gi9nHw9uj-nI7Eti6kI85Mavl0qoU4ZU9UPNVipkFtHJYkkWtASiC47U7e2fgXZAE87OtSXzHTvApuZvVUdSxy_dYMPvp2PsRmprV0t5-SosgGQLJ8RB07hh1tLtd93gsXnxHOCh5UDoc8LqBnL6kuf0DMpbN7DR3jod4NIPZohzE6hQ-B-60UVhLA67JxsUj1Q8hdHKAWZmIM4RL5cKDF7-Ni-2DTUrkvKt1Q0hUSEoZux5Wcx4t40vTEDJ0B-aQKn1kgnyXM1zVbTteJ5Zm1yZUgh0yhftGOjuErWIXecjiUAy7R01Ku-Wx8-5KGR5bE7FV9_ObouiwW', '2026-11-26 02:09:56.08146+00'),
	('\272\311\225m;\377\253jM\315QD\243\254\031\2444\327*\302 \203\357\221F\246\255}k\000\177Z', '\026\005\317#\367\350\013\275\354\017\307KZ\207\366\344k\206\365\370\253\203\242\273\267\226lx\212!\241\335', 200, 'gAAAAABrB5T07Guhf6O4MySMRP_T-6M7IxwQht8HWwLuJXwqSQNBpuKHM8oy9AhWiwssfN86WTUAOXWaYDSAS_cXswIVSQ8_zGdIBKumJlYQ4K_cZO_IX1BEWyRAL5UCODH9VQbax1aqUoiy15kWVS-GZ0FqwlHwgcDjpLvIrYesxvcMz03r1yG15RNjJF4D1bFLvUNr-l8R_LrQYbVdLCoZYe6jH2v4g93UWQYVZJLH7MMtnfR8Yk23fgvSm097uy4CtiDApc4nwEmpPGgZQbPmAmSby_-koJry9zLDyRfELsxQzKY0ein1CCEK_nX3xr4GuO8gnSLC1i7VUZ076lAeECGSLL3ynyLeCRsScFTFRLagQYCfquAbyG0xoG0LMcaXO0LxEx4_9kt0tbueVvEbB96R98pXz3p-Rvgyfd0UF863ObVCwpKj3VN2UQOMj7KhC_y1bTWsqDQWCBHafYsnkzfaPXP2ydRz4rsUBAck-FlW5o5ibwY12UXdcAJnGOp3eHm4h1SiI8EAIrUT9kFVByySUTK8ZeyAmVBJ4R3dz9c1fe4bY7E_2WKR0OZ9lMJoc7W4AcV1HrQjsMYFxHTEhpT7NPOqSveIROXawwhw2l5w_eVZwYV61RwcdQ7yLv4k3vGQpaxmrgQBxYQ46JaJEu-CI-m0h4AEdstxsISNod2cjnTxX2HhBy4KfB_9s2SyuAbU36V-lQTBvPdqBeKEJF49rza2G6FpaZqtP7FMpnWSDcbcxvtuEwDJzSKdzEvtiMOkYjzlCgBXuyRBcLPQxFPSsdMzNuqst-DkM0RD98dVTGLCcVSXNo58wYF5BjSC0w_3jlp9yqZJ5xcr9S2m01GBITf0Mw==', '2026-11-26 02:09:56.290063+00'),
	('T>F\277Dq\235e\315\226\177^\215:\023\237\212\334.\247\021=\370\342m\341]\272\254L\032(', '$\332\237L`\367\2412\262\347L}>\366\245\213\204\357\200\3350j;\274i\377\254>\354\340QU', 200, 'gAAAAABrB5T0p9-EL8u5k6lO1yPwoFXB96sdi-RHDem_te9rBgycGc_bjiH-eayY8MVj8qK4_RCIRws1Y8yBQn-ql9vcbWMHCDR1btht7xDMFJZ6mblrpgpk_qLFjevNznwSQzr8KJU11OLeNAn9fOTqCI5E1osDLHulC3VTemVfFNFUTTrA85e1tb4Xn3O1Kyo9N5e-ukGX1H8ZOxGyCaWDGuiS50hEOV3vz1p8pS6d_RdoICoUtVaoiWY0VPFG-jW_i0s2xcKBTvdT7d6spN5s4CAXf1SlGsvoP-EYAUWi9f9iQiFrP3yFMmuT8cM_nFwTOs9qwLUpVA9zEzcsB3yEkb7DvwhtrkNtHCKwk7SBsRR-d2x-_mzbo_U5PQgOpiErDrUHwm1dHC4eRzZdFDzNgCmSO6a8n7ZMZ1zOtLZbUxuRoulTe9k3V97Xy5KwxIlY6_VnVR_fBRbOneMu4UgFYRFWbQfxXLnhXBe7EVLuVqThltPuL06pQsXp_J7ieuZZeJlxNuS1CBo6VbfzY0tamsNhI3s2Ihyu3kvR6a1bI2l94wS3Zpoko-ff6BighABj2g4s-9Wgmi9mhDQW8OdN2DPhILtKldqxwidEcs49Kzf0OTBAmtKzJrWr9qx6C_xcth-NXus568rTdZ--GHGc6VPdmlhghmLtMVM6oAUHnk7ePVgmQYTqtLC3_wJJjojOFy3xAjjont1PbZlai7g2t6LxChpIIqt9NtpGeLj788GssPFZHHwt5gk8cUKKuT12PeEfkPy7OUJ3KyxuH_H-aQh-C6dbZux5_cFEzsNMo5t1_5tvI1-AoZnsPE17oThgarQkGjY5GQ7rtgNaRd8ztMClp8awGfQOc8rt2eFQpt92E7tasljql3hESrFoLlXK2qRKoBdt1Zi8wQWVMpJvlLAmly3sGLU1UWMsCvBgxZ5JHyyHUkg=', '2026-11-26 02:09:56.341548+00'),
	(' \002@_]\307\276(PECw\215\223\037\017\304RdF=\231j\363 \251\017\015N-\335D', '\226\012\226\277\033\010:\013A\315H\247^\204&\354i\322\272]\011\345^3\226<\276\327f\025{\235', 200, 'gAAAAABrB5T0kn7GtUvyWKWNjhHbXNHaYn9-uxEjge50bK_Cc9wI_QtI0G7X_8xDMIQNaw9EX-J2A-l500Ghdd_hd3m4bWwr-7aO5TtHbcPJkAakej-hgcjuWObjxSHpA1-aKTDtuV5Tlc3JkicNNOQWbxsv3DJFYgxQwFtV68z8u7q__5-Gv9u_DC5O8lsjtZteg10UqVVMehcl286NpH-fz99FA9PwLc8mTqHuF2_KzxD8JIC7GE7EkX0-_BTixWmvV617TIqmNOwa5f4sDQ7HaDE1sAC-M_zMUKnMEzN5Tf5vCyNZXLwGOJzHvnXEw_J0f87zqnu3IFl7UUSk9R1l6Z2SSAzXsGmlzGk6_Eq0HT6O0f4FSqwYNWKTlTxZNKrsu_Lz3vQ7giyAUGZ_apka2z4UF9FhAYznNwmz6hfl8ADGnBJ_YrIV-8GxECv_IMETiTcwv-OP4HuXYt7llIJf1vGwPTDT0ZHKyP2to9bnXhdtwIf1WWILTjr89wMiegT_5QM73-53VDmGzP40Duw7d42At98cu20defABgtthhp2wa4FW_o4dicHVuRc1ufSB1ZZ3cuklwdsiCSxvSyhQFwzEDwM1CK0QhvsnUGfej-Jn06EHKr79kw1L-rWz9OE98GF6uAMVUYJXVh2-ysZSKWXQ1rdF6HJMicSJt1TH6gHuLhHnnaAtnkw7eW_gTwoBpXflsKJcXa4AV6YwFw-cN_RoEg4CGIUFZQwn2XfpsAuGyztj0s_mcGVfXfgkkQ2iufnPask118fyUjCcD9ubw3iQvcrbajPbWLsyY7S69NJTSA2SMH5OoeHRO4eWPUPGM5usL6u0cTVBxq1oBeC9D2ENqtUlqvH7ukzGCfKaXnhd33BIA1IMOUVmIsq7MdnQh5pGw4U35nj2oRLg-Zv5BlZjk2Uenisiv5t5oBoXmQi7fPvp6Jo=', '2026-11-26 02:09:56.400381+00'),
	('\235\310\321\372$e\024\323\356\372&\035\350J''\326\225\304!S\362y\251\255v\365Z \025\341\266\205', '\260\\\317\243\251\224r\015\373\317tM?\307\033\277\335\372\364\231\037\203\201\016X\362\217k\325\371E\315', 200, 'gAAAAABrB5T03kV9dyVLeGgH04R0c2euS5ELZRfuxjgyhMMCE0aw_FSaB4MvjJR4_1sgDBSNsqNbv5jW5oJdNsq7W57dFkJYKcSHUAMY5o-CkEDOtLfCCP2OPUjHmk8J07saPgJfFmXU231ZzsOeiQJM5tpM-CHnrqzyXbzlt5t_mbMCKqV1teLnV92CzQ4j4YlQczDvT8QidVgmnG2S39phXr4QKMbFNHbq5vJW0PrgYjBcBfXP6vVR4YdkzgnQVeL3jH35X4Abnxk7Bno1Grbm9-3Y9QfROiPIVQcnCgCeYTmFFV2tEQyPl_gpFKyVWNGz6hglFuz5o-SRP2JQ7Y9_jAoxqUHAYNOp5u2bQnIg88tEItOu-uOILuVkRZ31o7G_jbWGL7AWpeycj8aZsDuQCJTbUYN_YkCCS70V6juVgJXIsb2etll4q0XDL201XC_fIDiXxojsdelNhbiBRKws5YdX1KoIuit2nniAXYwfrqhV3eyaB6vta5R8YEG1YYsQJdN6DD5BmJXL3nhMnnVxwrT3wLme0PIQ4HppFcTgSCUTZuDnIi56EvrWqK5XE2C9J0Enk2NkLK6QdnT-geNNbSnLTMgS7qTxhDkEHlSV3R2T2TT4VOzn1zF3lMkd9vPnxXthZZGRKg1GKQMgvTXgcTXZyQB7AGsgwMWQ4nN_jmhw51Z7kHbT7HAQmUhMe8vfX3LerpDQFJMA-5mdpBsQyXuPfpxBbFLPQcAYlz7ZMcmHcRcQLvhCWrhxsmhtVX5H2IlfRW_HDYpLx-kI8gAZeDFbUhq9mGyNXXEziI51o1nyc1OQlEzdTvqciyeKgsBxIi3GZ8Wx_SGGuXiZ_7RN_DEr1ViwCgFucrk0j4KJqIqIGpC6uHggEvEgxDA-elMjrJP6v4e1T3y4Foq15NNFJYf5cGO0OF0E6mhSmTmDpvE3xruo_RpIwkkXoRAefSxr-u5jo4UHfuPnoMnO2483AqFkrudnjQ==', '2026-11-26 02:09:56.544002+00'),
	('\343\245\241\317\237+\272\272\345\246\2779\3621\016\347\362\243w\2407\027m[v\373\274\022\015>\271\345', '\031\270\306{\000Ni\200<\246\020\177\272\276\314\232f3>\002\245\361w\222\016\037\355m4\206\305\215', 200, 'gAAAAABrB5T0p968CCaG1HK3SvJQnY2BWSViyn80cwsHGiI8oRPdjMgwOmPsj9C7Evy3b3iMNzml4-TYC9WG6-VGr_ifGJDHrRdobv7UA1Kn147G7_wnBnelCbYZNG5xVPEanO6P5N0TSb7e0mxBBWkU9pzIKAFkp56-kTopQfz0lMzuIUj5l0K6z2aw-1hPKLKvAqCuw_qbwDk7Oxwe7Ovu0K3pVXabe-OsIXYv8SFlYxE0qTcK5nnr6BQj8bZKLbe5TjrUYyVnsCREANzFASB5O3jcf7gj_zDs0bEUsUzjBi46bbazepb1B1mZeZd4rwtvTKF33oWvK2x6SJq_f3uf0AZccMYs-fhsxlQNkhPxLXVi-LtsVo7D5p0lQj2OpWqeJc7Tr-BrTWthTLC-wq4Fqp9DCmhiGK4IvHC_kkr1GkBlGTxykZ2rMul7vjGOKA9u9Lh0ohZ1XIsctV5Eq3NE8iC-MDj_xco7k1hy7RThZ3Ou_QAQoWdyIpx55MlhfnvByRaDhq3c83Fd8pvbm3mekh1VOZ_tiMe-iQzB9UVT1Rns8JmerEOFRNmaMevgjHCKQnAG0upyy6-kd67U0XS7jmn7FrB6ANMwxiqor0yTbaz8NhECS4OkA3GZ6_llJddbQ8Uz-XTOO2nLELaIJNPuEOzk1aV0fU6K_UiL3UQpp97IMaEoz3hiXu_OHuTbRVG8NS9VQHs6D-Xxy_bhlQbLGrAqMPg3hoD4iF6MpKylLoT0aV87sxeBrTi9yXw93lsI_7-jeY60zQCoOQMVEJgARHCZLLwnaPzJtHqHZ1J6pw41mWswgp5YV3Z-1a3Wx092U3szKpUCXyMqrwFl-7--cse23Ox6aOT6vofwpMws4kgPp_UGE5PlxZergXx5qJ1XTmQxQs-DO-6s7FHiNqhpSYGZXq554bluHiVKd1ZpP3WZK1NVQnZnTbbfpKBfQuR5OtmfxqV0YTCpV3Mq6XsJ-xuavHqJuA==', '2026-11-26 02:09:56.691445+00');
INSERT INTO intake.api_keys VALUES
	('01a2159d-d7d5-74a9-b6b1-e8dda5baa9d8', '\001\014\224\312\274&\2466\272\231\203J\236Z\230,/\272\357\\\032\225d\346\334\354\037\004\032\372B9', NULL, '01a2159d-b374-760d-890a-5fa57e5305cd', NULL, '2027-11-26 02:09:55.738034+00', '2026-11-26 02:09:55.973644+00', '01a2159d-d81a-77b2-bfc1-6a7fef523bf2', '01a2159d-b0db-7226-8530-f5b5900dcc6e', 1, '2026-11-26 02:09:55.738109+00');
INSERT INTO intake.buildings VALUES
	('01a2159d-c9c5-704a-baca-e81a929e8822', '01a2159d-b0db-7226-8530-f5b5900dcc6e', 1, '2026-11-26 02:09:52.069417+00', '3', '', 2);
INSERT INTO intake.events VALUES
	('clean_up', '楼道大扫除', '', '3 栋楼下', '2026-11-30 02:09:00+00', '2026-11-30 04:09:00+00', 'Asia/Shanghai', 5, 20, 0, 0, NULL, 'draft', NULL, NULL, '01a2159d-d5b7-7009-bc6f-3d6bdfdb7d69', '01a2159d-b0db-7226-8530-f5b5900dcc6e', 1, '2026-11-26 02:09:55.12768+00'),
	('clean_up', '楼道大扫除', '', '3 栋楼下', '2026-11-26 02:29:00+00', '2026-11-26 04:29:00+00', 'Asia/Shanghai', 5, 20, 1, 2, NULL, 'published', NULL, NULL, '01a2159d-d56a-777e-9b95-1d7dcf7b1ea6', '01a2159d-b0db-7226-8530-f5b5900dcc6e', 2, '2026-11-26 02:09:55.050875+00'),
	('clean_up', '楼道大扫除', '', '3 栋楼下', '2026-11-28 02:09:00+00', '2026-11-28 04:09:00+00', 'Asia/Shanghai', 5, 20, 1, 0, NULL, 'published', NULL, NULL, '01a2159d-d57f-769c-a615-899422c0565c', '01a2159d-b0db-7226-8530-f5b5900dcc6e', 2, '2026-11-26 02:09:55.071587+00'),
	('clean_up', '楼道大扫除', '', '3 栋楼下', '2026-11-29 02:09:00+00', '2026-11-29 04:09:00+00', 'Asia/Shanghai', 5, 20, 1, 1, NULL, 'cancelled', '天气预报说有雨', NULL, '01a2159d-d59c-7542-82ab-a864c5f00f6d', '01a2159d-b0db-7226-8530-f5b5900dcc6e', 3, '2026-11-26 02:09:55.100866+00');
INSERT INTO intake.grants VALUES
	('01a2159d-d7d5-74a9-b6b1-e8dda5baa9d8', 'publish', 'ext.property.lift-stopped.v1', false),
	('01a2159d-d7d5-74a9-b6b1-e8dda5baa9d8', 'publish', 'linli.event.joined.v1', false),
	('01a2159d-d7d5-74a9-b6b1-e8dda5baa9d8', 'read', 'linli.event.published.v1', false);
INSERT INTO intake.homes VALUES
	('01a2159d-c9fb-7068-8130-745ad10effa2', '01a2159d-b0db-7226-8530-f5b5900dcc6e', 1, '2026-11-26 02:09:52.123654+00', '01a2159d-c9c5-704a-baca-e81a929e8822', 1, '502');
INSERT INTO intake.households VALUES
	('01a2159d-ca29-71fb-8fa9-26432c44c262', '01a2159d-b0db-7226-8530-f5b5900dcc6e', 1, '2026-11-26 02:09:52.169616+00', '01a2159d-c9fb-7068-8130-745ad10effa2', true, NULL, NULL);
INSERT INTO intake.inbox VALUES
	('intake', '0ed1b336-e978-552c-9804-09cbd93155d7', 'linli.volunteer.applied.v1', '01a2159d-cc3c-7436-ae0a-5f9ca788a27b', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:52.971+00', '2026-11-26 02:09:52.971+00', NULL, NULL, NULL),
	('intake', '9571b517-0877-5251-81f1-9df7b7e9bce0', 'linli.volunteer.approved.v1', '01a2159d-cd16-76fb-9e20-0e0c9682611c', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:53.196171+00', '2026-11-26 02:09:53.196171+00', NULL, NULL, NULL),
	('intake', 'e2a71f26-5ffb-5baf-baf9-b5773df822d4', 'linli.volunteer.applied.v1', '01a2159d-cf7a-7136-971d-7b43afb3cab6', 'done', 0, 0, NULL, NULL, NULL, '2026-11-26 02:09:53.58818+00', '2026-11-26 02:09:53.58818+00', NULL, NULL, NULL),
	('intake', '3441c157-f94f-5836-a2ae-0c5c596d6663', 'ext.property.lift-stopped.v1', '010b3215-faa8-5f99-94a0-52e86f4cfa0b', 'done', 1, 0, NULL, NULL, NULL, '2026-11-26 02:09:55.970231+00', '2026-11-26 02:09:56.006661+00', '01a2159d-b0db-7226-8530-f5b5900dcc6e', NULL, 'partner-property');
INSERT INTO intake.jobs VALUES
	('answers.forget', '2026-11-26 03:09:40.727693+00', '2026-11-26 02:09:40.727689+00', NULL),
	('bus.partitions', '2026-11-26 03:09:41.132855+00', '2026-11-26 02:09:41.132851+00', NULL),
	('bus.purge-inbox', '2026-11-26 03:09:41.173777+00', '2026-11-26 02:09:41.173775+00', NULL),
	('events.close-over', '2026-11-26 02:10:41.259789+00', '2026-11-26 02:09:41.259784+00', NULL),
	('intake.purge-sign-ins', '2026-11-26 02:19:41.3654+00', '2026-11-26 02:09:41.365395+00', NULL),
	('wishes.release-expired', '2026-11-26 02:10:41.405867+00', '2026-11-26 02:09:41.405863+00', NULL),
	('wishes.take-unclaimed', '2026-11-26 02:10:41.443804+00', '2026-11-26 02:09:41.443798+00', NULL);
INSERT INTO intake.outbox OVERRIDING SYSTEM VALUE VALUES
	(11, 55, 'linli.wish.fulfilled.v1', 'wishes/01a2159d-da03-74ef-ac6e-1931b21d51e9', '01a2159d-dbc8-743c-91b7-9e131d84923f', '{"specversion":"1.0","id":"01a2159d-dbdf-7493-aa01-f090e34e49cb","type":"linli.wish.fulfilled.v1","source":"/services/intake","subject":"wishes/01a2159d-da03-74ef-ac6e-1931b21d51e9","time":"2026-11-26T02:09:56.703620+00:00","datacontenttype":"application/json","dataschema":"urn:linli:contract:linli.wish.fulfilled.v1","station":"01a2159d-b0db-7226-8530-f5b5900dcc6e","sequence":"000000000005","correlationid":"01a2159d-dbc8-743c-91b7-9e131d84923f","data":{"wish_id":"01a2159d-da03-74ef-ac6e-1931b21d51e9","resident_id":"01a2159d-ca81-7091-a062-5010047a346b","title":"\346\203\263\346\215\242\344\270\200\344\270\252\347\201\257\346\263\241","taker_kind":"volunteer","taker_id":"01a2159d-cbe8-7640-ae0a-7224894816b6","minutes":30,"revision":1}}', '2026-11-26 02:09:56.691758+00');
INSERT INTO intake.participations VALUES
	('01a2159d-d56a-777e-9b95-1d7dcf7b1ea6', '01a2159d-cb4f-776a-99d0-783f3774ea19', 'guest', 'joined', '2026-11-26 02:09:55.244309+00', NULL, NULL, NULL, '01a2159d-d62c-7797-920c-3534a75af7f2', '01a2159d-b0db-7226-8530-f5b5900dcc6e', 1, '2026-11-26 02:09:55.244309+00'),
	('01a2159d-d57f-769c-a615-899422c0565c', '01a2159d-cbe8-7640-ae0a-7224894816b6', 'helper', 'joined', '2026-11-26 02:09:55.298475+00', NULL, NULL, NULL, '01a2159d-d662-74d7-83fd-8319d55af2c4', '01a2159d-b0db-7226-8530-f5b5900dcc6e', 1, '2026-11-26 02:09:55.298475+00'),
	('01a2159d-d57f-769c-a615-899422c0565c', '01a2159d-cb4f-776a-99d0-783f3774ea19', 'guest', 'left', '2026-11-26 02:09:55.31769+00', NULL, NULL, NULL, '01a2159d-d675-7270-b658-62ddbd08530c', '01a2159d-b0db-7226-8530-f5b5900dcc6e', 2, '2026-11-26 02:09:55.31769+00'),
	('01a2159d-d59c-7542-82ab-a864c5f00f6d', '01a2159d-cbe8-7640-ae0a-7224894816b6', 'helper', 'cancelled', '2026-11-26 02:09:55.357269+00', NULL, NULL, NULL, '01a2159d-d69d-7784-bfcd-a7d27439d0f4', '01a2159d-b0db-7226-8530-f5b5900dcc6e', 2, '2026-11-26 02:09:55.357269+00'),
	('01a2159d-d59c-7542-82ab-a864c5f00f6d', '01a2159d-cb4f-776a-99d0-783f3774ea19', 'guest', 'cancelled', '2026-11-26 02:09:55.371998+00', NULL, NULL, NULL, '01a2159d-d6ac-74d3-bf89-658c83675138', '01a2159d-b0db-7226-8530-f5b5900dcc6e', 2, '2026-11-26 02:09:55.371998+00'),
	('01a2159d-d56a-777e-9b95-1d7dcf7b1ea6', '01a2159d-cbe8-7640-ae0a-7224894816b6', 'helper', 'present', '2026-11-26 02:09:55.195412+00', '2026-11-26 02:09:55.559213+00', NULL, NULL, '01a2159d-d5fb-7393-9085-ed262ec8dae3', '01a2159d-b0db-7226-8530-f5b5900dcc6e', 2, '2026-11-26 02:09:55.195412+00'),
	('01a2159d-d56a-777e-9b95-1d7dcf7b1ea6', '01a2159d-cfc2-7638-a8f5-0274fabcfba1', 'guest', 'attended', '2026-11-26 02:09:55.405171+00', '2026-11-26 02:09:55.610766+00', '2026-11-26 02:09:55.634507+00', 0, '01a2159d-d6cd-7302-96c5-d796af054cbf', '01a2159d-b0db-7226-8530-f5b5900dcc6e', 3, '2026-11-26 02:09:55.405171+00');
INSERT INTO intake.party_members VALUES
	('01a2159d-cbe8-7640-ae0a-7224894816b6', 'estate', false, '2001-07-01', '01a2159d-d100-75eb-9976-11d9bb1b6c44', '01a2159d-b0db-7226-8530-f5b5900dcc6e', 1, '2026-11-26 02:09:53.920515+00');
INSERT INTO intake.photos VALUES
	('01a2159d-d55c-7127-9184-0f5087c9434c', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-d2d3-7142-8dcd-64bb05f4a14a', '01a2159d-cbe8-7640-ae0a-7224894816b6', false, 16, 16, '\377\330\377\340\000\020JFIF\000\001\001\000\000\001\000\001\000\000\377\333\000C\000\006\004\004\005\004\004\006\005\005\005\006\006\006\007\011\016\011\011\010\010\011\022\015\015\012\016\025\022\026\026\025\022\024\024\027\032!\034\027\030\037\031\024\024\035''\035\037"#%%%\026\034),($+!$%$\377\333\000C\001\006\006\006\011\010\011\021\011\011\021$\030\024\030$$$$$$$$$$$$$$$$$$$$$$$$$$$$$$$$$$$$$$$$$$$$$$$$$$\377\300\000\021\010\000\020\000\020\003\001"\000\002\021\001\003\021\001\377\304\000\025\000\001\001\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\010\377\304\000\024\020\001\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\377\304\000\024\001\001\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\377\304\000\024\021\001\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\377\332\000\014\003\001\000\002\021\003\021\000?\000\252@\007\377\331', '2026-11-26 02:09:55.036581+00');
INSERT INTO intake.publishers VALUES
	('property', '01a2159d-c752-7657-ad37-ad572cdc1b58', NULL, NULL, '2026-11-26 02:09:55.669635+00', '01a2159d-b374-760d-890a-5fa57e5305cd', '01a2159d-d7d5-74a9-b6b1-e8dda5baa9d8', '01a2159d-b0db-7226-8530-f5b5900dcc6e', 1, '2026-11-26 02:09:55.669498+00');
INSERT INTO intake.residents VALUES
	('01a2159d-ca81-7091-a062-5010047a346b', '01a2159d-b0db-7226-8530-f5b5900dcc6e', 1, '2026-11-26 02:09:52.257132+00', '01a2159d-ca29-71fb-8fa9-26432c44c262', '演示·居民1', 'gAAAAABrB5TwIMu9d-2NtpG9n5OL-t8Z8Mc-ltQcFh5GDJLERb93_ThJqOfkE9k1NZnlnBK5e4b1OHLpojK_8H6szLmlHRfr5Q==', 'Z\000\035\310V^\272\364v=\366\204\210\251w\242r[Q\314z9M\355\220\223"\334h\253`T', NULL, 'zh', false),
	('01a2159d-cb4f-776a-99d0-783f3774ea19', '01a2159d-b0db-7226-8530-f5b5900dcc6e', 1, '2026-11-26 02:09:52.463667+00', '01a2159d-ca29-71fb-8fa9-26432c44c262', '演示·居民2', 'gAAAAABrB5TwCHp2zYqpMhNgUE8YveS1RSzWn0ck7kgiwhXNjUVkGDR-ObpwaZzII_42ulcNJClAtrOVZhMPhPXtZjdtbUOWQg==', '{\314\233\2528T\214j\202?J%\227\302G\365\001\3428_\236\275\253\211\2556\315\306\314p\246\015', NULL, 'zh', false),
	('01a2159d-cbe8-7640-ae0a-7224894816b6', '01a2159d-b0db-7226-8530-f5b5900dcc6e', 1, '2026-11-26 02:09:52.616501+00', NULL, '演示·居民3', 'gAAAAABrB5Tw-Pw5d-R2OAz2QrHd7VjyH73Oypfx-Cxj0gSQVoSDTKUuuFwnde1BWFMShL2jlSFAbXeacnCkR17f0AqcuAFvAA==', '\346\377Q\256=\311\312E/\021\032\366\367@\251\215\363\243\346f_y''\365\2059\220\274\205\255\315\363', NULL, 'zh', false),
	('01a2159d-cf04-74aa-8baf-509c61bae14e', '01a2159d-b0db-7226-8530-f5b5900dcc6e', 1, '2026-11-26 02:09:53.412601+00', NULL, '演示·居民4', 'gAAAAABrB5TxkBbzWwWNeYImRKCBbyaKGgLoubWgBglFtTwW53TMHrIu52yhR0BpDCCIkX6xlS5mT8dSwroV5MP1MaHPGWUO-A==', '\335\220\231\320\335\364\303\000~\365\345\277\02412|\204`E\026\370\370a\370p\226\3339\361^\3740', NULL, 'zh', false),
	('01a2159d-cfc2-7638-a8f5-0274fabcfba1', '01a2159d-b0db-7226-8530-f5b5900dcc6e', 1, '2026-11-26 02:09:53.602619+00', NULL, '演示·居民5', 'gAAAAABrB5TxvxEPNXUV7rq2lc7rpfbDIhytSb-CwBuqJW8gr0t1mqhYHJ7ThHI9mLraakDjBTlmuQ7MMYj0zGTIUVqVlR7vWg==', '\017\207E\260E(<\000\360bT\257:I\214\366"\212r\002~\373(\221\225\314\251#\271\011\340\227', NULL, 'zh', false);
INSERT INTO intake.sent_20261126 VALUES
	(11, 53, 'linli.wish.delivered.v1', 'wishes/01a2159d-da03-74ef-ac6e-1931b21d51e9', '01a2159d-daa5-75f3-8be9-cc9800223448', '{"specversion":"1.0","id":"01a2159d-dac5-7645-a862-a8a79dfd7a7d","type":"linli.wish.delivered.v1","source":"/services/intake","subject":"wishes/01a2159d-da03-74ef-ac6e-1931b21d51e9","time":"2026-11-26T02:09:56.421038+00:00","datacontenttype":"application/json","dataschema":"urn:linli:contract:linli.wish.delivered.v1","station":"01a2159d-b0db-7226-8530-f5b5900dcc6e","sequence":"000000000004","correlationid":"01a2159d-daa5-75f3-8be9-cc9800223448","data":{"wish_id":"01a2159d-da03-74ef-ac6e-1931b21d51e9","resident_id":"01a2159d-ca81-7091-a062-5010047a346b","title":"\346\203\263\346\215\242\344\270\200\344\270\252\347\201\257\346\263\241","taker_kind":"volunteer","taker_id":"01a2159d-cbe8-7640-ae0a-7224894816b6"}}', '2026-11-26 02:09:56.400612+00', '2026-11-26 02:09:56.475739+00', 'intake'),
	(11, 47, 'linli.wish.opened.v1', 'wishes/01a2159d-d973-736f-b6d0-073b5d16bce4', '01a2159d-d984-777f-97fc-7283edaccfb7', '{"specversion":"1.0","id":"01a2159d-d994-7202-bf4d-e7270dab11ba","type":"linli.wish.opened.v1","source":"/services/intake","subject":"wishes/01a2159d-d973-736f-b6d0-073b5d16bce4","time":"2026-11-26T02:09:56.116320+00:00","datacontenttype":"application/json","dataschema":"urn:linli:contract:linli.wish.opened.v1","station":"01a2159d-b0db-7226-8530-f5b5900dcc6e","sequence":"000000000002","correlationid":"01a2159d-d984-777f-97fc-7283edaccfb7","data":{"wish_id":"01a2159d-d973-736f-b6d0-073b5d16bce4","resident_id":"01a2159d-ca81-7091-a062-5010047a346b","title":"\346\203\263\346\215\242\344\270\200\344\270\252\347\201\257\346\263\241","taker_kind":null,"taker_id":null}}', '2026-11-26 02:09:56.11014+00', '2026-11-26 02:09:56.136787+00', 'intake'),
	(11, 49, 'linli.wish.delivered.v1', 'wishes/01a2159d-d973-736f-b6d0-073b5d16bce4', '01a2159d-d9c4-7083-b2ef-5c42c361024f', '{"specversion":"1.0","id":"01a2159d-d9d6-73f1-9526-a5eda0097e24","type":"linli.wish.delivered.v1","source":"/services/intake","subject":"wishes/01a2159d-d973-736f-b6d0-073b5d16bce4","time":"2026-11-26T02:09:56.182730+00:00","datacontenttype":"application/json","dataschema":"urn:linli:contract:linli.wish.delivered.v1","station":"01a2159d-b0db-7226-8530-f5b5900dcc6e","sequence":"000000000004","correlationid":"01a2159d-d9c4-7083-b2ef-5c42c361024f","data":{"wish_id":"01a2159d-d973-736f-b6d0-073b5d16bce4","resident_id":"01a2159d-ca81-7091-a062-5010047a346b","title":"\346\203\263\346\215\242\344\270\200\344\270\252\347\201\257\346\263\241","taker_kind":"volunteer","taker_id":"01a2159d-cbe8-7640-ae0a-7224894816b6"}}', '2026-11-26 02:09:56.180631+00', '2026-11-26 02:09:56.204587+00', 'intake'),
	(11, 51, 'linli.wish.opened.v1', 'wishes/01a2159d-da03-74ef-ac6e-1931b21d51e9', '01a2159d-da30-752e-a48e-ff0204d9f8ae', '{"specversion":"1.0","id":"01a2159d-da4f-7125-8e13-a762cdacd088","type":"linli.wish.opened.v1","source":"/services/intake","subject":"wishes/01a2159d-da03-74ef-ac6e-1931b21d51e9","time":"2026-11-26T02:09:56.303585+00:00","datacontenttype":"application/json","dataschema":"urn:linli:contract:linli.wish.opened.v1","station":"01a2159d-b0db-7226-8530-f5b5900dcc6e","sequence":"000000000002","correlationid":"01a2159d-da30-752e-a48e-ff0204d9f8ae","data":{"wish_id":"01a2159d-da03-74ef-ac6e-1931b21d51e9","resident_id":"01a2159d-ca81-7091-a062-5010047a346b","title":"\346\203\263\346\215\242\344\270\200\344\270\252\347\201\257\346\263\241","taker_kind":null,"taker_id":null}}', '2026-11-26 02:09:56.290265+00', '2026-11-26 02:09:56.328165+00', 'intake'),
	(11, 52, 'linli.wish.claimed.v1', 'wishes/01a2159d-da03-74ef-ac6e-1931b21d51e9', '01a2159d-da6f-73a9-97b7-b3b3b46be2c5', '{"specversion":"1.0","id":"01a2159d-da8b-73b7-8d84-8c13ead996e5","type":"linli.wish.claimed.v1","source":"/services/intake","subject":"wishes/01a2159d-da03-74ef-ac6e-1931b21d51e9","time":"2026-11-26T02:09:56.363738+00:00","datacontenttype":"application/json","dataschema":"urn:linli:contract:linli.wish.claimed.v1","station":"01a2159d-b0db-7226-8530-f5b5900dcc6e","sequence":"000000000003","correlationid":"01a2159d-da6f-73a9-97b7-b3b3b46be2c5","data":{"wish_id":"01a2159d-da03-74ef-ac6e-1931b21d51e9","resident_id":"01a2159d-ca81-7091-a062-5010047a346b","title":"\346\203\263\346\215\242\344\270\200\344\270\252\347\201\257\346\263\241","taker_kind":"volunteer","taker_id":"01a2159d-cbe8-7640-ae0a-7224894816b6","lease_until":"2026-12-03T02:09:56.353902Z"}}', '2026-11-26 02:09:56.344381+00', '2026-11-26 02:09:56.391656+00', 'intake'),
	(11, 46, 'linli.wish.posted.v1', 'wishes/01a2159d-d973-736f-b6d0-073b5d16bce4', '01a2159d-d96f-73de-989b-1f6da48575e0', '{"specversion":"1.0","id":"01a2159d-d975-7470-b62e-b597ff31a5aa","type":"linli.wish.posted.v1","source":"/services/intake","subject":"wishes/01a2159d-d973-736f-b6d0-073b5d16bce4","time":"2026-11-26T02:09:56.085871+00:00","datacontenttype":"application/json","dataschema":"urn:linli:contract:linli.wish.posted.v1","station":"01a2159d-b0db-7226-8530-f5b5900dcc6e","sequence":"000000000001","correlationid":"01a2159d-d96f-73de-989b-1f6da48575e0","data":{"wish_id":"01a2159d-d973-736f-b6d0-073b5d16bce4","resident_id":"01a2159d-ca81-7091-a062-5010047a346b","title":"\346\203\263\346\215\242\344\270\200\344\270\252\347\201\257\346\263\241","taker_kind":null,"taker_id":null}}', '2026-11-26 02:09:56.081658+00', '2026-11-26 02:09:56.100885+00', 'intake'),
	(11, 48, 'linli.wish.claimed.v1', 'wishes/01a2159d-d973-736f-b6d0-073b5d16bce4', '01a2159d-d9a7-7442-a236-fcdaf2c32d88', '{"specversion":"1.0","id":"01a2159d-d9b5-7300-ac11-90af7b945b44","type":"linli.wish.claimed.v1","source":"/services/intake","subject":"wishes/01a2159d-d973-736f-b6d0-073b5d16bce4","time":"2026-11-26T02:09:56.149338+00:00","datacontenttype":"application/json","dataschema":"urn:linli:contract:linli.wish.claimed.v1","station":"01a2159d-b0db-7226-8530-f5b5900dcc6e","sequence":"000000000003","correlationid":"01a2159d-d9a7-7442-a236-fcdaf2c32d88","data":{"wish_id":"01a2159d-d973-736f-b6d0-073b5d16bce4","resident_id":"01a2159d-ca81-7091-a062-5010047a346b","title":"\346\203\263\346\215\242\344\270\200\344\270\252\347\201\257\346\263\241","taker_kind":"volunteer","taker_id":"01a2159d-cbe8-7640-ae0a-7224894816b6","lease_until":"2026-12-03T02:09:56.147790Z"}}', '2026-11-26 02:09:56.145027+00', '2026-11-26 02:09:56.166661+00', 'intake'),
	(11, 50, 'linli.wish.posted.v1', 'wishes/01a2159d-da03-74ef-ac6e-1931b21d51e9', '01a2159d-d9e9-7237-896c-4f42fde0107f', '{"specversion":"1.0","id":"01a2159d-da07-73ca-88e0-7a272f76a393","type":"linli.wish.posted.v1","source":"/services/intake","subject":"wishes/01a2159d-da03-74ef-ac6e-1931b21d51e9","time":"2026-11-26T02:09:56.231805+00:00","datacontenttype":"application/json","dataschema":"urn:linli:contract:linli.wish.posted.v1","station":"01a2159d-b0db-7226-8530-f5b5900dcc6e","sequence":"000000000001","correlationid":"01a2159d-d9e9-7237-896c-4f42fde0107f","data":{"wish_id":"01a2159d-da03-74ef-ac6e-1931b21d51e9","resident_id":"01a2159d-ca81-7091-a062-5010047a346b","title":"\346\203\263\346\215\242\344\270\200\344\270\252\347\201\257\346\263\241","taker_kind":null,"taker_id":null}}', '2026-11-26 02:09:56.215113+00', '2026-11-26 02:09:56.280745+00', 'intake'),
	(11, 54, 'linli.wish.fulfilled.v1', 'wishes/01a2159d-d973-736f-b6d0-073b5d16bce4', '01a2159d-db33-762e-9a46-299f77555f59', '{"specversion":"1.0","id":"01a2159d-db4d-7258-9109-6471b1228319","type":"linli.wish.fulfilled.v1","source":"/services/intake","subject":"wishes/01a2159d-d973-736f-b6d0-073b5d16bce4","time":"2026-11-26T02:09:56.557492+00:00","datacontenttype":"application/json","dataschema":"urn:linli:contract:linli.wish.fulfilled.v1","station":"01a2159d-b0db-7226-8530-f5b5900dcc6e","sequence":"000000000005","correlationid":"01a2159d-db33-762e-9a46-299f77555f59","data":{"wish_id":"01a2159d-d973-736f-b6d0-073b5d16bce4","resident_id":"01a2159d-ca81-7091-a062-5010047a346b","title":"\346\203\263\346\215\242\344\270\200\344\270\252\347\201\257\346\263\241","taker_kind":"volunteer","taker_id":"01a2159d-cbe8-7640-ae0a-7224894816b6","minutes":30,"revision":1}}', '2026-11-26 02:09:56.54431+00', '2026-11-26 02:09:56.584467+00', 'intake');
INSERT INTO intake.sessions VALUES
	('\241\271J\215\031\004v\227\376\300o\225\015\320\014\333\314\364* }\212b\004\31602~\302F\347L', '01a2159d-b0db-7226-8530-f5b5900dcc6e', NULL, '01a2159d-b374-760d-890a-5fa57e5305cd', '2026-11-26 02:09:49.48802+00', '2026-12-26 02:09:49.48802+00'),
	('\264\316`\002\237\203\247\247R/\200\244\300O\012M\236\356T\255./\026\215\262o\266\305dP\002\204', '01a2159d-b0db-7226-8530-f5b5900dcc6e', NULL, '01a2159d-c280-741f-914c-fa6a1dfcb156', '2026-11-26 02:09:50.870122+00', '2026-12-26 02:09:50.870122+00'),
	('\025\374\035\000I\346a\012z#x\254\315\016\033M\302**T\334\371]v\2256\012\\\013@\003/', '01a2159d-b0db-7226-8530-f5b5900dcc6e', NULL, '01a2159d-c752-7657-ad37-ad572cdc1b58', '2026-11-26 02:09:52.041279+00', '2026-12-26 02:09:52.041279+00'),
	('\301\327\376''\204:K[\362\236n\270\011\212\302\336\224M\255\016\012\242p\250\242T\000BoB\265U', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-ca81-7091-a062-5010047a346b', NULL, '2026-11-26 02:09:52.409803+00', '2026-12-26 02:09:52.409803+00'),
	('\322\206\214\261\036 |{n\2232\0251\340\375\261\0301\034N\013,\370\322u\211\355\216xu\027\006', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-cb4f-776a-99d0-783f3774ea19', NULL, '2026-11-26 02:09:52.583768+00', '2026-12-26 02:09:52.583768+00'),
	('Yzz*m)X\3436\207\177\017\272\350\036!9\301\365\331,\267\332\235I\035\034\360u\307\347\372', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-cbe8-7640-ae0a-7224894816b6', NULL, '2026-11-26 02:09:52.673057+00', '2026-12-26 02:09:52.673057+00'),
	('4\233\204-\242\247Q\200\322t\371u\000\003\311\024\212\261\360\003q\034l\204\032\326\213~\266\0352o', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-cf04-74aa-8baf-509c61bae14e', NULL, '2026-11-26 02:09:53.509599+00', '2026-12-26 02:09:53.509599+00'),
	('\003\225c\2654\364b\3411\265\032\366\033\0035\344\004\017n\333Ki!\371(\010r\303n\225*\274', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-cfc2-7638-a8f5-0274fabcfba1', NULL, '2026-11-26 02:09:53.884625+00', '2026-12-26 02:09:53.884625+00');
INSERT INTO intake.sign_in_codes VALUES
	('01a2159d-d036-7746-902b-ba76fdddff92', '01a2159d-b0db-7226-8530-f5b5900dcc6e', 2, '2026-11-26 02:09:53.718999+00', '\017\207E\260E(<\000\360bT\257:I\214\366"\212r\002~\373(\221\225\314\251#\271\011\340\227', '01a2159d-cfc2-7638-a8f5-0274fabcfba1', '\016\316\375l\266fAzg\205\214\343\272\0147\031L\205\213\366:O\250\320\327\247W;=\3115C', 1, true, '2026-11-26 02:14:53.718918+00');
INSERT INTO intake.slips VALUES
	('01a2159d-cad6-744a-9860-f64cf4d0e106', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-ca81-7091-a062-5010047a346b', 't\015\251\024>N\333\320\307\034\253~\206\325\333\232iC\037\237`\005`''Z\321Z\320\374\177i:', '01a2159d-c280-741f-914c-fa6a1dfcb156', '2026-11-26 02:09:52.342132+00', '2026-11-27 02:09:52.342132+00', '2026-11-26 02:09:52.391022+00'),
	('01a2159d-cb8f-715e-86ae-d2d806bb50d1', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-cb4f-776a-99d0-783f3774ea19', '-\275\350\356W+Lc\376\247\037Uw\324\374\247\253\310\225\346\256\244v=\276\254I\035\212\242\210l', '01a2159d-c280-741f-914c-fa6a1dfcb156', '2026-11-26 02:09:52.527023+00', '2026-11-27 02:09:52.527023+00', '2026-11-26 02:09:52.568072+00'),
	('01a2159d-cbfe-7789-a714-f9501307cadc', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-cbe8-7640-ae0a-7224894816b6', '\322\007_&\0052AtK\233`d\247\303\006\360\230\026\374\203\361"}\313*\242j\\v!<r', '01a2159d-c280-741f-914c-fa6a1dfcb156', '2026-11-26 02:09:52.63843+00', '2026-11-27 02:09:52.63843+00', '2026-11-26 02:09:52.66611+00'),
	('01a2159d-cf2e-74f8-b642-e0a3b26dc74e', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-cf04-74aa-8baf-509c61bae14e', 'r\243\362\370\\4\013.J\306\224,p\341@V\342D\206\370\331\274\215\344\345\000\014\266Y\343U\270', '01a2159d-c280-741f-914c-fa6a1dfcb156', '2026-11-26 02:09:53.454478+00', '2026-11-27 02:09:53.454478+00', '2026-11-26 02:09:53.49618+00');
INSERT INTO intake.stations VALUES
	('01a2159d-b0db-7226-8530-f5b5900dcc6e', 'demo-estate', '演示家园', 'Demo estate', '演示社区', 'Demo community', '', 'Asia/Shanghai', false, '2026-11-26 02:09:45.69144+00');
INSERT INTO intake.tries VALUES
	('\212\235L\016\276\2232\206\222\034\225\323\216\007\335\202\031f\330\235\344R.\201\2558\023\303\315\026\362\272', 1, '2026-11-26 02:09:53.711899+00');
INSERT INTO intake.volunteers VALUES
	('01a2159d-ccf2-72db-bcfc-2ef9ca363b41', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-cbe8-7640-ae0a-7224894816b6', 'approved', 2),
	('01a2159d-cf8f-72d2-9539-8c5a00cc945c', '01a2159d-b0db-7226-8530-f5b5900dcc6e', '01a2159d-cf04-74aa-8baf-509c61bae14e', 'applied', 1);
INSERT INTO intake.wish_steps VALUES
	('01a2159d-d12a-72b1-a2ab-2e554d1f452c', 1, '01a2159d-b0db-7226-8530-f5b5900dcc6e', '2026-11-26 02:09:53.962787+00', 'resident', '01a2159d-ca81-7091-a062-5010047a346b', NULL, NULL, 'posted', NULL, '01a2159d-d116-7392-9cce-d1e00113647a'),
	('01a2159d-d168-7119-9528-b18c94ec9639', 1, '01a2159d-b0db-7226-8530-f5b5900dcc6e', '2026-11-26 02:09:54.025075+00', 'resident', '01a2159d-ca81-7091-a062-5010047a346b', NULL, NULL, 'posted', NULL, '01a2159d-d153-729b-8971-1f7f7d0dd9e3'),
	('01a2159d-d168-7119-9528-b18c94ec9639', 2, '01a2159d-b0db-7226-8530-f5b5900dcc6e', '2026-11-26 02:09:54.072625+00', 'desk', '01a2159d-c280-741f-914c-fa6a1dfcb156', NULL, 'posted', 'open', NULL, '01a2159d-d17f-707c-a947-515ce89ce17d'),
	('01a2159d-d1f3-7439-846e-b53bb66ed6f4', 1, '01a2159d-b0db-7226-8530-f5b5900dcc6e', '2026-11-26 02:09:54.163857+00', 'resident', '01a2159d-ca81-7091-a062-5010047a346b', NULL, NULL, 'posted', NULL, '01a2159d-d1cb-7389-a271-6503217f187d'),
	('01a2159d-d1f3-7439-846e-b53bb66ed6f4', 2, '01a2159d-b0db-7226-8530-f5b5900dcc6e', '2026-11-26 02:09:54.231978+00', 'desk', '01a2159d-c280-741f-914c-fa6a1dfcb156', NULL, 'posted', 'open', NULL, '01a2159d-d218-7663-93e1-2cba9ea374e9'),
	('01a2159d-d1f3-7439-846e-b53bb66ed6f4', 3, '01a2159d-b0db-7226-8530-f5b5900dcc6e', '2026-11-26 02:09:54.300833+00', 'volunteer', '01a2159d-cbe8-7640-ae0a-7224894816b6', NULL, 'open', 'claimed', NULL, '01a2159d-d257-7599-9ef3-62329fd1ca55'),
	('01a2159d-d2d3-7142-8dcd-64bb05f4a14a', 1, '01a2159d-b0db-7226-8530-f5b5900dcc6e', '2026-11-26 02:09:54.387718+00', 'resident', '01a2159d-ca81-7091-a062-5010047a346b', NULL, NULL, 'posted', NULL, '01a2159d-d2ab-75bd-8bb5-de9e836bfb18'),
	('01a2159d-d2d3-7142-8dcd-64bb05f4a14a', 2, '01a2159d-b0db-7226-8530-f5b5900dcc6e', '2026-11-26 02:09:54.47135+00', 'desk', '01a2159d-c280-741f-914c-fa6a1dfcb156', NULL, 'posted', 'open', NULL, '01a2159d-d309-72c8-ad01-5881f8edacfc'),
	('01a2159d-d2d3-7142-8dcd-64bb05f4a14a', 3, '01a2159d-b0db-7226-8530-f5b5900dcc6e', '2026-11-26 02:09:54.521944+00', 'volunteer', '01a2159d-cbe8-7640-ae0a-7224894816b6', NULL, 'open', 'claimed', NULL, '01a2159d-d348-7151-84a1-a4fa0e8a259c'),
	('01a2159d-d2d3-7142-8dcd-64bb05f4a14a', 4, '01a2159d-b0db-7226-8530-f5b5900dcc6e', '2026-11-26 02:09:54.560432+00', 'volunteer', '01a2159d-cbe8-7640-ae0a-7224894816b6', NULL, 'claimed', 'delivered', '换好了', '01a2159d-d373-755c-9eb5-1580595f80fd'),
	('01a2159d-d3c6-73f0-9bea-1a9a7e201055', 1, '01a2159d-b0db-7226-8530-f5b5900dcc6e', '2026-11-26 02:09:54.630733+00', 'resident', '01a2159d-ca81-7091-a062-5010047a346b', NULL, NULL, 'posted', NULL, '01a2159d-d3b0-71a1-9647-86c9a0fdbb22'),
	('01a2159d-d3c6-73f0-9bea-1a9a7e201055', 2, '01a2159d-b0db-7226-8530-f5b5900dcc6e', '2026-11-26 02:09:54.667928+00', 'desk', '01a2159d-c280-741f-914c-fa6a1dfcb156', NULL, 'posted', 'open', NULL, '01a2159d-d3de-71cb-b9b9-3d6b72e202cf'),
	('01a2159d-d3c6-73f0-9bea-1a9a7e201055', 3, '01a2159d-b0db-7226-8530-f5b5900dcc6e', '2026-11-26 02:09:54.718624+00', 'volunteer', '01a2159d-cbe8-7640-ae0a-7224894816b6', NULL, 'open', 'claimed', NULL, '01a2159d-d413-719e-b71a-b10556f10fd9'),
	('01a2159d-d3c6-73f0-9bea-1a9a7e201055', 4, '01a2159d-b0db-7226-8530-f5b5900dcc6e', '2026-11-26 02:09:54.739358+00', 'volunteer', '01a2159d-cbe8-7640-ae0a-7224894816b6', NULL, 'claimed', 'delivered', '换好了', '01a2159d-d42d-71a7-9a8b-636096545889'),
	('01a2159d-d3c6-73f0-9bea-1a9a7e201055', 5, '01a2159d-b0db-7226-8530-f5b5900dcc6e', '2026-11-26 02:09:54.772677+00', 'resident', '01a2159d-ca81-7091-a062-5010047a346b', NULL, 'delivered', 'fulfilled', '谢谢邻居', '01a2159d-d44d-72ab-8cb7-b24cd85403bd'),
	('01a2159d-d46a-728c-8d82-5f0047daabe3', 1, '01a2159d-b0db-7226-8530-f5b5900dcc6e', '2026-11-26 02:09:54.794661+00', 'resident', '01a2159d-ca81-7091-a062-5010047a346b', NULL, NULL, 'posted', NULL, '01a2159d-d464-74fc-ba49-5a068d9c89a2'),
	('01a2159d-d46a-728c-8d82-5f0047daabe3', 2, '01a2159d-b0db-7226-8530-f5b5900dcc6e', '2026-11-26 02:09:54.815652+00', 'desk', '01a2159d-c280-741f-914c-fa6a1dfcb156', NULL, 'posted', 'declined', '请到窗口申请补助', '01a2159d-d475-71bc-9d72-0ca9b14c7ce4'),
	('01a2159d-d4a0-74b6-b7eb-58d978cbe867', 1, '01a2159d-b0db-7226-8530-f5b5900dcc6e', '2026-11-26 02:09:54.848139+00', 'resident', '01a2159d-ca81-7091-a062-5010047a346b', NULL, NULL, 'posted', NULL, '01a2159d-d496-71a1-83f7-ea6886661064'),
	('01a2159d-d4a0-74b6-b7eb-58d978cbe867', 2, '01a2159d-b0db-7226-8530-f5b5900dcc6e', '2026-11-26 02:09:54.890259+00', 'desk', '01a2159d-c280-741f-914c-fa6a1dfcb156', NULL, 'posted', 'open', NULL, '01a2159d-d4b9-74cf-9df7-b3bb6273aaef'),
	('01a2159d-d4a0-74b6-b7eb-58d978cbe867', 3, '01a2159d-b0db-7226-8530-f5b5900dcc6e', '2026-11-26 02:09:54.906458+00', 'resident', '01a2159d-ca81-7091-a062-5010047a346b', NULL, 'open', 'withdrawn', NULL, '01a2159d-d4d5-75ff-b382-eb8b4ba475f1'),
	('01a2159d-d4f5-7340-9252-f5981eecff9b', 1, '01a2159d-b0db-7226-8530-f5b5900dcc6e', '2026-11-26 02:09:54.933709+00', 'resident', '01a2159d-ca81-7091-a062-5010047a346b', NULL, NULL, 'posted', NULL, '01a2159d-d4eb-7504-956b-f223063f4d9d'),
	('01a2159d-d4f5-7340-9252-f5981eecff9b', 2, '01a2159d-b0db-7226-8530-f5b5900dcc6e', '2026-11-26 02:09:54.962204+00', 'desk', '01a2159d-c280-741f-914c-fa6a1dfcb156', NULL, 'posted', 'open', NULL, '01a2159d-d509-74b6-b307-d0095a608d67'),
	('01a2159d-d4f5-7340-9252-f5981eecff9b', 3, '01a2159d-b0db-7226-8530-f5b5900dcc6e', '2026-11-26 02:09:54.98481+00', 'desk', '01a2159d-c280-741f-914c-fa6a1dfcb156', NULL, 'open', 'answered', '已经转交公交公司', '01a2159d-d521-7348-823a-2fa7cf828da1'),
	('01a2159d-d973-736f-b6d0-073b5d16bce4', 1, '01a2159d-b0db-7226-8530-f5b5900dcc6e', '2026-11-26 02:09:56.084064+00', 'resident', '01a2159d-ca81-7091-a062-5010047a346b', NULL, NULL, 'posted', NULL, '01a2159d-d96f-73de-989b-1f6da48575e0'),
	('01a2159d-d973-736f-b6d0-073b5d16bce4', 2, '01a2159d-b0db-7226-8530-f5b5900dcc6e', '2026-11-26 02:09:56.114433+00', 'desk', '01a2159d-c280-741f-914c-fa6a1dfcb156', NULL, 'posted', 'open', NULL, '01a2159d-d984-777f-97fc-7283edaccfb7'),
	('01a2159d-d973-736f-b6d0-073b5d16bce4', 3, '01a2159d-b0db-7226-8530-f5b5900dcc6e', '2026-11-26 02:09:56.147863+00', 'volunteer', '01a2159d-cbe8-7640-ae0a-7224894816b6', NULL, 'open', 'claimed', NULL, '01a2159d-d9a7-7442-a236-fcdaf2c32d88'),
	('01a2159d-d973-736f-b6d0-073b5d16bce4', 4, '01a2159d-b0db-7226-8530-f5b5900dcc6e', '2026-11-26 02:09:56.18198+00', 'volunteer', '01a2159d-cbe8-7640-ae0a-7224894816b6', NULL, 'claimed', 'delivered', '换好了', '01a2159d-d9c4-7083-b2ef-5c42c361024f'),
	('01a2159d-da03-74ef-ac6e-1931b21d51e9', 1, '01a2159d-b0db-7226-8530-f5b5900dcc6e', '2026-11-26 02:09:56.227951+00', 'resident', '01a2159d-ca81-7091-a062-5010047a346b', NULL, NULL, 'posted', NULL, '01a2159d-d9e9-7237-896c-4f42fde0107f'),
	('01a2159d-da03-74ef-ac6e-1931b21d51e9', 2, '01a2159d-b0db-7226-8530-f5b5900dcc6e', '2026-11-26 02:09:56.299768+00', 'desk', '01a2159d-c280-741f-914c-fa6a1dfcb156', NULL, 'posted', 'open', NULL, '01a2159d-da30-752e-a48e-ff0204d9f8ae'),
	('01a2159d-da03-74ef-ac6e-1931b21d51e9', 3, '01a2159d-b0db-7226-8530-f5b5900dcc6e', '2026-11-26 02:09:56.353988+00', 'volunteer', '01a2159d-cbe8-7640-ae0a-7224894816b6', NULL, 'open', 'claimed', NULL, '01a2159d-da6f-73a9-97b7-b3b3b46be2c5'),
	('01a2159d-da03-74ef-ac6e-1931b21d51e9', 4, '01a2159d-b0db-7226-8530-f5b5900dcc6e', '2026-11-26 02:09:56.411857+00', 'volunteer', '01a2159d-cbe8-7640-ae0a-7224894816b6', NULL, 'claimed', 'delivered', '换好了', '01a2159d-daa5-75f3-8be9-cc9800223448'),
	('01a2159d-d973-736f-b6d0-073b5d16bce4', 5, '01a2159d-b0db-7226-8530-f5b5900dcc6e', '2026-11-26 02:09:56.555995+00', 'resident', '01a2159d-ca81-7091-a062-5010047a346b', NULL, 'delivered', 'fulfilled', '谢谢邻居', '01a2159d-db33-762e-9a46-299f77555f59'),
	('01a2159d-da03-74ef-ac6e-1931b21d51e9', 5, '01a2159d-b0db-7226-8530-f5b5900dcc6e', '2026-11-26 02:09:56.693171+00', 'resident', '01a2159d-ca81-7091-a062-5010047a346b', NULL, 'delivered', 'fulfilled', '谢谢邻居', '01a2159d-dbc8-743c-91b7-9e131d84923f');
INSERT INTO intake.wishes VALUES
	('01a2159d-ca81-7091-a062-5010047a346b', '想换一个灯泡', '厨房的灯不亮了', 'posted', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL, false, NULL, '01a2159d-d12a-72b1-a2ab-2e554d1f452c', '01a2159d-b0db-7226-8530-f5b5900dcc6e', 1, '2026-11-26 02:09:53.962629+00'),
	('01a2159d-ca81-7091-a062-5010047a346b', '想换一个灯泡', '厨房的灯不亮了', 'open', '2026-11-26 02:09:54.072534+00', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL, false, NULL, '01a2159d-d168-7119-9528-b18c94ec9639', '01a2159d-b0db-7226-8530-f5b5900dcc6e', 2, '2026-11-26 02:09:54.024942+00'),
	('01a2159d-ca81-7091-a062-5010047a346b', '想换一个灯泡', '厨房的灯不亮了', 'claimed', NULL, 'volunteer', '01a2159d-cbe8-7640-ae0a-7224894816b6', '2026-12-03 02:09:54.300715+00', NULL, NULL, NULL, NULL, 0, NULL, NULL, false, NULL, '01a2159d-d1f3-7439-846e-b53bb66ed6f4', '01a2159d-b0db-7226-8530-f5b5900dcc6e', 3, '2026-11-26 02:09:54.163686+00'),
	('01a2159d-ca81-7091-a062-5010047a346b', '想换一个灯泡', '厨房的灯不亮了', 'delivered', NULL, 'volunteer', '01a2159d-cbe8-7640-ae0a-7224894816b6', NULL, '01a2159d-cbe8-7640-ae0a-7224894816b6', '2026-11-26 02:09:54.560354+00', '换好了', 30, 0, NULL, NULL, false, NULL, '01a2159d-d2d3-7142-8dcd-64bb05f4a14a', '01a2159d-b0db-7226-8530-f5b5900dcc6e', 4, '2026-11-26 02:09:54.387576+00'),
	('01a2159d-ca81-7091-a062-5010047a346b', '想换一个灯泡', '厨房的灯不亮了', 'fulfilled', NULL, 'volunteer', '01a2159d-cbe8-7640-ae0a-7224894816b6', NULL, '01a2159d-cbe8-7640-ae0a-7224894816b6', '2026-11-26 02:09:54.739287+00', '换好了', 30, 1, '2026-11-26 02:09:54.772543+00', '谢谢邻居', false, NULL, '01a2159d-d3c6-73f0-9bea-1a9a7e201055', '01a2159d-b0db-7226-8530-f5b5900dcc6e', 5, '2026-11-26 02:09:54.630608+00'),
	('01a2159d-ca81-7091-a062-5010047a346b', '想换一个灯泡', '厨房的灯不亮了', 'declined', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL, false, '请到窗口申请补助', '01a2159d-d46a-728c-8d82-5f0047daabe3', '01a2159d-b0db-7226-8530-f5b5900dcc6e', 2, '2026-11-26 02:09:54.794553+00'),
	('01a2159d-ca81-7091-a062-5010047a346b', '想换一个灯泡', '厨房的灯不亮了', 'withdrawn', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL, false, NULL, '01a2159d-d4a0-74b6-b7eb-58d978cbe867', '01a2159d-b0db-7226-8530-f5b5900dcc6e', 3, '2026-11-26 02:09:54.848028+00'),
	('01a2159d-ca81-7091-a062-5010047a346b', '想换一个灯泡', '厨房的灯不亮了', 'answered', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL, false, '已经转交公交公司', '01a2159d-d4f5-7340-9252-f5981eecff9b', '01a2159d-b0db-7226-8530-f5b5900dcc6e', 3, '2026-11-26 02:09:54.933604+00'),
	('01a2159d-ca81-7091-a062-5010047a346b', '想换一个灯泡', '厨房的灯不亮了', 'fulfilled', NULL, 'volunteer', '01a2159d-cbe8-7640-ae0a-7224894816b6', NULL, '01a2159d-cbe8-7640-ae0a-7224894816b6', '2026-11-26 02:09:56.181918+00', '换好了', 30, 1, '2026-11-26 02:09:56.555885+00', '谢谢邻居', false, NULL, '01a2159d-d973-736f-b6d0-073b5d16bce4', '01a2159d-b0db-7226-8530-f5b5900dcc6e', 5, '2026-11-26 02:09:56.083943+00'),
	('01a2159d-ca81-7091-a062-5010047a346b', '想换一个灯泡', '厨房的灯不亮了', 'fulfilled', NULL, 'volunteer', '01a2159d-cbe8-7640-ae0a-7224894816b6', NULL, '01a2159d-cbe8-7640-ae0a-7224894816b6', '2026-11-26 02:09:56.41178+00', '换好了', 30, 1, '2026-11-26 02:09:56.693079+00', '谢谢邻居', false, NULL, '01a2159d-da03-74ef-ac6e-1931b21d51e9', '01a2159d-b0db-7226-8530-f5b5900dcc6e', 5, '2026-11-26 02:09:56.227839+00');
SELECT pg_catalog.setval('intake.outbox_id_seq', 55, true);
ALTER TABLE ONLY intake.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY intake.accounts
    ADD CONSTRAINT pk_accounts PRIMARY KEY (id);
ALTER TABLE ONLY intake.answers
    ADD CONSTRAINT pk_answers PRIMARY KEY (key);
ALTER TABLE ONLY intake.api_keys
    ADD CONSTRAINT pk_api_keys PRIMARY KEY (id);
ALTER TABLE ONLY intake.buildings
    ADD CONSTRAINT pk_buildings PRIMARY KEY (id);
ALTER TABLE ONLY intake.events
    ADD CONSTRAINT pk_events PRIMARY KEY (id);
ALTER TABLE ONLY intake.grants
    ADD CONSTRAINT pk_grants PRIMARY KEY (publisher_id, may, type);
ALTER TABLE ONLY intake.homes
    ADD CONSTRAINT pk_homes PRIMARY KEY (id);
ALTER TABLE ONLY intake.households
    ADD CONSTRAINT pk_households PRIMARY KEY (id);
ALTER TABLE ONLY intake.inbox
    ADD CONSTRAINT pk_inbox PRIMARY KEY (consumer, message_key);
ALTER TABLE ONLY intake.jobs
    ADD CONSTRAINT pk_jobs PRIMARY KEY (name);
ALTER TABLE ONLY intake.outbox
    ADD CONSTRAINT pk_outbox PRIMARY KEY (lane, id);
ALTER TABLE ONLY intake.participations
    ADD CONSTRAINT pk_participations PRIMARY KEY (id);
ALTER TABLE ONLY intake.party_members
    ADD CONSTRAINT pk_party_members PRIMARY KEY (id);
ALTER TABLE ONLY intake.photos
    ADD CONSTRAINT pk_photos PRIMARY KEY (id);
ALTER TABLE ONLY intake.publishers
    ADD CONSTRAINT pk_publishers PRIMARY KEY (id);
ALTER TABLE ONLY intake.redrives
    ADD CONSTRAINT pk_redrives PRIMARY KEY (id);
ALTER TABLE ONLY intake.residents
    ADD CONSTRAINT pk_residents PRIMARY KEY (id);
ALTER TABLE ONLY intake.reveals
    ADD CONSTRAINT pk_reveals PRIMARY KEY (id);
ALTER TABLE ONLY intake.sessions
    ADD CONSTRAINT pk_sessions PRIMARY KEY (token_hash);
ALTER TABLE ONLY intake.sign_in_codes
    ADD CONSTRAINT pk_sign_in_codes PRIMARY KEY (id);
ALTER TABLE ONLY intake.slips
    ADD CONSTRAINT pk_slips PRIMARY KEY (id);
ALTER TABLE ONLY intake.stations
    ADD CONSTRAINT pk_stations PRIMARY KEY (id);
ALTER TABLE ONLY intake.tries
    ADD CONSTRAINT pk_tries PRIMARY KEY (key);
ALTER TABLE ONLY intake.volunteers
    ADD CONSTRAINT pk_volunteers PRIMARY KEY (volunteer_id);
ALTER TABLE ONLY intake.wish_steps
    ADD CONSTRAINT pk_wish_steps PRIMARY KEY (wish_id, version);
ALTER TABLE ONLY intake.wishes
    ADD CONSTRAINT pk_wishes PRIMARY KEY (id);
ALTER TABLE ONLY intake.accounts
    ADD CONSTRAINT uq_accounts_station_id_username UNIQUE (station_id, username);
ALTER TABLE ONLY intake.api_keys
    ADD CONSTRAINT uq_api_keys_key_hash UNIQUE (key_hash);
ALTER TABLE ONLY intake.buildings
    ADD CONSTRAINT uq_buildings_station_id_number UNIQUE (station_id, number);
ALTER TABLE ONLY intake.homes
    ADD CONSTRAINT uq_homes_building_id_unit_number UNIQUE (building_id, unit, number);
ALTER TABLE ONLY intake.participations
    ADD CONSTRAINT uq_participations_event_id_resident_id UNIQUE (event_id, resident_id);
ALTER TABLE ONLY intake.party_members
    ADD CONSTRAINT uq_party_members_station_id_resident_id UNIQUE (station_id, resident_id);
ALTER TABLE ONLY intake.publishers
    ADD CONSTRAINT uq_publishers_name UNIQUE (name);
ALTER TABLE ONLY intake.residents
    ADD CONSTRAINT uq_residents_station_id_phone_lookup UNIQUE (station_id, phone_lookup);
ALTER TABLE ONLY intake.slips
    ADD CONSTRAINT uq_slips_code_hash UNIQUE (code_hash);
ALTER TABLE ONLY intake.stations
    ADD CONSTRAINT uq_stations_code UNIQUE (code);
CREATE INDEX ix_accounts_station_id ON intake.accounts USING btree (station_id);
CREATE INDEX ix_answers_created_at ON intake.answers USING btree (created_at);
CREATE INDEX ix_api_keys_publisher_id ON intake.api_keys USING btree (publisher_id);
CREATE INDEX ix_api_keys_station_id ON intake.api_keys USING btree (station_id);
CREATE INDEX ix_buildings_station_id ON intake.buildings USING btree (station_id);
CREATE INDEX ix_events_ends_at ON intake.events USING btree (ends_at) WHERE ((state)::text = 'published'::text);
CREATE INDEX ix_events_station_id ON intake.events USING btree (station_id);
CREATE INDEX ix_events_station_id_starts_at_id ON intake.events USING btree (station_id, starts_at, id);
CREATE INDEX ix_homes_station_id ON intake.homes USING btree (station_id);
CREATE INDEX ix_households_home_id ON intake.households USING btree (home_id);
CREATE INDEX ix_households_station_id ON intake.households USING btree (station_id);
CREATE INDEX ix_inbox_correlation ON intake.inbox USING btree (correlation);
CREATE INDEX ix_inbox_done ON intake.inbox USING btree (handled_at) WHERE (state = 'done'::text);
CREATE INDEX ix_inbox_kept ON intake.inbox USING btree (state, due_at) WHERE (state <> 'done'::text);
CREATE INDEX ix_inbox_station ON intake.inbox USING btree (station_id, received_at, message_key) WHERE (state <> 'done'::text);
CREATE INDEX ix_participations_resident_id_state ON intake.participations USING btree (resident_id, state);
CREATE INDEX ix_participations_station_id ON intake.participations USING btree (station_id);
CREATE INDEX ix_party_members_station_id ON intake.party_members USING btree (station_id);
CREATE INDEX ix_photos_wish_id ON intake.photos USING btree (wish_id);
CREATE INDEX ix_publishers_station_id ON intake.publishers USING btree (station_id);
CREATE INDEX ix_redrives_station ON intake.redrives USING btree (station_id, id);
CREATE INDEX ix_residents_household_id ON intake.residents USING btree (household_id);
CREATE INDEX ix_residents_station_id ON intake.residents USING btree (station_id);
CREATE INDEX ix_reveals_station_id_resident_id ON intake.reveals USING btree (station_id, resident_id);
CREATE INDEX ix_sent_correlation ON ONLY intake.sent USING btree (correlation);
CREATE INDEX ix_sent_sent_at ON ONLY intake.sent USING brin (sent_at);
CREATE INDEX ix_sessions_account_id ON intake.sessions USING btree (account_id);
CREATE INDEX ix_sessions_expires_at ON intake.sessions USING btree (expires_at);
CREATE INDEX ix_sessions_resident_id ON intake.sessions USING btree (resident_id);
CREATE INDEX ix_sign_in_codes_expires_at ON intake.sign_in_codes USING btree (expires_at);
CREATE INDEX ix_sign_in_codes_station_id ON intake.sign_in_codes USING btree (station_id);
CREATE INDEX ix_sign_in_codes_station_id_phone_lookup_id ON intake.sign_in_codes USING btree (station_id, phone_lookup, id);
CREATE INDEX ix_slips_expires_at ON intake.slips USING btree (expires_at);
CREATE INDEX ix_slips_resident_id ON intake.slips USING btree (resident_id);
CREATE INDEX ix_tries_since ON intake.tries USING btree (since);
CREATE INDEX ix_volunteers_station_id_resident_id ON intake.volunteers USING btree (station_id, resident_id);
CREATE INDEX ix_wishes_lease_until ON intake.wishes USING btree (lease_until) WHERE ((state)::text = 'claimed'::text);
CREATE INDEX ix_wishes_open_since ON intake.wishes USING btree (open_since) WHERE ((state)::text = 'open'::text);
CREATE INDEX ix_wishes_station_id ON intake.wishes USING btree (station_id);
CREATE INDEX ix_wishes_station_id_resident_id_id ON intake.wishes USING btree (station_id, resident_id, id);
CREATE INDEX ix_wishes_station_id_state_id ON intake.wishes USING btree (station_id, state, id);
CREATE INDEX ix_wishes_station_id_taker_id_id ON intake.wishes USING btree (station_id, taker_id, id) WHERE (taker_id IS NOT NULL);
CREATE INDEX sent_20261125_correlation_idx ON intake.sent_20261125 USING btree (correlation);
CREATE INDEX sent_20261125_sent_at_idx ON intake.sent_20261125 USING brin (sent_at);
CREATE INDEX sent_20261126_correlation_idx ON intake.sent_20261126 USING btree (correlation);
CREATE INDEX sent_20261126_sent_at_idx ON intake.sent_20261126 USING brin (sent_at);
CREATE INDEX sent_20261127_correlation_idx ON intake.sent_20261127 USING btree (correlation);
CREATE INDEX sent_20261127_sent_at_idx ON intake.sent_20261127 USING brin (sent_at);
CREATE INDEX sent_20261128_correlation_idx ON intake.sent_20261128 USING btree (correlation);
CREATE INDEX sent_20261128_sent_at_idx ON intake.sent_20261128 USING brin (sent_at);
CREATE INDEX sent_20261129_correlation_idx ON intake.sent_20261129 USING btree (correlation);
CREATE INDEX sent_20261129_sent_at_idx ON intake.sent_20261129 USING brin (sent_at);
CREATE INDEX sent_20261130_correlation_idx ON intake.sent_20261130 USING btree (correlation);
CREATE INDEX sent_20261130_sent_at_idx ON intake.sent_20261130 USING brin (sent_at);
CREATE INDEX sent_20261201_correlation_idx ON intake.sent_20261201 USING btree (correlation);
CREATE INDEX sent_20261201_sent_at_idx ON intake.sent_20261201 USING brin (sent_at);
CREATE INDEX sent_20261202_correlation_idx ON intake.sent_20261202 USING btree (correlation);
CREATE INDEX sent_20261202_sent_at_idx ON intake.sent_20261202 USING brin (sent_at);
CREATE INDEX sent_20261203_correlation_idx ON intake.sent_20261203 USING btree (correlation);
CREATE INDEX sent_20261203_sent_at_idx ON intake.sent_20261203 USING brin (sent_at);
ALTER INDEX intake.ix_sent_correlation ATTACH PARTITION intake.sent_20261125_correlation_idx;
ALTER INDEX intake.ix_sent_sent_at ATTACH PARTITION intake.sent_20261125_sent_at_idx;
ALTER INDEX intake.ix_sent_correlation ATTACH PARTITION intake.sent_20261126_correlation_idx;
ALTER INDEX intake.ix_sent_sent_at ATTACH PARTITION intake.sent_20261126_sent_at_idx;
ALTER INDEX intake.ix_sent_correlation ATTACH PARTITION intake.sent_20261127_correlation_idx;
ALTER INDEX intake.ix_sent_sent_at ATTACH PARTITION intake.sent_20261127_sent_at_idx;
ALTER INDEX intake.ix_sent_correlation ATTACH PARTITION intake.sent_20261128_correlation_idx;
ALTER INDEX intake.ix_sent_sent_at ATTACH PARTITION intake.sent_20261128_sent_at_idx;
ALTER INDEX intake.ix_sent_correlation ATTACH PARTITION intake.sent_20261129_correlation_idx;
ALTER INDEX intake.ix_sent_sent_at ATTACH PARTITION intake.sent_20261129_sent_at_idx;
ALTER INDEX intake.ix_sent_correlation ATTACH PARTITION intake.sent_20261130_correlation_idx;
ALTER INDEX intake.ix_sent_sent_at ATTACH PARTITION intake.sent_20261130_sent_at_idx;
ALTER INDEX intake.ix_sent_correlation ATTACH PARTITION intake.sent_20261201_correlation_idx;
ALTER INDEX intake.ix_sent_sent_at ATTACH PARTITION intake.sent_20261201_sent_at_idx;
ALTER INDEX intake.ix_sent_correlation ATTACH PARTITION intake.sent_20261202_correlation_idx;
ALTER INDEX intake.ix_sent_sent_at ATTACH PARTITION intake.sent_20261202_sent_at_idx;
ALTER INDEX intake.ix_sent_correlation ATTACH PARTITION intake.sent_20261203_correlation_idx;
ALTER INDEX intake.ix_sent_sent_at ATTACH PARTITION intake.sent_20261203_sent_at_idx;
ALTER TABLE ONLY intake.api_keys
    ADD CONSTRAINT fk_api_keys_publisher_id FOREIGN KEY (publisher_id) REFERENCES intake.publishers(id);
ALTER TABLE ONLY intake.events
    ADD CONSTRAINT fk_events_partner_id FOREIGN KEY (partner_id) REFERENCES intake.accounts(id);
ALTER TABLE ONLY intake.grants
    ADD CONSTRAINT fk_grants_publisher_id FOREIGN KEY (publisher_id) REFERENCES intake.publishers(id);
ALTER TABLE ONLY intake.homes
    ADD CONSTRAINT fk_homes_building_id FOREIGN KEY (building_id) REFERENCES intake.buildings(id);
ALTER TABLE ONLY intake.households
    ADD CONSTRAINT fk_households_home_id FOREIGN KEY (home_id) REFERENCES intake.homes(id);
ALTER TABLE ONLY intake.participations
    ADD CONSTRAINT fk_participations_event_id FOREIGN KEY (event_id) REFERENCES intake.events(id);
ALTER TABLE ONLY intake.participations
    ADD CONSTRAINT fk_participations_resident_id FOREIGN KEY (resident_id) REFERENCES intake.residents(id);
ALTER TABLE ONLY intake.party_members
    ADD CONSTRAINT fk_party_members_resident_id FOREIGN KEY (resident_id) REFERENCES intake.residents(id);
ALTER TABLE ONLY intake.photos
    ADD CONSTRAINT fk_photos_wish_id FOREIGN KEY (wish_id) REFERENCES intake.wishes(id);
ALTER TABLE ONLY intake.publishers
    ADD CONSTRAINT fk_publishers_account_id FOREIGN KEY (account_id) REFERENCES intake.accounts(id);
ALTER TABLE ONLY intake.residents
    ADD CONSTRAINT fk_residents_household_id FOREIGN KEY (household_id) REFERENCES intake.households(id);
ALTER TABLE ONLY intake.reveals
    ADD CONSTRAINT fk_reveals_resident_id FOREIGN KEY (resident_id) REFERENCES intake.residents(id);
ALTER TABLE ONLY intake.sessions
    ADD CONSTRAINT fk_sessions_account_id FOREIGN KEY (account_id) REFERENCES intake.accounts(id);
ALTER TABLE ONLY intake.sessions
    ADD CONSTRAINT fk_sessions_resident_id FOREIGN KEY (resident_id) REFERENCES intake.residents(id);
ALTER TABLE ONLY intake.sign_in_codes
    ADD CONSTRAINT fk_sign_in_codes_resident_id FOREIGN KEY (resident_id) REFERENCES intake.residents(id);
ALTER TABLE ONLY intake.slips
    ADD CONSTRAINT fk_slips_resident_id FOREIGN KEY (resident_id) REFERENCES intake.residents(id);
ALTER TABLE ONLY intake.wish_steps
    ADD CONSTRAINT fk_wish_steps_wish_id FOREIGN KEY (wish_id) REFERENCES intake.wishes(id);
ALTER TABLE ONLY intake.wishes
    ADD CONSTRAINT fk_wishes_resident_id FOREIGN KEY (resident_id) REFERENCES intake.residents(id);
