-- The function that appends gets parameters with the names that the program uses; what it does stays as it was.
--
-- The names of inputs cannot be replaced, so it is dropped and created in one transaction: other sessions see the one or
-- the other. A process of the release before goes on with this one: it calls the function by position, positions and
-- types are the same, and PostgreSQL plans its prepared statement anew. That needs the row of the answer to keep its
-- column names too, or the session would be told that a cached plan must not change its result type; so the OUT
-- parameters have the names that they had. tests/infra/postgres/test_append_events.py runs such a process.
DROP FUNCTION northing.append_events;

-- Append a batch: every command all or not at all, none in the way of another but by its own streams.
--
-- Commands are numbered from 1; those that were decided on each other's events share a chain, and win or lose together.
-- A command loses where a stream or a set of children that it read has changed since, or where it was stored before. One
-- that is not to be stored (it was refused, and has no events) is only checked.
CREATE FUNCTION northing.append_events(
    -- an item a command
    chains integer[], command_ids uuid[], workspace_ids uuid[], fingerprints bytea[], result_ids uuid[],
    aggregate_ids uuid[], versions integer[], last_positions bigint[], is_stored boolean[],
    -- an item a stream that was read, at which version
    read_workspaces uuid[], read_streams uuid[], read_versions integer[],
    -- an item a read: the command, and which of the streams it read, numbered from 1
    reader_commands integer[], reads integer[],
    -- an item a set of children that was read: the ids as text, in order, and the command
    children_workspaces uuid[], children_parents uuid[], children_ids text[], children_readers integer[],
    -- an item an event: its command, then the columns of the log, each in its plural
    event_commands integer[], stream_ids uuid[], stream_versions integer[], stream_kinds text[], topics text[],
    schema_versions smallint[], states bytea[], event_ids uuid[], correlation_ids uuid[], causation_ids uuid[],
    actor_ids uuid[], effective_ats timestamptz[], source_recorded_ats timestamptz[], trace_parents text[],
    -- an item a goal that got another parent, or none: the command, the goal, the parent
    link_commands integer[], link_children uuid[], link_parents uuid[],
    -- per command: the position of its last event, or null where its chain lost
    OUT recorded_at timestamptz, OUT positions bigint[],
    -- which of the streams that were read have moved; the commands that were stored before, and their first results
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
    IF true = ANY (is_stored) THEN
        SELECT * INTO log_head FROM northing.heads h
         WHERE h.workspace_id = '00000000-0000-0000-0000-000000000000' FOR UPDATE;
        INSERT INTO northing.heads
             SELECT DISTINCT workspace_ids[n], 0, '-infinity'::timestamptz FROM unnest(event_commands) n
        ON CONFLICT DO NOTHING;
        PERFORM FROM northing.heads h WHERE h.workspace_id = ANY (workspace_ids) ORDER BY h.workspace_id FOR UPDATE;
    END IF;

    SELECT array_agg(s.number) INTO moved
      FROM unnest(read_workspaces, read_streams, read_versions)
           WITH ORDINALITY AS s (workspace_id, stream_id, version, number)
     WHERE s.version <> coalesce((SELECT CASE e.workspace_id WHEN s.workspace_id THEN e.stream_version ELSE 0 END
                                    FROM northing.events e WHERE e.stream_id = s.stream_id
                                   ORDER BY e.stream_version DESC LIMIT 1), 0);
    SELECT array_agg(k.number), array_agg(c.fingerprint), array_agg(c.id), array_agg(c.aggregate_id),
           array_agg(c.version), array_agg(c.position)
      INTO known_numbers, known_fingerprints, known_ids, known_aggregates, known_versions, known_positions
      FROM unnest(command_ids) WITH ORDINALITY AS k (command_id, number)
      JOIN northing.commands c USING (command_id);
    SELECT array_agg(chains[n]) INTO lost FROM (
        SELECT r.command AS n FROM unnest(reader_commands, reads) AS r (command, read) WHERE r.read = ANY (moved)
        UNION ALL SELECT unnest(known_numbers)
        UNION ALL
        SELECT r.command FROM unnest(children_workspaces, children_parents, children_ids, children_readers)
                              AS r (workspace_id, parent_id, children, command)
         WHERE r.children <> coalesce((SELECT string_agg(c.child_id::text, ' ' ORDER BY c.child_id)
                                         FROM northing.children c
                                        WHERE (c.workspace_id, c.parent_id) = (r.workspace_id, r.parent_id)), '')
    ) AS losers;
    lost := coalesce(lost, '{}');
    recorded_at := greatest(log_head.recorded_at, clock_timestamp());

    WITH numbered AS (
        SELECT e.*, workspace_ids[e.command] AS workspace_id, command_ids[e.command] AS command_id,
               log_head.position + row_number() OVER (ORDER BY e.ord) AS log_position,
               h.position + row_number() OVER (PARTITION BY h.workspace_id ORDER BY e.ord) AS position
          FROM unnest(event_commands, stream_ids, stream_versions, stream_kinds, topics, schema_versions, states,
                      event_ids, correlation_ids, causation_ids, actor_ids, effective_ats, source_recorded_ats,
                      trace_parents)
               WITH ORDINALITY
               AS e (command, stream_id, stream_version, stream_kind, topic, schema_version, state,
                     event_id, correlation_id, causation_id, actor_id, effective_at, source_recorded_at,
                     trace_parent, ord)
          JOIN northing.heads h ON h.workspace_id = workspace_ids[e.command]
         WHERE chains[e.command] <> ALL (lost)
    ), stored AS (
        INSERT INTO northing.events (
               log_position, workspace_id, position, stream_id, stream_version, stream_kind, topic,
               schema_version, state, event_id, command_id, correlation_id, causation_id, actor_id,
               effective_at, recorded_at, source_recorded_at,
               trace_parent)
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
        SELECT n.command, max(n.position) AS position FROM numbered n GROUP BY 1
    ), answered AS (
        SELECT c.command, coalesce(l.position, last_positions[c.command]) AS position
          FROM generate_series(1, cardinality(chains)) AS c (command) LEFT JOIN last l USING (command)
         WHERE chains[c.command] <> ALL (lost)
    ), remembered AS (
        INSERT INTO northing.commands
        SELECT command_ids[a.command], workspace_ids[a.command], fingerprints[a.command], result_ids[a.command],
               aggregate_ids[a.command], versions[a.command], a.position, append_events.recorded_at
          FROM answered a WHERE is_stored[a.command]
    ), links AS (
        SELECT DISTINCT ON (l.child_id) workspace_ids[l.command] AS workspace_id, l.child_id, l.parent_id
          FROM unnest(link_commands, link_children, link_parents)
               WITH ORDINALITY AS l (command, child_id, parent_id, ord)
         WHERE chains[l.command] <> ALL (lost)
         ORDER BY l.child_id, l.ord DESC
    ), linked AS (
        INSERT INTO northing.children SELECT * FROM links WHERE parent_id IS NOT NULL
        ON CONFLICT (workspace_id, child_id) DO UPDATE SET parent_id = excluded.parent_id
    ), unlinked AS (
        DELETE FROM northing.children c USING links l
         WHERE (c.workspace_id, c.child_id) = (l.workspace_id, l.child_id) AND l.parent_id IS NULL
    )
    SELECT array_agg(a.position ORDER BY c.command) INTO positions
      FROM generate_series(1, cardinality(chains)) AS c (command) LEFT JOIN answered a USING (command);

    IF cardinality(event_commands) > 0 THEN
        NOTIFY northing_events;
    END IF;
END $$;

REVOKE ALL ON FUNCTION northing.append_events FROM PUBLIC;
GRANT EXECUTE ON FUNCTION northing.append_events TO northing_writer;
