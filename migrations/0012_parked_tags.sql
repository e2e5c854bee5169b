-- Whose wish the tag of a parked item is, an inbox rule's or a person's, is known when it is first
-- seen; when it is tried again its folder has been read to its end, and nothing tells any more.

ALTER TABLE sync.parked ADD COLUMN came_tagged boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN sync.parked.came_tagged IS 'It was first seen with the category that asks for it: an inbox rule''s wish.';
