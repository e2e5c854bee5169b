#pragma once

#include "connector/graph/graph_error.hpp"

namespace crmsync::graph::purpose {

/// Why we ask: the label of the metrics, the words of a message, the permission it takes (G-30).
/// Mail.Read where Mail.ReadBasic.All would do for the call alone: phase 1 reads extended
/// properties, so it is needed anyway, and naming the smaller one would send people round twice.
inline constexpr Purpose folders{"folders", "reading the folder tree", "Mail.Read", true};
inline constexpr Purpose well_known{"folders", "looking up Inbox, Sent Items and the like",
                                    "Mail.Read"};
inline constexpr Purpose changes{"changes", "reading the changes of a folder", "Mail.Read"};
inline constexpr Purpose changed{"changed", "looking for folders with changes", "Mail.Read"};
inline constexpr Purpose tagged{"find", "looking for messages with a category", "Mail.Read"};
inline constexpr Purpose counts{"folders", "asking how much folders hold", "Mail.Read"};
inline constexpr Purpose look_up{"look_up", "looking messages up", "Mail.Read"};
inline constexpr Purpose headers{"headers", "looking at the headers of messages", "Mail.Read"};
inline constexpr Purpose find{"find", "looking for a message by its Message-ID", "Mail.Read"};
inline constexpr Purpose replies{"find", "looking for answers to a stored message", "Mail.Read"};
inline constexpr Purpose bodies{"bodies", "reading messages that are tracked", "Mail.Read"};
inline constexpr Purpose attachments{"attachments", "reading attachments of tracked messages",
                                     "Mail.Read", false, 8u << 20};
inline constexpr Purpose write_back{"write_back", "writing categories to messages",
                                    "Mail.ReadWrite"};
inline constexpr Purpose categories{"categories", "reading and adding categories of the mailbox",
                                    "MailboxSettings.ReadWrite"};
inline constexpr Purpose mark{"mark", "looking for the mark of an installation", "Mail.Read", true};
inline constexpr Purpose leave_mark{"mark", "leaving the mark of this installation",
                                    "Mail.ReadWrite"};
inline constexpr Purpose account{"account", "asking the directory for the mailbox's account",
                                 "User.ReadBasic.All"};
inline constexpr Purpose language{"categories", "reading the language of the mailbox",
                                  "MailboxSettings.ReadWrite"};
inline constexpr Purpose probe_mailbox{"probe", "looking for the mailbox", "Mail.Read", true};
inline constexpr Purpose probe_mail{"probe", "reading mail", "Mail.Read"};
inline constexpr Purpose probe_categories{"probe", "reading and adding categories of the mailbox",
                                          "MailboxSettings.ReadWrite"};
inline constexpr Purpose probe_write{"probe", "writing categories to messages", "Mail.ReadWrite"};

/// Stands behind a missing permission, so that the next one is not found a day later (G-30, G-31).
inline constexpr std::string_view all_permissions =
    "; in all the service needs Mail.Read to read mail (Mail.ReadWrite includes it), "
    "Mail.ReadWrite to write categories to messages, and MailboxSettings.ReadWrite to add the "
    "categories to the mailbox's list";

} // namespace crmsync::graph::purpose
