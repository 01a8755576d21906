CREATE SCHEMA northing;
ALTER SCHEMA northing OWNER TO northing_owner;
CREATE FUNCTION northing.append_events(chains integer[], command_ids uuid[], workspace_ids uuid[], fingerprints bytea[], result_ids uuid[], aggregate_ids uuid[], versions integer[], last_positions bigint[], is_stored boolean[], read_workspaces uuid[], read_streams uuid[], read_versions integer[], reader_commands integer[], reads integer[], children_workspaces uuid[], children_parents uuid[], children_ids text[], children_readers integer[], event_commands integer[], stream_ids uuid[], stream_versions integer[], stream_kinds text[], topics text[], schema_versions smallint[], states bytea[], event_ids uuid[], correlation_ids uuid[], causation_ids uuid[], actor_ids uuid[], effective_ats timestamp with time zone[], source_recorded_ats timestamp with time zone[], trace_parents text[], link_commands integer[], link_children uuid[], link_parents uuid[], OUT recorded_at timestamp with time zone, OUT positions bigint[], OUT moved integer[], OUT known_numbers integer[], OUT known_fingerprints bytea[], OUT known_ids uuid[], OUT known_aggregates uuid[], OUT known_versions integer[], OUT known_positions bigint[]) RETURNS record
    LANGUAGE plpgsql
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
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
ALTER FUNCTION northing.append_events(chains integer[], command_ids uuid[], workspace_ids uuid[], fingerprints bytea[], result_ids uuid[], aggregate_ids uuid[], versions integer[], last_positions bigint[], is_stored boolean[], read_workspaces uuid[], read_streams uuid[], read_versions integer[], reader_commands integer[], reads integer[], children_workspaces uuid[], children_parents uuid[], children_ids text[], children_readers integer[], event_commands integer[], stream_ids uuid[], stream_versions integer[], stream_kinds text[], topics text[], schema_versions smallint[], states bytea[], event_ids uuid[], correlation_ids uuid[], causation_ids uuid[], actor_ids uuid[], effective_ats timestamp with time zone[], source_recorded_ats timestamp with time zone[], trace_parents text[], link_commands integer[], link_children uuid[], link_parents uuid[], OUT recorded_at timestamp with time zone, OUT positions bigint[], OUT moved integer[], OUT known_numbers integer[], OUT known_fingerprints bytea[], OUT known_ids uuid[], OUT known_aggregates uuid[], OUT known_versions integer[], OUT known_positions bigint[]) OWNER TO northing_owner;
CREATE FUNCTION northing.begin_read(workspace uuid, hash text, OUT generation bigint, OUT "position" bigint, OUT recorded_at timestamp with time zone, OUT timezone text) RETURNS record
    LANGUAGE plpgsql
    AS $$
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
ALTER FUNCTION northing.begin_read(workspace uuid, hash text, OUT generation bigint, OUT "position" bigint, OUT recorded_at timestamp with time zone, OUT timezone text) OWNER TO northing_owner;
CREATE FUNCTION northing.position_at(workspace uuid, moment timestamp with time zone) RETURNS bigint
    LANGUAGE plpgsql STABLE
    AS $$
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
ALTER FUNCTION northing.position_at(workspace uuid, moment timestamp with time zone) OWNER TO northing_owner;
CREATE TABLE northing.children (
    workspace_id uuid NOT NULL,
    child_id uuid NOT NULL,
    parent_id uuid NOT NULL
);
ALTER TABLE northing.children OWNER TO northing_owner;
CREATE TABLE northing.commands (
    command_id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    fingerprint bytea NOT NULL,
    id uuid NOT NULL,
    aggregate_id uuid NOT NULL,
    version integer NOT NULL,
    "position" bigint NOT NULL,
    recorded_at timestamp with time zone NOT NULL
);
ALTER TABLE northing.commands OWNER TO northing_owner;
CREATE TABLE northing.events (
    log_position bigint NOT NULL,
    workspace_id uuid NOT NULL,
    "position" bigint NOT NULL,
    stream_id uuid NOT NULL,
    stream_version integer NOT NULL,
    stream_kind text NOT NULL,
    topic text NOT NULL,
    schema_version smallint NOT NULL,
    state bytea NOT NULL,
    event_id uuid NOT NULL,
    command_id uuid,
    correlation_id uuid,
    causation_id uuid,
    actor_id uuid,
    effective_at timestamp with time zone NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    source_recorded_at timestamp with time zone,
    trace_parent text
);
ALTER TABLE northing.events OWNER TO northing_owner;
CREATE TABLE northing.generations (
    generation bigint NOT NULL,
    code_hash text NOT NULL,
    state text DEFAULT 'building'::text NOT NULL,
    made_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    live_at timestamp with time zone,
    CONSTRAINT generations_state_check CHECK ((state = ANY (ARRAY['building'::text, 'live'::text, 'old'::text])))
);
ALTER TABLE northing.generations OWNER TO northing_owner;
ALTER TABLE northing.generations ALTER COLUMN generation ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME northing.generations_generation_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE northing.heads (
    workspace_id uuid NOT NULL,
    "position" bigint NOT NULL,
    recorded_at timestamp with time zone NOT NULL
);
ALTER TABLE northing.heads OWNER TO northing_owner;
CREATE TABLE northing.migrations (
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);
ALTER TABLE northing.migrations OWNER TO northing_owner;
CREATE TABLE northing.person_keys (
    workspace_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    key bytea NOT NULL
);
ALTER TABLE northing.person_keys OWNER TO northing_owner;
ALTER TABLE ONLY northing.children
    ADD CONSTRAINT children_pkey PRIMARY KEY (workspace_id, child_id);
