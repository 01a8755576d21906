-- Read models may live in another database than the log. The same migrations run on both: in a read database the tables
-- of the log stay empty, and in a log's database northing.generations does. So what begins a read touches no table of
-- the log. Of the log a query asks what northing_reader may select there, and northing.position_at.

DROP FUNCTION northing.begin_read(uuid, text);

-- Begin a read in the read database: pin the live generation of this code for all statements of the transaction, and
-- name the workspace. Null where none of this code is live.
CREATE FUNCTION northing.begin_read(workspace uuid, hash text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    pinned bigint;
BEGIN
    SELECT g.generation INTO pinned FROM northing.generations g WHERE g.state = 'live' AND g.code_hash = hash;
    IF pinned IS NOT NULL THEN
        PERFORM set_config('search_path', 'read_' || pinned, true);
        PERFORM set_config('northing.workspace_id', workspace::text, true);  -- For row-level security, when it comes.
    END IF;
    RETURN pinned;
END $$;

REVOKE ALL ON FUNCTION northing.begin_read FROM PUBLIC;
GRANT EXECUTE ON FUNCTION northing.begin_read TO northing_reader, northing_writer;
