CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);

INSERT INTO "alembic_version" VALUES('0015');

CREATE TABLE alike (
	case_number BIGINT NOT NULL, 
	first BIGINT NOT NULL, 
	CONSTRAINT pk_alike PRIMARY KEY (case_number)
);

CREATE TABLE attachment (
	id INTEGER NOT NULL, 
	message BIGINT NOT NULL, 
	case_number BIGINT, 
	kind VARCHAR NOT NULL, 
	media_id VARCHAR NOT NULL, 
	format VARCHAR NOT NULL, 
	path VARCHAR NOT NULL, 
	size INTEGER NOT NULL, 
	state VARCHAR NOT NULL, thumbnail VARCHAR DEFAULT '' NOT NULL, reason VARCHAR DEFAULT '' NOT NULL, 
	CONSTRAINT pk_attachment PRIMARY KEY (id), 
	CONSTRAINT fk_attachment_message FOREIGN KEY(message) REFERENCES message (id)
);

CREATE TABLE audit (
	id INTEGER NOT NULL, 
	at BIGINT NOT NULL, 
	actor VARCHAR NOT NULL, 
	act VARCHAR NOT NULL, 
	target VARCHAR NOT NULL, 
	detail VARCHAR NOT NULL, 
	digest VARCHAR NOT NULL, 
	CONSTRAINT pk_audit PRIMARY KEY (id)
);

CREATE TABLE audit_seal (
	last BIGINT NOT NULL, 
	first BIGINT NOT NULL, 
	at BIGINT NOT NULL, 
	hash VARCHAR NOT NULL, 
	CONSTRAINT pk_audit_seal PRIMARY KEY (last)
);

CREATE TABLE bulk (
	id INTEGER NOT NULL, 
	at BIGINT NOT NULL, 
	actor VARCHAR NOT NULL, 
	command VARCHAR NOT NULL, 
	line VARCHAR NOT NULL, 
	undone_at BIGINT, 
	CONSTRAINT pk_bulk PRIMARY KEY (id)
);

CREATE TABLE bulk_case (
	bulk BIGINT NOT NULL, 
	case_number BIGINT NOT NULL, 
	former_post VARCHAR NOT NULL, 
	done BOOLEAN NOT NULL, 
	why VARCHAR NOT NULL, 
	CONSTRAINT pk_bulk_case PRIMARY KEY (bulk, case_number), 
	CONSTRAINT fk_bulk_case_bulk FOREIGN KEY(bulk) REFERENCES bulk (id), 
	CONSTRAINT fk_bulk_case_case_number FOREIGN KEY(case_number) REFERENCES cases (number)
);

CREATE TABLE calendar_day (
	day DATE NOT NULL, 
	working BOOLEAN NOT NULL, 
	name VARCHAR NOT NULL, 
	source VARCHAR NOT NULL, 
	CONSTRAINT pk_calendar_day PRIMARY KEY (day)
);

CREATE TABLE call (
	id INTEGER NOT NULL, 
	case_number BIGINT NOT NULL, 
	form VARCHAR NOT NULL, 
	convener VARCHAR NOT NULL, 
	opened_at BIGINT NOT NULL, 
	text VARCHAR NOT NULL, 
	fields JSON NOT NULL, 
	children JSON NOT NULL, 
	due JSON NOT NULL, 
	closed_at BIGINT, 
	outcome VARCHAR NOT NULL, 
	CONSTRAINT pk_call PRIMARY KEY (id), 
	CONSTRAINT fk_call_case_number FOREIGN KEY(case_number) REFERENCES cases (number)
);

CREATE TABLE card (
	id INTEGER NOT NULL, 
	at BIGINT NOT NULL, 
	post VARCHAR NOT NULL, 
	color VARCHAR NOT NULL, 
	case_number BIGINT NOT NULL, 
	clock VARCHAR NOT NULL, 
	CONSTRAINT pk_card PRIMARY KEY (id), 
	CONSTRAINT fk_card_case_number FOREIGN KEY(case_number) REFERENCES cases (number)
);

