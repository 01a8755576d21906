-- The schema of the log, and who may do what in it. Roles belong to the whole PostgreSQL, not to one database, so another
-- database may have made them before, or be making them right now. They cannot log in: whoever connects sets one of them.
--
--   northing_owner     owns every object; nobody works as it but migrations
--   northing_migrator  may become the owner: the login of a deployment is made a member of it
--   northing_writer    appends to the log and answers commands
--   northing_reader    answers queries
--   northing_keys      reads, makes and destroys the keys of personal text
--
-- Each migration grants on what it makes. A schema for a generation of read models is made by whoever connects
-- (CREATE SCHEMA ... AUTHORIZATION northing_owner), who therefore needs CREATE on the database.
DO $$
DECLARE
    role_name text;
BEGIN
    FOREACH role_name IN ARRAY ARRAY['northing_owner', 'northing_migrator', 'northing_writer', 'northing_reader', 'northing_keys']
    LOOP
        IF to_regrole(role_name) IS NULL THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN', role_name);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                NULL;  -- Made by another database's migration in this moment.
            END;
        END IF;
        IF NOT pg_has_role(current_user, role_name, 'SET') THEN
            EXECUTE format('GRANT %I TO %I WITH INHERIT FALSE, SET TRUE', role_name, current_user);
        END IF;
    END LOOP;
    IF NOT pg_has_role('northing_migrator', 'northing_owner', 'SET') THEN
        GRANT northing_owner TO northing_migrator WITH INHERIT FALSE, SET TRUE;
    END IF;
END
$$;

CREATE SCHEMA northing AUTHORIZATION northing_owner;

SET LOCAL ROLE northing_owner;

GRANT USAGE ON SCHEMA northing TO northing_migrator, northing_writer, northing_reader, northing_keys;

CREATE TABLE northing.migrations (
    name       text        PRIMARY KEY,
    checksum   text        NOT NULL,  -- SHA-256 of the file as it was applied
    applied_at timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT ON northing.migrations TO northing_migrator, northing_writer, northing_reader;
