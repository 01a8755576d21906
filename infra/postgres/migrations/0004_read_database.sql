-- Read models may live in another database than the log. The same migrations run on both: in a read database the tables
-- of the log stay empty, and in a log's database northing.generations does. So what begins a read touches no table of
-- the log. Of the log a query asks what northing_reader may select there, and northing.position_at.

DROP FUNCTION northing.begin_read(uuid, text);

-- Begin a read in the read database: pin the live generation of this code for all statements of the transaction, and
-- say how far its rows are. `generation` is null where none of this code is live; the others are null where nothing of
-- the workspace is in the rows. `applied` and `workspaces` are those of the pinned generation.
CREATE FUNCTION northing.begin_read(
    workspace uuid, hash text,
    OUT generation bigint, OUT "position" bigint, OUT recorded_at timestamptz, OUT timezone text
) LANGUAGE plpgsql AS $$
BEGIN
    SELECT g.generation INTO generation FROM northing.generations g WHERE g.state = 'live' AND g.code_hash = hash;
    IF generation IS NULL THEN
        RETURN;
    END IF;
    PERFORM set_config('search_path', 'read_' || generation, true);
    PERFORM set_config('northing.workspace_id', workspace::text, true);  -- For row-level security, when it comes.
    SELECT a.position, a.recorded_at INTO position, recorded_at FROM applied a WHERE a.workspace_id = workspace;
    SELECT w.timezone INTO timezone FROM workspaces w
     WHERE w.workspace_id = workspace AND w.valid_to = '9999-12-31T23:59:59.999999+00:00'
       AND w.known_to = 9223372036854775807;
END $$;

REVOKE ALL ON FUNCTION northing.begin_read FROM PUBLIC;
GRANT EXECUTE ON FUNCTION northing.begin_read TO northing_reader, northing_writer;