CREATE TABLE case_event (
	id INTEGER NOT NULL, 
	case_number BIGINT NOT NULL, 
	at BIGINT NOT NULL, 
	kind VARCHAR NOT NULL, 
	actor VARCHAR NOT NULL, 
	text VARCHAR NOT NULL, 
	data JSON NOT NULL, 
	message BIGINT, 
	"key" VARCHAR, 
	CONSTRAINT pk_case_event PRIMARY KEY (id), 
	CONSTRAINT fk_case_event_case_number FOREIGN KEY(case_number) REFERENCES cases (number)
);

CREATE TABLE case_party (
	case_number BIGINT NOT NULL, 
	villager BIGINT NOT NULL, 
	CONSTRAINT pk_case_party PRIMARY KEY (case_number, villager), 
	CONSTRAINT fk_case_party_case_number FOREIGN KEY(case_number) REFERENCES cases (number), 
	CONSTRAINT fk_case_party_villager FOREIGN KEY(villager) REFERENCES villager (id)
);

CREATE TABLE cases (
	number BIGINT NOT NULL, 
	state VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	subkind VARCHAR NOT NULL, 
	field VARCHAR NOT NULL, 
	topic VARCHAR NOT NULL, 
	urgency VARCHAR NOT NULL, 
	ledger VARCHAR NOT NULL, 
	level VARCHAR NOT NULL, 
	unit VARCHAR, 
	place VARCHAR NOT NULL, 
	lead_post VARCHAR NOT NULL, 
	first_post VARCHAR NOT NULL, 
	previous_post VARCHAR, 
	villager BIGINT, 
	anonymous BOOLEAN NOT NULL, 
	protected BOOLEAN NOT NULL, 
	query_word VARCHAR NOT NULL, 
	text VARCHAR NOT NULL, 
	channel VARCHAR NOT NULL, 
	method VARCHAR NOT NULL, 
	opened_at BIGINT NOT NULL, 
	promised_at BIGINT, 
	settle_by BIGINT, 
	heard_at BIGINT NOT NULL, 
	replied_at BIGINT, 
	answered_at BIGINT, 
	settled_at BIGINT, 
	rating INTEGER, 
	bad_ratings INTEGER NOT NULL, 
	urged INTEGER NOT NULL, 
	reopened INTEGER NOT NULL, 
	extended INTEGER NOT NULL, 
	supervised INTEGER NOT NULL, 
	yellow_cards INTEGER NOT NULL, 
	red_cards INTEGER NOT NULL, 
	merged_into BIGINT, recused VARCHAR DEFAULT '' NOT NULL, waits_for VARCHAR, review_at BIGINT, track VARCHAR DEFAULT '' NOT NULL, extent VARCHAR DEFAULT '' NOT NULL, facts VARCHAR DEFAULT '' NOT NULL, published_at BIGINT, wanted_by BIGINT, solved BOOLEAN, called VARCHAR DEFAULT '' NOT NULL, 
	CONSTRAINT pk_cases PRIMARY KEY (number), 
	CONSTRAINT fk_cases_villager FOREIGN KEY(villager) REFERENCES villager (id)
);

CREATE TABLE clock (
	id INTEGER NOT NULL, 
	case_number BIGINT NOT NULL, 
	name VARCHAR NOT NULL, 
	level VARCHAR NOT NULL, 
	state VARCHAR NOT NULL, 
	started_at BIGINT NOT NULL, 
	due_at BIGINT NOT NULL, 
	stopped_at BIGINT, 
	provisional BOOLEAN NOT NULL, 
	explained VARCHAR NOT NULL, 
	steps JSON NOT NULL, 
	next_step INTEGER, 
	next_at BIGINT, due VARCHAR, moves JSON, paused_at BIGINT, paused_for VARCHAR, 
	CONSTRAINT pk_clock PRIMARY KEY (id), 
	CONSTRAINT fk_clock_case_number FOREIGN KEY(case_number) REFERENCES cases (number)
);

CREATE TABLE contact (
	case_number BIGINT NOT NULL, 
	name VARCHAR NOT NULL, 
	phone VARCHAR NOT NULL, 
	CONSTRAINT pk_contact PRIMARY KEY (case_number), 
	CONSTRAINT fk_contact_case_number FOREIGN KEY(case_number) REFERENCES cases (number)
);

