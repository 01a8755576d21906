-- The log: one row an event. Nothing here is ever updated or deleted; only heads move.

CREATE TABLE northing.events (
    log_position       bigint PRIMARY KEY,          -- orders this log: feeds, checkpoints and operators see it
    workspace_id       uuid NOT NULL,
    position           bigint NOT NULL,             -- orders the workspace: the only one that leaves
    stream_id          uuid NOT NULL,
    stream_version     integer NOT NULL,
    stream_kind        text NOT NULL,
    topic              text NOT NULL,               -- the stored name of the event
    schema_version     smallint NOT NULL,
    state              bytea NOT NULL,              -- JSON, written once; personal text in it is encrypted
    event_id           uuid NOT NULL,
    command_id         uuid,
    correlation_id     uuid,
    causation_id       uuid,
    actor_id           uuid,
    effective_at       timestamptz NOT NULL,        -- when it was true
    recorded_at        timestamptz NOT NULL,        -- when we learned it; never goes back
    source_recorded_at timestamptz,                 -- of imported events: when the source says that it recorded it
    trace_parent       text,
    UNIQUE (workspace_id, position),
    UNIQUE (stream_id, stream_version),             -- without the workspace: a stream lives in one workspace only
    UNIQUE (workspace_id, event_id)
);

-- The last position given, of the whole log (under the nil id) and of each workspace. Locked while an append runs.
CREATE TABLE northing.heads (
    workspace_id uuid PRIMARY KEY,
    position     bigint NOT NULL,
    recorded_at  timestamptz NOT NULL
);
INSERT INTO northing.heads VALUES ('00000000-0000-0000-0000-000000000000', 0, '-infinity');

-- What each command was answered, so that the same command again is answered the same. Kept 30 days; no text.
CREATE TABLE northing.commands (
    command_id   uuid PRIMARY KEY,
    workspace_id uuid NOT NULL,
    fingerprint  bytea NOT NULL,
    id           uuid NOT NULL,
    aggregate_id uuid NOT NULL,
    version      integer NOT NULL,
    position     bigint NOT NULL,
    recorded_at  timestamptz NOT NULL
);
CREATE INDEX ON northing.commands (recorded_at);

-- Which goals stand under which now: what a decision needs to find, derived from the events of the same transaction.
CREATE TABLE northing.children (
    workspace_id uuid NOT NULL,
    child_id     uuid NOT NULL,
    parent_id    uuid NOT NULL,
    PRIMARY KEY (workspace_id, child_id)
);
CREATE INDEX ON northing.children (workspace_id, parent_id);

-- One key a person. Without it the person's text cannot be read, and no event needs to be touched.
CREATE TABLE northing.person_keys (
    workspace_id uuid NOT NULL,
    subject_id   uuid NOT NULL,
    key          bytea NOT NULL,
    PRIMARY KEY (workspace_id, subject_id)
);

-- Append a batch: every command all or not at all, none in the way of another but by its own streams.
--
-- Commands are numbered from 1; those that were decided on each other's events share a chain, and win or lose together.
-- A command without id is only checked: it has nothing to store, but what it looked at must not have moved.
CREATE FUNCTION northing.append_events(
    -- a command each
    chains integer[], command_ids uuid[], workspace_ids uuid[], fingerprints bytea[], result_ids uuid[],
    aggregate_ids uuid[], versions integer[], last_positions bigint[], stores boolean[],
    -- a stream that was looked at each, and who looked
    looked_workspaces uuid[], looked_streams uuid[], looked_versions integer[], lookers integer[], looks integer[],
    -- a set of children that was looked at each, as their ids in order
    asked_workspaces uuid[], asked_parents uuid[], asked_children text[], askers integer[],
    -- an event each
    numbers integer[], stream_ids uuid[], stream_versions integer[], stream_kinds text[], topics text[],
    schema_versions smallint[], states bytea[], event_ids uuid[], correlation_ids uuid[], causation_ids uuid[],
    actor_ids uuid[], effective_ats timestamptz[], source_recorded_ats timestamptz[], trace_parents text[],
    -- a goal that got another parent (or none) each
    linkers integer[], link_children uuid[], link_parents uuid[],
    -- per command: the position of its last event, or null where its chain lost
    OUT recorded_at timestamptz, OUT positions bigint[],
    -- which looks had moved; and of the commands that were known, their numbers and first answers
    OUT moved integer[], OUT known_numbers integer[], OUT known_fingerprints bytea[], OUT known_ids uuid[],
    OUT known_aggregates uuid[], OUT known_versions integer[], OUT known_positions bigint[]
) LANGUAGE plpgsql
-- Plans are made once a connection, often while the tables are empty, and kept: so every statement here is told to find
-- its few rows by an index, whatever the tables look like at that moment.
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
DECLARE
    log_head northing.heads;
    lost integer[];
