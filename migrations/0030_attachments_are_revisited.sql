-- What a scanner held back is looked at again like anything else that is: by a row of sync.revisit.

INSERT INTO sync.revisit (mailbox_id, reason, key, due_at)
SELECT mailbox_id, 'attachments', item_id, due_at FROM sync.attachment_look;
DROP TABLE sync.attachment_look;

COMMENT ON TABLE sync.revisit IS
    'What a mailbox''s holder is to look at again, under the mailbox''s own gate. The only row others write here.';
COMMENT ON COLUMN sync.revisit.reason IS
    'copy: another mailbox tracks the message; reply: what it once ignored answers to is stored; regarding: what its item answers was stored after it; attachments: a scanner held some of its back; labels: what its list of categories offers may have to change (empty key).';
COMMENT ON COLUMN sync.revisit.key IS
    'The Message-ID of the stored message (copy, reply), since nothing is kept by which an ignored item could be asked for; the item id (regarding, attachments).';
COMMENT ON COLUMN sync.revisit.due_at IS
    'Later than asked for where the provider could not search, or the scanner needs time.';
