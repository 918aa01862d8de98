CREATE FUNCTION log_${table}_${event}() RETURNS trigger LANGUAGE plpgsql AS $$$$
BEGIN
  IF ${many} THEN
    INSERT INTO changes (table_name, row_id, last_row_id, west, south, east, north, at, xid)
    SELECT '${subject}', first, last, ST_XMin(box), ST_YMin(box), ST_XMax(box), ST_YMax(box),
      statement_timestamp(), pg_current_xact_id()::text::bigint
    FROM (${range}) AS range WHERE first IS NOT NULL;
  ELSE
    INSERT INTO changes
      (table_name, row_id, last_row_id, unit_id, west, south, east, north, at, xid)
    SELECT DISTINCT '${subject}', row_id, row_id, unit_id,
      ST_XMin(box), ST_YMin(box), ST_XMax(box), ST_YMax(box),
      statement_timestamp(), pg_current_xact_id()::text::bigint
    FROM (${each}) AS each;
  END IF;
  IF FOUND THEN
    PERFORM pg_notify('${channel}', '');
  END IF;
  RETURN ${answer};
END $$$$
--
CREATE TRIGGER changes_${table}_${event} ${moment} ${event} ON ${table} ${transition}
  FOR EACH ${scope} EXECUTE FUNCTION log_${table}_${event}()
