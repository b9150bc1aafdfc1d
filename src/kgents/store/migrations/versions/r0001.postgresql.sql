CREATE FUNCTION marks_are_kept() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION 'marks are never changed'; END $$;
CREATE TABLE blobs (
    digest bytea NOT NULL,
    size integer NOT NULL,
    packed bytea NOT NULL
);
CREATE TABLE brain_crystals (
    key integer NOT NULL,
    title text NOT NULL,
    body text NOT NULL,
    tags jsonb NOT NULL,
    experiment character varying(32),
    access_count integer DEFAULT 0 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    text tsvector GENERATED ALWAYS AS (to_tsvector('simple'::regconfig, regexp_replace(((((title || ' '::text) || body) || ' '::text) || (tags)::text), '[^[:alnum:]]+'::text, ' '::text, 'g'::text))) STORED
);
CREATE SEQUENCE brain_crystals_key_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE brain_crystals_key_seq OWNED BY brain_crystals.key;
CREATE TABLE experiments (
    log integer NOT NULL,
    id character varying(32) NOT NULL,
    name text,
    kind character varying(40) NOT NULL,
    status character varying(16) NOT NULL,
    verdict character varying(16),
    model text,
    spec character varying(64),
    tags jsonb NOT NULL,
    doc jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL
);
CREATE TABLE logs (
    key integer NOT NULL,
    name character varying(64) NOT NULL
);
CREATE SEQUENCE logs_key_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE logs_key_seq OWNED BY logs.key;
CREATE TABLE marks (
    log integer NOT NULL,
    seq integer NOT NULL,
    id bytea NOT NULL,
    prev bytea NOT NULL,
    body text NOT NULL,
    doc jsonb GENERATED ALWAYS AS ((body)::jsonb) STORED
);
CREATE TABLE trials (
    log integer NOT NULL,
    index integer NOT NULL,
    arm integer NOT NULL,
    seq integer NOT NULL,
    success smallint
);
ALTER TABLE ONLY brain_crystals ALTER COLUMN key SET DEFAULT nextval('brain_crystals_key_seq'::regclass);
ALTER TABLE ONLY logs ALTER COLUMN key SET DEFAULT nextval('logs_key_seq'::regclass);
ALTER TABLE ONLY blobs
    ADD CONSTRAINT blobs_pkey PRIMARY KEY (digest);
ALTER TABLE ONLY brain_crystals
    ADD CONSTRAINT brain_crystals_pkey PRIMARY KEY (key);
ALTER TABLE ONLY experiments
    ADD CONSTRAINT experiments_id_key UNIQUE (id);
ALTER TABLE ONLY experiments
    ADD CONSTRAINT experiments_pkey PRIMARY KEY (log);
ALTER TABLE ONLY logs
    ADD CONSTRAINT logs_name_key UNIQUE (name);
ALTER TABLE ONLY logs
    ADD CONSTRAINT logs_pkey PRIMARY KEY (key);
ALTER TABLE ONLY marks
    ADD CONSTRAINT marks_id_key UNIQUE (id);
ALTER TABLE ONLY marks
    ADD CONSTRAINT marks_log_prev_key UNIQUE (log, prev);
ALTER TABLE ONLY marks
    ADD CONSTRAINT marks_pkey PRIMARY KEY (log, seq);
ALTER TABLE ONLY trials
    ADD CONSTRAINT trials_pkey PRIMARY KEY (log, index, arm);
CREATE INDEX brain_crystals_experiment ON brain_crystals USING btree (experiment);
CREATE INDEX brain_crystals_tags ON brain_crystals USING gin (tags);
CREATE INDEX brain_crystals_text ON brain_crystals USING gin (text);
CREATE INDEX experiments_created ON experiments USING btree (created_at);
CREATE INDEX experiments_doc ON experiments USING gin (doc jsonb_path_ops);
CREATE INDEX experiments_kind ON experiments USING btree (kind, created_at);
CREATE INDEX experiments_name ON experiments USING btree (name);
CREATE INDEX experiments_spec ON experiments USING btree (spec, model);
CREATE INDEX experiments_status ON experiments USING btree (status, created_at);
CREATE INDEX experiments_tags ON experiments USING gin (tags);
CREATE INDEX experiments_verdict ON experiments USING btree (verdict, created_at);
CREATE INDEX marks_doc ON marks USING gin (doc jsonb_path_ops);
CREATE TRIGGER marks_no_change BEFORE DELETE OR UPDATE ON marks FOR EACH ROW EXECUTE FUNCTION marks_are_kept();
CREATE TRIGGER marks_no_truncate BEFORE TRUNCATE ON marks FOR EACH STATEMENT EXECUTE FUNCTION marks_are_kept();
ALTER TABLE ONLY experiments
    ADD CONSTRAINT experiments_log_fkey FOREIGN KEY (log) REFERENCES logs(key);
ALTER TABLE ONLY marks
    ADD CONSTRAINT marks_log_fkey FOREIGN KEY (log) REFERENCES logs(key);
ALTER TABLE ONLY trials
    ADD CONSTRAINT trials_log_fkey FOREIGN KEY (log) REFERENCES logs(key);
