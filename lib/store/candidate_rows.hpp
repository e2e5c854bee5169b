#pragma once

#include "model/candidates.hpp"
#include "pg/connection.hpp"

#include <boost/asio/awaitable.hpp>

namespace crmsync::store {

/// Everything the CRM knows about what a page names. One round trip; a second one only where a
/// Message-ID was found that may have been used twice.
boost::asio::awaitable<Candidates> find_candidates(pg::Connection& connection,
                                                   const CandidateQuery& query);

/// The other messages under these Message-IDs (Candidates::reused). Of tombstones they are known.
boost::asio::awaitable<void> find_reused(pg::Connection& connection,
                                         const std::set<std::string>& message_ids,
                                         Candidates& found);

/// Fills in how the mailbox itself tracks these stored messages (StoredMessage::linked_here).
boost::asio::awaitable<void> find_links_here(pg::Connection& connection, MailboxId mailbox,
                                             const std::set<std::string>& message_ids,
                                             Candidates& found);

} // namespace crmsync::store