ALTER TABLE ONLY northing.commands
    ADD CONSTRAINT commands_pkey PRIMARY KEY (command_id);
ALTER TABLE ONLY northing.events
    ADD CONSTRAINT events_pkey PRIMARY KEY (log_position);
ALTER TABLE ONLY northing.events
    ADD CONSTRAINT events_stream_id_stream_version_key UNIQUE (stream_id, stream_version);
ALTER TABLE ONLY northing.events
    ADD CONSTRAINT events_workspace_id_event_id_key UNIQUE (workspace_id, event_id);
ALTER TABLE ONLY northing.events
    ADD CONSTRAINT events_workspace_id_position_key UNIQUE (workspace_id, "position");
ALTER TABLE ONLY northing.generations
    ADD CONSTRAINT generations_pkey PRIMARY KEY (generation);
ALTER TABLE ONLY northing.heads
    ADD CONSTRAINT heads_pkey PRIMARY KEY (workspace_id);
ALTER TABLE ONLY northing.migrations
    ADD CONSTRAINT migrations_pkey PRIMARY KEY (name);
ALTER TABLE ONLY northing.person_keys
    ADD CONSTRAINT person_keys_pkey PRIMARY KEY (workspace_id, subject_id);
CREATE INDEX children_workspace_id_parent_id_idx ON northing.children USING btree (workspace_id, parent_id);
CREATE INDEX commands_recorded_at_idx ON northing.commands USING btree (recorded_at);
CREATE UNIQUE INDEX generations_state_idx ON northing.generations USING btree (state) WHERE (state = 'live'::text);
GRANT USAGE ON SCHEMA northing TO northing_migrator;
GRANT USAGE ON SCHEMA northing TO northing_writer;
GRANT USAGE ON SCHEMA northing TO northing_reader;
GRANT USAGE ON SCHEMA northing TO northing_keys;
REVOKE ALL ON FUNCTION northing.append_events(chains integer[], command_ids uuid[], workspace_ids uuid[], fingerprints bytea[], result_ids uuid[], aggregate_ids uuid[], versions integer[], last_positions bigint[], is_stored boolean[], read_workspaces uuid[], read_streams uuid[], read_versions integer[], reader_commands integer[], reads integer[], children_workspaces uuid[], children_parents uuid[], children_ids text[], children_readers integer[], event_commands integer[], stream_ids uuid[], stream_versions integer[], stream_kinds text[], topics text[], schema_versions smallint[], states bytea[], event_ids uuid[], correlation_ids uuid[], causation_ids uuid[], actor_ids uuid[], effective_ats timestamp with time zone[], source_recorded_ats timestamp with time zone[], trace_parents text[], link_commands integer[], link_children uuid[], link_parents uuid[], OUT recorded_at timestamp with time zone, OUT positions bigint[], OUT moved integer[], OUT known_numbers integer[], OUT known_fingerprints bytea[], OUT known_ids uuid[], OUT known_aggregates uuid[], OUT known_versions integer[], OUT known_positions bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION northing.append_events(chains integer[], command_ids uuid[], workspace_ids uuid[], fingerprints bytea[], result_ids uuid[], aggregate_ids uuid[], versions integer[], last_positions bigint[], is_stored boolean[], read_workspaces uuid[], read_streams uuid[], read_versions integer[], reader_commands integer[], reads integer[], children_workspaces uuid[], children_parents uuid[], children_ids text[], children_readers integer[], event_commands integer[], stream_ids uuid[], stream_versions integer[], stream_kinds text[], topics text[], schema_versions smallint[], states bytea[], event_ids uuid[], correlation_ids uuid[], causation_ids uuid[], actor_ids uuid[], effective_ats timestamp with time zone[], source_recorded_ats timestamp with time zone[], trace_parents text[], link_commands integer[], link_children uuid[], link_parents uuid[], OUT recorded_at timestamp with time zone, OUT positions bigint[], OUT moved integer[], OUT known_numbers integer[], OUT known_fingerprints bytea[], OUT known_ids uuid[], OUT known_aggregates uuid[], OUT known_versions integer[], OUT known_positions bigint[]) TO northing_writer;
REVOKE ALL ON FUNCTION northing.begin_read(workspace uuid, hash text, OUT generation bigint, OUT "position" bigint, OUT recorded_at timestamp with time zone, OUT timezone text) FROM PUBLIC;
GRANT ALL ON FUNCTION northing.begin_read(workspace uuid, hash text, OUT generation bigint, OUT "position" bigint, OUT recorded_at timestamp with time zone, OUT timezone text) TO northing_reader;
GRANT ALL ON FUNCTION northing.begin_read(workspace uuid, hash text, OUT generation bigint, OUT "position" bigint, OUT recorded_at timestamp with time zone, OUT timezone text) TO northing_writer;
REVOKE ALL ON FUNCTION northing.position_at(workspace uuid, moment timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION northing.position_at(workspace uuid, moment timestamp with time zone) TO northing_reader;
GRANT ALL ON FUNCTION northing.position_at(workspace uuid, moment timestamp with time zone) TO northing_writer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE northing.children TO northing_writer;
GRANT SELECT,INSERT,DELETE ON TABLE northing.commands TO northing_writer;
GRANT SELECT,INSERT ON TABLE northing.events TO northing_writer;
GRANT SELECT ON TABLE northing.events TO northing_reader;
GRANT SELECT ON TABLE northing.generations TO northing_reader;
GRANT SELECT,INSERT,UPDATE ON TABLE northing.generations TO northing_writer;
GRANT SELECT,INSERT,UPDATE ON TABLE northing.heads TO northing_writer;
GRANT SELECT ON TABLE northing.heads TO northing_reader;
GRANT SELECT ON TABLE northing.migrations TO northing_migrator;
GRANT SELECT ON TABLE northing.migrations TO northing_writer;
GRANT SELECT ON TABLE northing.migrations TO northing_reader;
GRANT SELECT,INSERT,DELETE ON TABLE northing.person_keys TO northing_keys;