BEGIN
    IF true = ANY (stores) THEN
        SELECT * INTO log_head FROM northing.heads h
         WHERE h.workspace_id = '00000000-0000-0000-0000-000000000000' FOR UPDATE;
        INSERT INTO northing.heads
             SELECT DISTINCT workspace_ids[n], 0, '-infinity'::timestamptz FROM unnest(numbers) n
        ON CONFLICT DO NOTHING;
        PERFORM FROM northing.heads h WHERE h.workspace_id = ANY (workspace_ids) ORDER BY h.workspace_id FOR UPDATE;
    END IF;

    SELECT array_agg(l.number) INTO moved
      FROM unnest(looked_workspaces, looked_streams, looked_versions)
           WITH ORDINALITY AS l (workspace_id, stream_id, version, number)
     WHERE l.version <> coalesce((SELECT CASE e.workspace_id WHEN l.workspace_id THEN e.stream_version ELSE 0 END
                                    FROM northing.events e WHERE e.stream_id = l.stream_id
                                   ORDER BY e.stream_version DESC LIMIT 1), 0);
    SELECT array_agg(k.number), array_agg(c.fingerprint), array_agg(c.id), array_agg(c.aggregate_id),
           array_agg(c.version), array_agg(c.position)
      INTO known_numbers, known_fingerprints, known_ids, known_aggregates, known_versions, known_positions
      FROM unnest(command_ids) WITH ORDINALITY AS k (command_id, number)
      JOIN northing.commands c USING (command_id);
    SELECT array_agg(chains[n]) INTO lost FROM (
        SELECT l.number AS n FROM unnest(lookers, looks) AS l (number, look) WHERE l.look = ANY (moved)
        UNION ALL SELECT unnest(known_numbers)
        UNION ALL
        SELECT a.number FROM unnest(asked_workspaces, asked_parents, asked_children, askers)
                             AS a (workspace_id, parent_id, children, number)
         WHERE a.children <> coalesce((SELECT string_agg(c.child_id::text, ' ' ORDER BY c.child_id)
                                         FROM northing.children c
                                        WHERE (c.workspace_id, c.parent_id) = (a.workspace_id, a.parent_id)), '')
    ) AS losers;
    lost := coalesce(lost, '{}');
    recorded_at := greatest(log_head.recorded_at, clock_timestamp());

    WITH numbered AS (
        SELECT e.*, workspace_ids[e.number] AS workspace_id, command_ids[e.number] AS command_id,
               log_head.position + row_number() OVER (ORDER BY e.ord) AS log_position,
               h.position + row_number() OVER (PARTITION BY h.workspace_id ORDER BY e.ord) AS position
          FROM unnest(numbers, stream_ids, stream_versions, stream_kinds, topics, schema_versions, states, event_ids,
                      correlation_ids, causation_ids, actor_ids, effective_ats, source_recorded_ats, trace_parents)
               WITH ORDINALITY
               AS e (number, stream_id, stream_version, stream_kind, topic, schema_version, state, event_id,
                     correlation_id, causation_id, actor_id, effective_at, source_recorded_at, trace_parent, ord)
          JOIN northing.heads h ON h.workspace_id = workspace_ids[e.number]
         WHERE chains[e.number] <> ALL (lost)
    ), stored AS (
        INSERT INTO northing.events
        SELECT n.log_position, n.workspace_id, n.position, n.stream_id, n.stream_version, n.stream_kind, n.topic,
               n.schema_version, n.state, n.event_id, n.command_id, n.correlation_id, n.causation_id, n.actor_id,
               -- An application's clock may be ahead: nothing is true only after it was recorded.
               least(n.effective_at, append_events.recorded_at), append_events.recorded_at, n.source_recorded_at,
               n.trace_parent
          FROM numbered n
    ), heads_moved AS (
        UPDATE northing.heads h SET position = m.position, recorded_at = append_events.recorded_at
          FROM (SELECT n.workspace_id, max(n.position) AS position FROM numbered n GROUP BY 1
                UNION ALL
                SELECT '00000000-0000-0000-0000-000000000000', max(n.log_position) FROM numbered n HAVING count(*) > 0
               ) m
         WHERE h.workspace_id = m.workspace_id
    ), last AS (
        SELECT n.number, max(n.position) AS position FROM numbered n GROUP BY 1
    ), answered AS (
        SELECT c.number, coalesce(l.position, last_positions[c.number]) AS position
          FROM generate_series(1, cardinality(chains)) AS c (number) LEFT JOIN last l USING (number)
         WHERE chains[c.number] <> ALL (lost)
    ), remembered AS (
        INSERT INTO northing.commands
        SELECT command_ids[a.number], workspace_ids[a.number], fingerprints[a.number], result_ids[a.number],
               aggregate_ids[a.number], versions[a.number], a.position, append_events.recorded_at
          FROM answered a WHERE stores[a.number]
    ), links AS (
        SELECT DISTINCT ON (l.child_id) workspace_ids[l.number] AS workspace_id, l.child_id, l.parent_id
          FROM unnest(linkers, link_children, link_parents) WITH ORDINALITY AS l (number, child_id, parent_id, ord)
         WHERE chains[l.number] <> ALL (lost)
         ORDER BY l.child_id, l.ord DESC
    ), linked AS (
        INSERT INTO northing.children SELECT * FROM links WHERE parent_id IS NOT NULL
        ON CONFLICT (workspace_id, child_id) DO UPDATE SET parent_id = excluded.parent_id
    ), unlinked AS (
        DELETE FROM northing.children c USING links l
         WHERE (c.workspace_id, c.child_id) = (l.workspace_id, l.child_id) AND l.parent_id IS NULL
    )
    SELECT array_agg(a.position ORDER BY c.number) INTO positions
      FROM generate_series(1, cardinality(chains)) AS c (number) LEFT JOIN answered a USING (number);

    IF cardinality(numbers) > 0 THEN
        NOTIFY northing_events;
    END IF;
END $$;

GRANT USAGE ON SCHEMA northing TO northing_writer, northing_reader, northing_keys;
GRANT SELECT, INSERT ON northing.events TO northing_writer;
GRANT SELECT, INSERT, UPDATE ON northing.heads TO northing_writer;
GRANT SELECT, INSERT, DELETE ON northing.commands TO northing_writer;
GRANT SELECT, INSERT, UPDATE, DELETE ON northing.children TO northing_writer;
GRANT SELECT ON northing.events, northing.heads TO northing_reader;
GRANT SELECT, INSERT, DELETE ON northing.person_keys TO northing_keys;
REVOKE ALL ON FUNCTION northing.append_events FROM PUBLIC;
GRANT EXECUTE ON FUNCTION northing.append_events TO northing_writer;