CREATE TABLE delivery (
	id INTEGER NOT NULL, 
	letter BIGINT NOT NULL, 
	case_number BIGINT, 
	rung VARCHAR NOT NULL, 
	outcome VARCHAR NOT NULL, 
	code INTEGER NOT NULL, 
	reason VARCHAR NOT NULL, 
	receipt VARCHAR NOT NULL, 
	at BIGINT NOT NULL, 
	CONSTRAINT pk_delivery PRIMARY KEY (id)
);

CREATE TABLE job_run (
	job VARCHAR NOT NULL, 
	slot VARCHAR NOT NULL, 
	at BIGINT NOT NULL, 
	CONSTRAINT pk_job_run PRIMARY KEY (job, slot)
);

CREATE TABLE message (
	id INTEGER NOT NULL, 
	"key" VARCHAR NOT NULL, 
	person VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	text VARCHAR NOT NULL, 
	more JSON NOT NULL, 
	at BIGINT NOT NULL, 
	received_at BIGINT NOT NULL, 
	state VARCHAR NOT NULL, 
	reply VARCHAR, 
	buttons JSON NOT NULL, 
	case_number BIGINT, 
	attempts INTEGER NOT NULL, 
	retry_at BIGINT, 
	error VARCHAR NOT NULL, 
	CONSTRAINT pk_message PRIMARY KEY (id), 
	CONSTRAINT uq_message_key UNIQUE ("key")
);

CREATE TABLE number_series (
	name VARCHAR NOT NULL, 
	last BIGINT NOT NULL, 
	CONSTRAINT pk_number_series PRIMARY KEY (name)
);

INSERT INTO "number_series" VALUES('ordinary',1000);

INSERT INTO "number_series" VALUES('compared',1000);

CREATE TABLE outbox (
	id INTEGER NOT NULL, 
	"key" VARCHAR NOT NULL, 
	channel VARCHAR NOT NULL, 
	account VARCHAR NOT NULL, 
	recipient VARCHAR NOT NULL, 
	line VARCHAR NOT NULL, 
	task VARCHAR NOT NULL, 
	priority INTEGER NOT NULL, 
	text VARCHAR NOT NULL, 
	more JSON NOT NULL, 
	case_number BIGINT, 
	created_at BIGINT NOT NULL, 
	not_before BIGINT NOT NULL, 
	retry_at BIGINT NOT NULL, 
	claimed_until BIGINT, 
	state VARCHAR NOT NULL, 
	attempts INTEGER NOT NULL, 
	delivered INTEGER NOT NULL, 
	code INTEGER NOT NULL, 
	error VARCHAR NOT NULL, 
	sent_at BIGINT, 
	CONSTRAINT pk_outbox PRIMARY KEY (id), 
	CONSTRAINT uq_outbox_key UNIQUE ("key")
);

CREATE TABLE panel (
	id INTEGER NOT NULL, 
	"key" VARCHAR NOT NULL, 
	recipient VARCHAR NOT NULL, 
	case_number BIGINT NOT NULL, 
	letter BIGINT NOT NULL, 
	buttons JSON NOT NULL, 
	receipt VARCHAR NOT NULL, 
	until BIGINT NOT NULL, 
	CONSTRAINT pk_panel PRIMARY KEY (id), 
	CONSTRAINT uq_panel_key UNIQUE ("key")
);

CREATE TABLE part (
	call BIGINT NOT NULL, 
	"key" VARCHAR NOT NULL, 
	place_in_line INTEGER NOT NULL, 
	post VARCHAR NOT NULL, 
	role VARCHAR NOT NULL, 
	state VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	signed_at BIGINT, 
	place VARCHAR NOT NULL, 
	report VARCHAR NOT NULL, 
	reported_at BIGINT, 
	missed INTEGER NOT NULL, 
	rating INTEGER, 
	rated_by VARCHAR NOT NULL, 
	CONSTRAINT pk_part PRIMARY KEY (call, "key"), 
	CONSTRAINT fk_part_call FOREIGN KEY(call) REFERENCES call (id)
);

CREATE TABLE pending (
	person VARCHAR NOT NULL, 
	at BIGINT NOT NULL, 
	kind VARCHAR NOT NULL, 
	data JSON NOT NULL, 
	CONSTRAINT pk_pending PRIMARY KEY (person)
);

