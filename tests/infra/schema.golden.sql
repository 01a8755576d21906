CREATE SCHEMA northing;
ALTER SCHEMA northing OWNER TO northing_owner;
CREATE TABLE northing.migrations (
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);
ALTER TABLE northing.migrations OWNER TO northing_owner;
ALTER TABLE ONLY northing.migrations
    ADD CONSTRAINT migrations_pkey PRIMARY KEY (name);
GRANT USAGE ON SCHEMA northing TO northing_migrator;
GRANT USAGE ON SCHEMA northing TO northing_writer;
GRANT USAGE ON SCHEMA northing TO northing_reader;
GRANT USAGE ON SCHEMA northing TO northing_keys;
GRANT SELECT ON TABLE northing.migrations TO northing_migrator;
GRANT SELECT ON TABLE northing.migrations TO northing_writer;
GRANT SELECT ON TABLE northing.migrations TO northing_reader;
