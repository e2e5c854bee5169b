#pragma once

#include "base/timestamp.hpp"
#include "model/address.hpp"
#include "model/ids.hpp"
#include "model/said.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace crmsync {

enum class Role { from, sender, reply_to, to, cc, bcc, organizer, required, optional };
std::string_view to_string(Role);

/// A participant as the item names it: `address` is the provider's text, perhaps no address at all.
struct Participant {
    Role role = Role::to;
    std::string address;
    std::string name;
    friend bool operator==(const Participant&, const Participant&) = default;
};
using Participants = std::vector<Participant>;

/// Each list is said or not said on its own: a delta row may carry only what changed (G-64).
struct SaidParticipants {
    Said<Participants> from, sender, reply_to, to, cc, bcc;

    bool complete() const { return from.said() && to.said() && cc.said() && bcc.said(); }
    /// Everybody that was said: from (or sender where there is no from), to, cc, bcc; reply-to left
    /// out.
    Participants all() const;
    friend bool operator==(const SaidParticipants&, const SaidParticipants&) = default;
};

enum class Sensitivity { normal, personal, private_, confidential };

/// What mail threads are made of. Message-IDs stand without brackets, domain folded.
struct ThreadHeaders {
    Said<std::string> message_id;
    Said<std::string> in_reply_to;
    Said<std::vector<std::string>> references;
    Said<std::string> conversation_id;    ///< per mailbox (G-115)
    Said<std::string> conversation_index; ///< base64
    friend bool operator==(const ThreadHeaders&, const ThreadHeaders&) = default;
};

/// What transport headers tell, after a header look. Absent on the sender's own copy (G-112).
struct AutomaticMail {
    bool automatic =
        false;          ///< Auto-Submitted, Precedence, X-Auto-Response-Suppress, delivery report
    std::string header; ///< the header that says so
    std::vector<std::string> keywords; ///< the sender's own Keywords
    bool is_protected = false;         ///< Content-Class, Content-Type: rights-managed or encrypted
    friend bool operator==(const AutomaticMail&, const AutomaticMail&) = default;
};

struct Message {
    Said<bool> draft;
    Said<bool> has_attachments;
    Said<std::string> message_class; ///< 0x1A: "IPM.Note"
    Said<std::int64_t> size;         ///< 0xE08, bytes
    Said<Timestamp> sent_at;
    Said<Timestamp> received_at;
    Said<AutomaticMail> automatic;
    friend bool operator==(const Message&, const Message&) = default;
};
struct Appointment {
    friend bool operator==(const Appointment&, const Appointment&) = default;
};
struct Contact {
    friend bool operator==(const Contact&, const Contact&) = default;
};
struct Task {
    friend bool operator==(const Task&, const Task&) = default;
};

/// One message, appointment, contact or task, as both providers can express it. Phase 1: no body.
struct Item {
    ItemKey key;
    Said<Version> version;
    Said<FolderId> folder;
    Said<std::vector<std::string>> categories;
    /// As the provider has them, where cleaning changed a name: for writing back, never for
    /// storing.
    std::optional<std::vector<std::string>> uncleaned_categories;
    Said<std::string> subject;
    SaidParticipants participants;
    ThreadHeaders thread;
    Said<Sensitivity> sensitivity;
    Said<Timestamp> created_at;
    Said<Timestamp> modified_at;
    std::variant<Message, Appointment, Contact, Task> detail;
    /// Set where the provider's row could not be read: the reason, without private text (G-333).
    std::string unreadable;
    bool unreadable_for_now = false; ///< that reason may pass: worth another look later

    const Message& message() const { return std::get<Message>(detail); }
    Message& message() { return std::get<Message>(detail); }
    /// When it happened, for people: sent, else received, else created.
    std::optional<Timestamp> happened_at() const;
    /// Whether everything a decision needs has been said. The message class stands for sensitivity
    /// and references, which come with it and are unsaid where there are none; headers and size may
    /// stay unsaid.
    bool complete() const;
    friend bool operator==(const Item&, const Item&) = default;
};

/// `newer` where it says something, `older` elsewhere.
Item merged(Item newer, const Item& older);

} // namespace crmsync