CREATE TABLE platform_fact (
	"key" VARCHAR NOT NULL, 
	value JSON NOT NULL, 
	at BIGINT NOT NULL, 
	CONSTRAINT pk_platform_fact PRIMARY KEY ("key")
);

CREATE TABLE platform_token (
	name VARCHAR NOT NULL, 
	token VARCHAR NOT NULL, 
	good_until BIGINT NOT NULL, 
	leased_until BIGINT NOT NULL, 
	forced_at BIGINT NOT NULL, 
	CONSTRAINT pk_platform_token PRIMARY KEY (name)
);

CREATE TABLE rhythm (
	id VARCHAR NOT NULL, 
	rule VARCHAR NOT NULL, 
	slot BIGINT, 
	cursor VARCHAR, 
	next_at BIGINT, 
	last_at BIGINT, 
	CONSTRAINT pk_rhythm PRIMARY KEY (id)
);

CREATE TABLE sent_count (
	channel VARCHAR NOT NULL, 
	recipient VARCHAR NOT NULL, 
	span INTEGER NOT NULL, 
	slot BIGINT NOT NULL, 
	used INTEGER NOT NULL, 
	CONSTRAINT pk_sent_count PRIMARY KEY (channel, recipient, span, slot)
);

CREATE TABLE task (
	id INTEGER NOT NULL, 
	"key" VARCHAR NOT NULL, 
	at BIGINT NOT NULL, 
	text VARCHAR NOT NULL, 
	case_number BIGINT, 
	done_at BIGINT, 
	CONSTRAINT pk_task PRIMARY KEY (id), 
	CONSTRAINT uq_task_key UNIQUE ("key")
);

CREATE TABLE text_key (
	"key" BIGINT NOT NULL, 
	case_number BIGINT NOT NULL, 
	CONSTRAINT pk_text_key PRIMARY KEY ("key", case_number)
)
 WITHOUT ROWID
;

CREATE TABLE told_answer (
	id INTEGER NOT NULL, 
	villager BIGINT NOT NULL, 
	message BIGINT NOT NULL, 
	answer VARCHAR NOT NULL, 
	version INTEGER NOT NULL, 
	at BIGINT NOT NULL, 
	case_number BIGINT, 
	CONSTRAINT pk_told_answer PRIMARY KEY (id), 
	CONSTRAINT fk_told_answer_message_message FOREIGN KEY(message) REFERENCES message (id), 
	CONSTRAINT fk_told_answer_villager_villager FOREIGN KEY(villager) REFERENCES villager (id)
);

CREATE TABLE town_entry (
	kind VARCHAR NOT NULL, 
	id VARCHAR NOT NULL, 
	version INTEGER NOT NULL, 
	value JSON, 
	source VARCHAR NOT NULL, 
	changed_by VARCHAR NOT NULL, 
	changed_at BIGINT NOT NULL, 
	CONSTRAINT pk_town_entry PRIMARY KEY (kind, id, version)
);

CREATE TABLE town_state (
	id INTEGER NOT NULL, 
	revision BIGINT NOT NULL, 
	clock_offset BIGINT NOT NULL, 
	CONSTRAINT pk_town_state PRIMARY KEY (id)
);

INSERT INTO "town_state" VALUES(1,1,0);

CREATE TABLE "villager" (
	id INTEGER NOT NULL, 
	channel VARCHAR NOT NULL, 
	account VARCHAR NOT NULL, 
	openid VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	phone VARCHAR NOT NULL, 
	unit VARCHAR, 
	anonymous BOOLEAN NOT NULL, 
	follows BOOLEAN NOT NULL, 
	first_at BIGINT NOT NULL, 
	minute BIGINT NOT NULL, 
	minute_messages INTEGER NOT NULL, 
	held INTEGER NOT NULL, 
	open_until BIGINT DEFAULT '0' NOT NULL, 
	allowed INTEGER DEFAULT '0' NOT NULL, 
	subscribed BOOLEAN DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_villager PRIMARY KEY (id), 
	CONSTRAINT uq_villager_channel_account_openid UNIQUE (channel, account, openid)
);

