#pragma once

#include "model/plan.hpp"
#include "pg/connection.hpp"
#include "store/page_identity.hpp"

#include <optional>
#include <span>
#include <vector>

namespace crmsync::store {

/// The attachments of the activities that this chunk writes.
std::vector<const StoredAttachment*> new_attachments(const Plan& plan, const IdentifiedPage& page);

/// Adds what belongs to activities: short contents, new activities, parties, attachments, and what
/// this copy changes in activities that are there. True when the script's last statement tells
/// which tombstones were revived.
bool add_activities(pg::Script& script, MailboxId mailbox, const Plan& plan,
                    const IdentifiedPage& page);

/// Adds what belongs to the mailbox: links, decisions, owed writes, stages, parked items, pins, log
/// lines and the cursor.
void add_mailbox_rows(pg::Script& script, MailboxId mailbox, const Plan& plan,
                      const IdentifiedPage& page, const std::optional<Progress>& progress);

/// Adds what mailboxes are to look at again because of this chunk: copies and answers of what it
/// stores, and of its own ignored items what is stored by now. After the decisions, since they may
/// lie in the same chunk. Gives back how many of the script's last statements tell of mailboxes.
/// `again`: after the commit, for what was committed in the same moment.
std::size_t add_revisits(pg::Script& script, MailboxId mailbox, const Plan& plan,
                         const IdentifiedPage& page, bool again);

/// Adds when items are to be looked at again whose attachments a scanner holds back: soon where
/// this chunk stores them, at once where a further copy may have them.
void add_attachment_looks(pg::Script& script, MailboxId mailbox, const Plan& plan,
                          const IdentifiedPage& page);

/// Adds what is known of drafts that carry a tag.
void add_intents(pg::Script& script, MailboxId mailbox, const Plan& plan);

/// Adds the labels that items were read with.
void add_read_labels(pg::Script& script, MailboxId mailbox, const Plan& plan);

/// Adds which threads are stopped from now on, and which no more.
void add_stops(pg::Script& script, MailboxId mailbox, const Plan& plan);

/// Adds how far folders have been read.
void add_cursors(pg::Script& script, MailboxId mailbox, std::span<const Progress> progress);

} // namespace crmsync::store
