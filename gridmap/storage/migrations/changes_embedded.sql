CREATE TRIGGER "changes_${table}_insert" AFTER INSERT ON "${table}"
BEGIN
  INSERT INTO changes (${columns}) ${new};
END
--
CREATE TRIGGER "changes_${table}_update" AFTER UPDATE ON "${table}"
BEGIN
  INSERT INTO changes (${columns}) ${old} UNION ${new};
END
--
CREATE TRIGGER "changes_${table}_delete" BEFORE DELETE ON "${table}"
BEGIN
  INSERT INTO changes (${columns}) ${stored} WHERE stored.id = OLD.id;
END
--
-- INSERT OR REPLACE deletes without a word to the trigger on DELETE.
CREATE TRIGGER "changes_${table}_replace" BEFORE INSERT ON "${table}"
BEGIN
  INSERT INTO changes (${columns}) ${stored} WHERE stored.id = NEW.id${same_key};
END
