-- What the read side needs beside its generations: which one is live, and how a read finds its moment.
-- A generation is a schema read_<generation>; it is made by services/projections/generations.py.

CREATE TABLE northing.generations (
    generation bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code_hash  text        NOT NULL,  -- of the read models' definitions; a process serves only its own
    state      text        NOT NULL DEFAULT 'building' CHECK (state IN ('building', 'live', 'old')),
    made_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    live_at    timestamptz
);
CREATE UNIQUE INDEX ON northing.generations (state) WHERE state = 'live';

-- The last position of the workspace that was recorded at this moment or before; 0 for none.
-- Positions are contiguous and recorded_at never goes back, so a binary search finds it in a few look-ups.
CREATE FUNCTION northing.position_at(workspace uuid, moment timestamptz) RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
DECLARE
    low bigint := 0;
    high bigint := coalesce((SELECT h.position FROM northing.heads h WHERE h.workspace_id = workspace), 0);
    middle bigint;
BEGIN
    WHILE low < high LOOP
        middle := (low + high + 1) / 2;
        IF (SELECT e.recorded_at FROM northing.events e
             WHERE e.workspace_id = workspace AND e.position = middle) <= moment THEN
            low := middle;
        ELSE
            high := middle - 1;
        END IF;
    END LOOP;
    RETURN low;
END $$;

-- Begin a read: pin the live generation for all statements of the transaction, and say how far it knows.
-- `generation` is null where none of this code is live; `head` is null where there is no such workspace.
CREATE FUNCTION northing.begin_read(
    workspace uuid, hash text,
    OUT generation bigint, OUT head bigint, OUT "position" bigint, OUT recorded_at timestamptz,
    OUT age_ms bigint, OUT now timestamptz
) LANGUAGE plpgsql AS $$
BEGIN
    SELECT g.generation INTO generation FROM northing.generations g WHERE g.state = 'live' AND g.code_hash = hash;
    IF generation IS NULL THEN
        RETURN;
    END IF;
    PERFORM set_config('search_path', 'read_' || generation, true);
    PERFORM set_config('northing.workspace_id', workspace::text, true);  -- For row-level security, when it comes.
    SELECT h.position INTO head FROM northing.heads h WHERE h.workspace_id = workspace;
    EXECUTE format('SELECT coalesce((SELECT a.position FROM read_%s.applied a WHERE a.workspace_id = $1), 0)', generation)
       INTO position USING workspace;
    SELECT e.recorded_at INTO recorded_at FROM northing.events e
     WHERE e.workspace_id = workspace AND e.position = begin_read.position;
    now := greatest(clock_timestamp(), recorded_at);
    age_ms := CASE WHEN position >= head THEN 0 ELSE
        (SELECT greatest(0, extract(epoch FROM begin_read.now - e.recorded_at) * 1000)::bigint FROM northing.events e
          WHERE e.workspace_id = workspace AND e.position = begin_read.position + 1) END;
END $$;

GRANT SELECT ON northing.generations TO northing_reader;
GRANT SELECT, INSERT, UPDATE ON northing.generations TO northing_writer;
REVOKE ALL ON FUNCTION northing.position_at, northing.begin_read FROM PUBLIC;
GRANT EXECUTE ON FUNCTION northing.position_at, northing.begin_read TO northing_reader, northing_writer;
