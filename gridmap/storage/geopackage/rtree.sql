CREATE TRIGGER "rtree_${t}_${c}_insert" AFTER INSERT ON "${t}"
WHEN (NEW."${c}" NOT NULL AND NOT ST_IsEmpty(NEW."${c}"))
BEGIN
  INSERT OR REPLACE INTO "rtree_${t}_${c}" VALUES (NEW."${i}",
    ST_MinX(NEW."${c}"), ST_MaxX(NEW."${c}"), ST_MinY(NEW."${c}"), ST_MaxY(NEW."${c}"));
END
--
CREATE TRIGGER "rtree_${t}_${c}_update2" AFTER UPDATE OF "${c}" ON "${t}"
WHEN OLD."${i}" = NEW."${i}" AND (NEW."${c}" ISNULL OR ST_IsEmpty(NEW."${c}"))
BEGIN
  DELETE FROM "rtree_${t}_${c}" WHERE id = OLD."${i}";
END
--
CREATE TRIGGER "rtree_${t}_${c}_update4" AFTER UPDATE ON "${t}"
WHEN OLD."${i}" != NEW."${i}" AND (NEW."${c}" ISNULL OR ST_IsEmpty(NEW."${c}"))
BEGIN
  DELETE FROM "rtree_${t}_${c}" WHERE id IN (OLD."${i}", NEW."${i}");
END
--
CREATE TRIGGER "rtree_${t}_${c}_update5" AFTER UPDATE ON "${t}"
WHEN OLD."${i}" != NEW."${i}" AND (NEW."${c}" NOTNULL AND NOT ST_IsEmpty(NEW."${c}"))
BEGIN
  DELETE FROM "rtree_${t}_${c}" WHERE id = OLD."${i}";
  INSERT OR REPLACE INTO "rtree_${t}_${c}" VALUES (NEW."${i}",
    ST_MinX(NEW."${c}"), ST_MaxX(NEW."${c}"), ST_MinY(NEW."${c}"), ST_MaxY(NEW."${c}"));
END
--
CREATE TRIGGER "rtree_${t}_${c}_update6" AFTER UPDATE OF "${c}" ON "${t}"
WHEN OLD."${i}" = NEW."${i}" AND (NEW."${c}" NOTNULL AND NOT ST_IsEmpty(NEW."${c}"))
  AND (OLD."${c}" NOTNULL AND NOT ST_IsEmpty(OLD."${c}"))
BEGIN
  UPDATE "rtree_${t}_${c}" SET minx = ST_MinX(NEW."${c}"), maxx = ST_MaxX(NEW."${c}"),
    miny = ST_MinY(NEW."${c}"), maxy = ST_MaxY(NEW."${c}") WHERE id = NEW."${i}";
END
--
CREATE TRIGGER "rtree_${t}_${c}_update7" AFTER UPDATE OF "${c}" ON "${t}"
WHEN OLD."${i}" = NEW."${i}" AND (NEW."${c}" NOTNULL AND NOT ST_IsEmpty(NEW."${c}"))
  AND (OLD."${c}" ISNULL OR ST_IsEmpty(OLD."${c}"))
BEGIN
  INSERT INTO "rtree_${t}_${c}" VALUES (NEW."${i}",
    ST_MinX(NEW."${c}"), ST_MaxX(NEW."${c}"), ST_MinY(NEW."${c}"), ST_MaxY(NEW."${c}"));
END
--
CREATE TRIGGER "rtree_${t}_${c}_delete" AFTER DELETE ON "${t}" WHEN OLD."${c}" NOT NULL
BEGIN
  DELETE FROM "rtree_${t}_${c}" WHERE id = OLD."${i}";
END