CREATE TABLE work_order (
	partner VARCHAR NOT NULL, 
	number VARCHAR NOT NULL, 
	case_number BIGINT NOT NULL, 
	follows BIGINT NOT NULL, 
	digest VARCHAR NOT NULL, 
	at BIGINT NOT NULL, 
	CONSTRAINT pk_work_order PRIMARY KEY (partner, number), 
	CONSTRAINT fk_work_order_case_number FOREIGN KEY(case_number) REFERENCES cases (number), 
	CONSTRAINT uq_work_order_case_number UNIQUE (case_number)
);

CREATE INDEX ix_message_person ON message (person, id);

CREATE INDEX ix_message_retry_at ON message (retry_at) WHERE retry_at IS NOT NULL;

CREATE INDEX ix_outbox_held ON outbox (recipient) WHERE state = 'held';

CREATE INDEX ix_outbox_pending ON outbox (line, id) WHERE state = 'pending';

CREATE INDEX ix_outbox_quiet ON outbox (not_before) WHERE state = 'quiet';

CREATE INDEX ix_attachment_case_number ON attachment (case_number);

CREATE INDEX ix_attachment_message ON attachment (message);

CREATE INDEX ix_cases_open_lead ON cases (lead_post, number) WHERE state IN ('assigned','handling','waiting','answered');

CREATE INDEX ix_cases_villager_opened_at ON cases (villager, opened_at);

CREATE INDEX ix_case_event_case_number ON case_event (case_number);

CREATE UNIQUE INDEX ix_case_event_key ON case_event ("key") WHERE key IS NOT NULL;

CREATE INDEX ix_case_party_villager ON case_party (villager);

CREATE INDEX ix_clock_case_number ON clock (case_number);

CREATE INDEX ix_clock_next_at ON clock (next_at) WHERE next_at IS NOT NULL;

CREATE TRIGGER case_event_no_delete BEFORE DELETE ON case_event BEGIN SELECT RAISE(ABORT, 'case_event is append-only'); END;

CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;

CREATE TRIGGER audit_seal_no_update BEFORE UPDATE ON audit_seal BEGIN SELECT RAISE(ABORT, 'audit_seal is append-only'); END;

CREATE TRIGGER audit_seal_no_delete BEFORE DELETE ON audit_seal BEGIN SELECT RAISE(ABORT, 'audit_seal is append-only'); END;

CREATE TRIGGER town_entry_no_update BEFORE UPDATE ON town_entry BEGIN SELECT RAISE(ABORT, 'town_entry is append-only'); END;

CREATE TRIGGER town_entry_no_delete BEFORE DELETE ON town_entry BEGIN SELECT RAISE(ABORT, 'town_entry is append-only'); END;

CREATE TRIGGER audit_no_update BEFORE UPDATE OF id, at, actor, act, target, digest ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;

CREATE TRIGGER audit_no_rewrite BEFORE UPDATE OF detail ON audit WHEN (NEW.detail <> '') BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;

CREATE INDEX ix_bulk_actor ON bulk (actor);

CREATE TRIGGER case_event_no_update BEFORE UPDATE OF id, case_number, at, kind, actor, data, message, key ON case_event BEGIN SELECT RAISE(ABORT, 'case_event is append-only'); END;

CREATE TRIGGER case_event_no_rewrite BEFORE UPDATE OF text ON case_event WHEN (NEW.text <> '') BEGIN SELECT RAISE(ABORT, 'case_event is append-only'); END;

CREATE INDEX ix_card_post_at ON card (post, at);

CREATE INDEX ix_clock_provisional ON clock (id) WHERE provisional;

CREATE INDEX ix_panel_case_number ON panel (case_number);

CREATE INDEX ix_delivery_letter ON delivery (letter);

CREATE INDEX ix_delivery_case_number ON delivery (case_number);

CREATE INDEX ix_delivery_receipt ON delivery (receipt) WHERE receipt <> '';

CREATE INDEX ix_text_key_case_number ON text_key (case_number);

CREATE INDEX ix_alike_first ON alike (first);

CREATE INDEX ix_work_order_follows ON work_order (follows);

CREATE INDEX ix_told_answer_villager ON told_answer (villager, id);

CREATE INDEX ix_told_answer_answer ON told_answer (answer);

CREATE INDEX ix_cases_to_publish ON cases (number) WHERE state = 'settled' AND published_at IS NULL;

CREATE INDEX ix_call_case_number ON call (case_number);

CREATE INDEX ix_part_post ON part (post);
